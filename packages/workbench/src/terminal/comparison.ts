/** Runs beside each other as people and programs read them. */
import { count } from "nabla";
import type { Effect } from "nabla/diagnose";
import type { ComparedRun, RunComparison } from "../runs/compare-runs.ts";
import { number, rangeText } from "../text/format.ts";
import { fact, grid } from "../text/layout.ts";
import { measureWords } from "../text/measure-words.ts";

const RMSE = "RMSE";

/** The one document that --json prints. */
export function comparisonDocument({ task, measure, rows, compared }: RunComparison): object {
  return {
    task,
    measure,
    on: "dev",
    rows,
    runs: compared.map(({ run, behind, ...scores }) => ({
      run: run.id,
      ...scores,
      ...(behind === undefined ? {} : { behind: behind.gain, ...behind.interval }),
    })),
  };
}

/** A line a run, the best first, and what the differences mean. */
export function comparisonText({ task, measure, unit, rows, compared }: RunComparison): string {
  const words = measureWords(measure, { task, unit });
  const numbers = task === "regression" && words.name !== RMSE;
  const columns = [
    { title: "run" },
    { title: words.name, align: "right" as const },
    ...(numbers ? [{ title: RMSE, align: "right" as const }] : []),
    { title: "behind the best" },
    { title: "95% interval" },
    { title: "" },
  ];
  const lines = compared.map(({ run, error, rmse, behind }) => [
    run.id,
    words.value(error),
    ...(rmse === undefined || !numbers ? [] : [number(rmse)]),
    behind === undefined ? "" : words.amount(behind.gain),
    behind === undefined ? "" : rangeText(behind.interval, words.amount),
    behind === undefined ? "best" : verdictOf(behind),
  ]);
  return [grid(columns, lines), "", fact("Measured", `on the same ${count(rows, "dev row")}`), meaning(compared)].join(
    "\n",
  );
}

/** What chance leaves of a difference. */
function verdictOf({ interval }: Effect): string {
  return interval.from > 0 ? "worse" : "could be chance";
}

function meaning([best, ...others]: readonly ComparedRun[]): string {
  const sure = others.filter(({ behind }) => behind !== undefined && behind.interval.from > 0);
  const name = best?.run.id ?? "";
  if (sure.length === others.length)
    return fact("Verdict", `${name} is better than ${others.length > 1 ? "all others" : "the other"}`);
  const open = others.length - sure.length;
  const text =
    sure.length === 0
      ? `the dev rows leave open which is best: more of them would tell, as with --split 50/30/20`
      : `${name} leads, but not surely before ${count(open, "other")}`;
  return fact("Verdict", text);
}
