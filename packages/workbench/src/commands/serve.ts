/** `nabla serve <model> [--port 8080] [--host 127.0.0.1]` */
import type { Command } from "commander";
import { text, wholeNumber } from "nabla/fields";
import { printError, printOut } from "../host/output.ts";
import { fieldOption } from "./field-option.ts";
import { withStore } from "./options.ts";
import { intervalField } from "./predict.ts";

interface ServeOptions {
  readonly port?: number;
  readonly host?: string;
  readonly raw?: boolean;
  readonly interval?: number;
  readonly store?: string;
}

const portField = wholeNumber({
  atLeast: 0,
  atMost: 65_535,
  default: 8080,
  source: "what web servers of programs use",
  help: "the port to listen at; 0 takes a free one",
  option: { argument: "port" },
});
const hostField = text({
  default: "127.0.0.1",
  source: "other machines do not reach it",
  help: "the address to listen at; 0.0.0.0 lets other machines ask",
  option: { argument: "address" },
});

/** Declares `nabla serve`: its arguments, its options and what it does. */
export function configureServe(command: Command): void {
  withStore(command)
    .argument("<model>", "a model folder or .nabla file, or a run")
    .addOption(fieldOption("port", portField))
    .addOption(fieldOption("host", hostField))
    .addOption(fieldOption("interval", intervalField))
    .option("--raw", "leave probabilities as the network gives them, without temperature scaling")
    .action(run);
}

async function run(place: string, { port, host, raw = false, interval, store }: ServeOptions): Promise<void> {
  const { compact } = await import("nabla");
  const { rowModel } = await import("nabla/answers");
  const { findModel } = await import("../runs/find-model.ts");
  const { serveModel } = await import("../server/model-server.ts");
  const { takesBlocks } = await import("../server/served-pictures.ts");
  const { onInterrupt } = await import("../host/interrupts.ts");
  const found = await findModel(place, store);
  const isOfSeries = found.preparation.series !== undefined;
  const { temperature, ...plain } = found;
  const isOfImages = takesBlocks(found);
  const model = isOfSeries
    ? found
    : isOfImages
      ? { ...plain, ...compact({ temperature: raw ? undefined : temperature }) }
      : await rowModel(found, compact({ calibrated: raw ? false : undefined }));
  const server = await serveModel(model, compact({ host, port, interval: interval && interval / 100 }));
  printOut(
    `${isOfSeries ? "Forecasts" : "Predictions"} of ${model.preparation.target.name} at ${server.url} (Ctrl-C ends it)\n`,
  );
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const release = onInterrupt({ first: resolve, again: () => process.exit(130) });
  await asked;
  printError("ending: requests that have come are answered\n");
  await server.close();
  await release();
}
