/** `nabla diagnose <run>` */
import type { Command } from "commander";
import type { DiagnosedRun } from "../runs/diagnose-run.ts";
import { share, withStore } from "./options.ts";

interface DiagnoseOptions {
  readonly human?: number;
  readonly curve?: boolean;
  readonly store?: string;
  readonly json?: boolean;
}

export function configure(command: Command): void {
  withStore(command)
    .argument("<run>", "a run, or the start of its id")
    .option(
      "--human <error>",
      "the error of people who know, from 0 to below 1 (default: the run's own, else 0)",
      share,
    )
    .option("--curve", "train on growing shares of the rows, to see how much more data would help")
    .option("--json", "print one JSON document and nothing else")
    .action(run);
}

async function run(id: string, { human, curve, store: place, json = false }: DiagnoseOptions): Promise<void> {
  const { diagnoseRun } = await import("../runs/diagnose-run.ts");
  const { openStore } = await import("../store/open.ts");
  const { percent } = await import("../text/format.ts");
  await using store = await openStore(place, { create: false });
  const onPoint = ({ rows, error }: { readonly rows: number; readonly error: number }): void => {
    if (!json) process.stderr.write(`${rows} rows: dev error ${percent(error)}\n`);
  };
  const found = await diagnoseRun(id, {
    store,
    onPoint,
    ...(human === undefined ? {} : { human }),
    ...(curve === undefined ? {} : { curve }),
  });
  process.stdout.write(json ? `${JSON.stringify(found)}\n` : `${await textOf(found)}\n`);
}

async function textOf({ diagnosis, recipe, curve }: DiagnosedRun): Promise<string> {
  const { factsText } = await import("../terminal/facts.ts");
  const { percent } = await import("../text/format.ts");
  const { styleFor } = await import("../terminal/style.ts");
  const { avoidableBias, gap, intervals, errors, summary } = diagnosis;
  const range = (interval: { readonly from: number; readonly to: number } | undefined): string =>
    interval === undefined ? "" : ` (95 % between ${percent(interval.from)} and ${percent(interval.to)})`;
  const people = errors.human === 0 ? "; human error taken as 0, --human says otherwise" : "";
  const facts = [
    ["Verdict", summary],
    ["Bias", `${percent(avoidableBias)} avoidable: train error${range(intervals.train)} minus human error${people}`],
    ["Variance", `${percent(gap)}: dev error minus train error${range(intervals.gap)}`],
    ...recipe.map(
      (action, i) => [i === 0 ? "Try" : "", `${i + 1}. ${action.description}\n   because ${action.because}`] as const,
    ),
    ...(curve === undefined ? [] : [["More data", curve.summary] as const]),
  ] as const;
  return factsText(facts, styleFor(process.stdout));
}
