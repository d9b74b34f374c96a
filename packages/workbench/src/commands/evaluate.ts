/** `nabla evaluate <run> --on test` */
import type { Command } from "commander";
import type { Evaluation, PartName } from "../experiment/evaluate-run.ts";
import { oneOf, withStore } from "./options.ts";

export function configure(command: Command): void {
  withStore(command)
    .argument("<run>", "a run, or the start of its id")
    .option("--on <part>", "dev, train or test; opening test is counted", oneOf("dev", "train", "test"), "dev")
    .option("--json", "print one JSON document and nothing else")
    .action(run);
}

async function run(
  id: string,
  { on, store: place, json }: { readonly on: PartName; readonly store?: string; readonly json?: boolean },
): Promise<void> {
  const { evaluateRun } = await import("../experiment/evaluate-run.ts");
  const { openStore } = await import("../store/open.ts");
  await using store = await openStore(place, { create: false });
  const evaluation = await evaluateRun(id, on, store);
  process.stdout.write(json === true ? `${JSON.stringify(documentOf(evaluation))}\n` : await textOf(evaluation));
}

function documentOf({ run: { id }, part, rows, score, intervals, baseline, peeks }: Evaluation): object {
  return { run: id, on: part, rows, ...score, intervals, baseline, peeks };
}

async function textOf({
  run: { id, task },
  part,
  rows,
  score,
  intervals,
  baseline,
  peeks,
}: Evaluation): Promise<string> {
  const { count } = await import("nabla");
  const { number, percent } = await import("../terminal/format.ts");
  const { factsText } = await import("../terminal/report.ts");
  const { styleFor } = await import("../terminal/style.ts");
  const { error, rmse } = intervals;
  const always = task === "classification" ? "always the most frequent class" : "always the mean";
  const facts: (readonly [string, string])[] = [
    ["Run", id],
    ["Part", `${part}, ${count(rows, "row")}`],
    [
      task === "classification" ? "Error" : "1 - R²",
      `${part} ${percent(score.error)}, 95 % interval ${percent(error.from)} to ${percent(error.to)}; ${always} ${percent(baseline.error)}`,
    ],
  ];
  if (score.rmse !== undefined && rmse !== undefined)
    facts.push(["RMSE", `${number(score.rmse)}, 95 % interval ${number(rmse.from)} to ${number(rmse.to)}`]);
  const again = peeks > 1 ? "; decisions made after a look make its estimate too good" : "";
  if (part === "test") facts.push(["Peeks", `test peeks: ${peeks}${again}`]);
  return `${factsText(facts, styleFor(process.stdout))}\n`;
}
