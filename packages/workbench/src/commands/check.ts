/** `nabla check <experiment.yaml | model | run> [data]` */
import { type Command, InvalidArgumentError } from "commander";
import { compact } from "nabla";
import type { GradientVerdict } from "nabla/testing";
import { experimentFields } from "../experiment/fields.ts";
import { fieldOption } from "./field-option.ts";
import { jsonOption, whole, withStore } from "./options.ts";

interface CheckOptions {
  readonly rows: number;
  readonly at: readonly number[];
  readonly most: number;
  readonly directions?: number;
  readonly seed?: number;
  readonly store?: string;
  readonly json?: boolean;
}

/** Declares `nabla check`: its arguments, its options and what it does. */
export function configureCheck(command: Command): void {
  withStore(command)
    .argument("<config|model|run>", "an experiment.yaml, a model folder, or a run, or the start of its id")
    .argument("[data]", "a table with the columns that it learns from (default: the experiment's, or the run's)")
    .option("--rows <count>", "rows that make the cost", whole(1), 8)
    .option("--at <steps>", "after how many steps of training to check, such as 0,50", steps, [0])
    .option("--most <count>", "numbers checked in each parameter", whole(1), 100)
    .option("--directions <count>", "random directions in place of single numbers: fast, for large networks", whole(1))
    .addOption(fieldOption("seed", experimentFields.seed, { help: experimentFields.seed.help }))
    .option(...jsonOption)
    .action(run);
}

/** `0,50` */
function steps(text: string): readonly number[] {
  return text.split(",").map((part) => {
    const value = Number(part);
    if (part.trim() !== "" && Number.isSafeInteger(value) && value >= 0) return value;
    throw new InvalidArgumentError("It is written as whole numbers with commas, such as 0,50.");
  });
}

async function run(place: string, data: string | undefined, options: CheckOptions): Promise<void> {
  const { print } = await import("../terminal/print.ts");
  const { gradientCheckText } = await import("../terminal/gradient-check.ts");
  const { gradientCheck } = await import("nabla/testing");
  const { readNetwork } = await import("../runs/inspected-network.ts");
  const { rows, at, most, directions, seed, store, json } = options;
  const subject = await readNetwork(place, { data, rows, seed, store });
  const report = await gradientCheck(subject, compact({ checkAt: at, most, seed: subject.seed, directions }));
  const { table: _, ...plain } = report;
  print(json, plain, () => gradientCheckText(subject, report));
  process.exitCode = exitCodeOf(report.verdict);
}

/** 1 for gradients that are wrong: nothing else is a failure. */
export function exitCodeOf(verdict: GradientVerdict): number {
  return verdict === "wrong" ? 1 : 0;
}
