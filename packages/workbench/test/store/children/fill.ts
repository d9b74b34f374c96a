// Appends more than the system lets a file hold, and prints how it is refused: node fill.ts STORE RUN
import { NablaError } from "nabla";
import { openStore } from "../../../src/store/open.ts";

const [place, id = ""] = process.argv.slice(2);
const store = await openStore(place);
await store.append(id, { events: [{ kind: "long", data: "x".repeat(4_000_000) }] }).catch((error: unknown) => {
  if (!(error instanceof NablaError)) throw error;
  process.stdout.write(`${error.code}\n`);
});
