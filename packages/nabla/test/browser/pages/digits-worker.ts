import { serveTrainings } from "nabla/worker";
import { digitsJob } from "./job.ts";

serveTrainings(async ({ url, epochs }: { readonly url: string; readonly epochs: number }) =>
  digitsJob(await (await fetch(url)).text(), epochs),
);
