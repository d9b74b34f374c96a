/** `nabla find-rate <file> --target <column>` */
import type { Command } from "commander";
import { optimizerFrom } from "nabla";
import type { PartialExperiment } from "../experiment/experiment.ts";
import { jsonOption, knownKind, positive, units, whole } from "./options.ts";

interface FindRateOptions extends Omit<PartialExperiment, "data" | "penalty" | "output"> {
  readonly config?: string;
  readonly from?: number;
  readonly to?: number;
  readonly steps?: number;
  readonly json?: boolean;
}

export function configureFindRate(command: Command): void {
  command
    .argument("[file]", "a table: .csv, .tsv, .parquet, .json, .jsonl")
    .option("--target <column>", "the column to learn")
    .option("--hidden <units>", 'units of the hidden layers, such as 64,32, or "none"', units)
    .option("--optimizer <kind>", "gradientDescent, momentum, rmsprop, adam and others", knownKind(optimizerFrom))
    .option("--batch <rows>", "rows in a step", whole(1))
    .option("--seed <number>", "decides every random number", whole(0))
    .option("--from <rate>", "the first rate (default: 1e-6)", positive)
    .option("--to <rate>", "the last rate (default: 10)", positive)
    .option("--steps <count>", "rates to try, one a step (default: 100)", whole(10))
    .option("--config <file>", "an experiment.yaml; options stand above it")
    .option(...jsonOption)
    .action(run);
}

async function run(file: string | undefined, options: FindRateOptions): Promise<void> {
  const { print } = await import("../terminal/print.ts");
  const { rateFindingText } = await import("../terminal/rate-finding.ts");
  const { findRate } = await import("nabla");
  const { experimentFrom } = await import("./experiment-options.ts");
  const { planExperiment } = await import("../experiment/plan.ts");
  const { jobOf } = await import("../experiment/resolve.ts");
  const { config, from, to, steps, json, ...flags } = options;
  const { output: _, ...experiment } = await experimentFrom({ file, config, flags });
  const { resolved, prepared } = await planExperiment(experiment);
  const range = Object.fromEntries(Object.entries({ from, to, steps }).filter(([, value]) => value !== undefined));
  const found = await findRate({ ...jobOf(resolved), train: prepared.train }, range);
  const words = ["train", ...(file === undefined ? [] : [file]), ...(config === undefined ? [] : ["--config", config])];
  const target = options.target === undefined ? [] : ["--target", options.target];
  print(json, found, () => rateFindingText(found, [...words, ...target]));
}
