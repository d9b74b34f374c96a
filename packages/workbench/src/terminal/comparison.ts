/** Runs beside each other as people and programs read them. */
import { count } from "nabla";
import type { Effect } from "nabla/diagnose";
import type { ComparedRun, RunComparison } from "../runs/compare-runs.ts";
import { errorName } from "../text/description.ts";
import { number, percent, rangeText } from "../text/format.ts";
import { fact, grid } from "../text/layout.ts";

/** The one document that --json prints. */
export function comparisonDocument({ task, balanced, rows, compared }: RunComparison): object {
  return {
    task,
    balanced,
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
export function comparisonText({ task, balanced, rows, compared }: RunComparison): string {
  const numbers = task === "regression";
  const columns = [
    { title: "run" },
    {
      title: balanced ? "balanced error" : task === "classification" ? "error" : errorName(task),
      align: "right" as const,
    },
    ...(numbers ? [{ title: "RMSE", align: "right" as const }] : []),
    { title: "behind the best" },
    { title: "95% interval" },
    { title: "" },
  ];
  const lines = compared.map(({ run, error, rmse, behind }) => [
    run.id,
    percent(error),
    ...(rmse === undefined ? [] : [number(rmse)]),
    behind === undefined ? "" : percent(behind.gain),
    behind === undefined ? "" : rangeText(behind.interval),
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
      ? `the dev rows leave open which is best: more of them, or cross-validation, would tell`
      : `${name} leads, but not surely before ${count(open, "other")}`;
  return fact("Verdict", text);
}
