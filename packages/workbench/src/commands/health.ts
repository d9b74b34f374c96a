/** `nabla health <experiment.yaml | model | run> [data]` */
import type { Command } from "commander";
import { experimentFields } from "../experiment/fields.ts";
import { fieldOption } from "./field-option.ts";
import { jsonOption, whole, withStore } from "./options.ts";

interface HealthOptions {
  readonly rows: number;
  readonly seed?: number;
  readonly store?: string;
  readonly json?: boolean;
}

/** Declares `nabla health`: its arguments, its options and what it does. */
export function configureHealth(command: Command): void {
  withStore(command)
    .argument("<config|model|run>", "an experiment.yaml, a model folder, or a run, or the start of its id")
    .argument("[data]", "a table with the columns that it learns from (default: the experiment's, or the run's)")
    .option("--rows <count>", "rows that are passed through", whole(2), 256)
    .addOption(fieldOption("seed", experimentFields.seed, { help: experimentFields.seed.help }))
    .option(...jsonOption)
    .action(run);
}

async function run(place: string, data: string | undefined, options: HealthOptions): Promise<void> {
  const { rows, seed, store, json } = options;
  const { print } = await import("../terminal/print.ts");
  const { healthText } = await import("../terminal/health.ts");
  const { health } = await import("nabla/diagnose");
  const { readNetwork } = await import("../runs/inspected-network.ts");
  const subject = await readNetwork(place, { data, rows, seed, store });
  const report = await health(subject, subject.examples, { rows, seed: subject.seed });
  print(json, report, () => healthText(report));
}
