/** `nabla find-rate <file> --target <column>` */
import type { Command } from "commander";
import { type ExperimentOptions, readingKeys, withExperiment } from "./experiment-options.ts";
import { jsonOption, positive, whole } from "./options.ts";

interface FindRateOptions extends ExperimentOptions {
  readonly from?: number;
  readonly to?: number;
  readonly steps?: number;
  readonly json?: boolean;
}

/** Declares `nabla find-rate`: its arguments, its options and what it does. */
export function configureFindRate(command: Command): void {
  withExperiment(command.argument("[files...]", "a table: CSV, JSON, Parquet or Excel"), {
    only: ["target", ...readingKeys, "hidden", "optimizer", "batch", "seed"],
  })
    .option("--from <rate>", "the first rate (default: 1e-6)", positive)
    .option("--to <rate>", "the last rate (default: 10)", positive)
    .option("--steps <count>", "rates to try, one a step (default: 100)", whole(10))
    .option(...jsonOption)
    .action(run);
}

async function run(files: readonly string[], options: FindRateOptions): Promise<void> {
  const { print } = await import("../terminal/print.ts");
  const { rateFindingText } = await import("../terminal/rate-finding.ts");
  const { findRate } = await import("nabla");
  const { requestedExperiment } = await import("./stated-experiment.ts");
  const { planExperiment } = await import("../experiment/plan.ts");
  const { jobOf } = await import("../experiment/resolve.ts");
  const { config, target: named, from, to, steps, json } = options;
  const { output: _, ...experiment } = await requestedExperiment(files, options);
  const { resolved, prepared } = await planExperiment(experiment);
  const range = Object.fromEntries(Object.entries({ from, to, steps }).filter(([, value]) => value !== undefined));
  const found = await findRate({ ...jobOf(resolved, prepared.begun?.weights), train: prepared.train }, range);
  const words = ["train", ...files, ...(config === undefined ? [] : ["--config", config])];
  const target = named === undefined ? [] : ["--target", String(named)];
  print(json, found, () => rateFindingText(found, [...words, ...target]));
}
