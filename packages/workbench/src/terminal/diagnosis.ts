/** What holds a run back, and what to try. */
import type { DiagnosedRun } from "../runs/diagnose-run.ts";
import { percent } from "../text/format.ts";
import { factsText } from "./facts.ts";
import { recipeFacts } from "./recipe.ts";
import { styleFor } from "./style.ts";

/** Verdict, bias, variance and what to try, in facts of 80 columns. */
export function diagnosisText({ diagnosis, recipe, curve }: DiagnosedRun): string {
  const { avoidableBias, gap, intervals, errors, summary } = diagnosis;
  const range = (interval: { readonly from: number; readonly to: number } | undefined): string =>
    interval === undefined ? "" : ` (95% between ${percent(interval.from)} and ${percent(interval.to)})`;
  const people = errors.human === 0 ? "; human-level error taken as 0, set it with --human" : "";
  const facts = [
    ["Verdict", summary],
    [
      "Bias",
      `${percent(avoidableBias)} avoidable: train error${range(intervals.train)} minus human-level error${people}`,
    ],
    ["Variance", `${percent(gap)}: dev error minus train error${range(intervals.gap)}`],
    ...recipeFacts(recipe),
    ...(curve === undefined ? [] : [["More data", curve.summary] as const]),
  ] as const;
  return factsText(facts, styleFor(process.stdout));
}
