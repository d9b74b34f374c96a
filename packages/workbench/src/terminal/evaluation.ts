/** How well a model does on a part of its run, or on a file. */
import { compact, count } from "nabla";
import type { Coverage } from "../runs/coverage.ts";
import type { FileEvaluation } from "../runs/evaluate-file.ts";
import type { DecidedScore, Evaluation } from "../runs/evaluate-run.ts";
import { experimentOf } from "../runs/stored-run.ts";
import { baselineName, errorName, errorText, isWorse, unitText } from "../text/description.ts";
import { percent, rangeText } from "../text/format.ts";
import { measureWords } from "../text/measure-words.ts";
import { targetScoreText } from "../text/targets.ts";
import { classFacts, numberFacts } from "./class-facts.ts";
import { factsText } from "./facts.ts";
import { styleFor } from "./style.ts";

/** The one document that --json prints. */
export function evaluationDocument({
  run: { id },
  part,
  rows,
  score,
  intervals,
  baseline,
  decided,
  classes,
  coverage,
  numbers,
  testEvaluations,
}: Evaluation): object {
  const beside = compact({ decided, classes, numbers, coverage });
  return { run: id, on: part, rows, ...score, intervals, baseline, ...beside, testEvaluations };
}

/** What was found on a part of a run, in facts of 80 columns. */
export function evaluationText({
  run,
  part,
  rows,
  score,
  intervals,
  baseline,
  decided,
  classes,
  coverage,
  numbers,
  testEvaluations,
}: Evaluation): string {
  const { id, task } = run;
  const deciding = decidedFacts(decided, { task, targetScale: experimentOf(run).targetScale });
  const facts: (readonly [string, string])[] = [
    ["Run", id],
    ["Part", `${part}, ${count(rows, "row")}`],
    ...deciding,
    ...errorFacts(`${part} `, { task, score, intervals, baseline }).filter(isNew(deciding)),
    ...numberFacts(numbers, undefined),
    ...classFacts(classes),
    ...coverageFacts(coverage),
  ];
  const again = testEvaluations > 1 ? "; decisions made after it make the estimate optimistic" : "";
  if (part === "test") facts.push(["Test", `test evaluations: ${testEvaluations}${again}`]);
  return factsText(facts, styleFor(process.stdout));
}

/** What was found on a file, in facts of 80 columns. */
export function fileEvaluationText(
  { rows, ...found }: FileEvaluation,
  { model, data, ...learned }: Learned & { readonly model: string; readonly data: string },
): string {
  const decided = decidedFacts(found.decided, learned);
  const facts: (readonly [string, string])[] = [
    ["Model", model],
    ["Data", `${data}, ${count(rows, "row")}`],
    ...decided,
    ...errorFacts("", { ...found, ...learned }).filter(isNew(decided)),
    ...classFacts(found.classes),
    ...coverageFacts(found.coverage),
  ];
  return factsText(facts, styleFor(process.stdout));
}

/** What decides, where that is not the error that is told anyway. */
function decidedFacts(
  decided: DecidedScore | undefined,
  learned: Learned & { readonly targetScale?: string },
): readonly (readonly [string, string])[] {
  if (decided === undefined) return [];
  const words = measureWords(decided.measure, learned);
  const always =
    decided.baseline === undefined ? "" : `; ${baselineName(learned.task)} ${words.value(decided.baseline)}`;
  return [[words.label, `${words.value(decided.error)}, 95% interval ${words.range(decided.interval)}${always}`]];
}

/** Whether a fact is not told yet: what decides may be told anyway. */
function isNew(told: readonly (readonly [string, string])[]): (fact: readonly [string, string]) => boolean {
  return ([name]) => !told.some(([known]) => known === name);
}

/** How many rows lie where the model's own intervals say. */
function coverageFacts(found: readonly Coverage[] = []): readonly (readonly [string, string])[] {
  return found.map(({ name, kind, level, covered, interval, size, unit }, i) => {
    const of = found.length === 1 ? "" : `${name}: `;
    const what = kind === "number" ? "intervals" : "sets";
    const mean =
      kind === "number" ? `${unitText(size, unit)} wide on average` : `${Number(size.toFixed(2))} classes on average`;
    const text = `${of}${percent(covered)} of rows in ${what} of ${percent(level)}, 95% interval ${rangeText(interval, percent)}; ${mean}`;
    return [i === 0 ? "Intervals" : "", text];
  });
}

/** What was learned. */
interface Learned {
  readonly task: string;
  /** What the target is measured in. */
  readonly unit?: string | undefined;
}

function errorFacts(
  part: string,
  { task, unit, score, intervals, baseline }: Pick<FileEvaluation, "score" | "intervals" | "baseline"> & Learned,
): readonly (readonly [string, string])[] {
  const always = baselineName(task);
  const worse = isWorse(score.error) ? " (worse than predicting the mean)" : "";
  const message = Number.isNaN(score.error)
    ? `${part}not measurable, its targets are all the same`
    : `${part}${errorText(score.error)}${worse}, 95% interval ${rangeText(intervals.error, errorText)}; ${always} ${errorText(baseline.error)}`;
  const facts: (readonly [string, string])[] = [[errorName(task), message]];
  if (score.rmse !== undefined && intervals.rmse !== undefined) {
    const known = Number.isFinite(intervals.rmse.from);
    const shown = (value: number): string => unitText(value, unit);
    const sure = known ? `, 95% interval ${rangeText(intervals.rmse, shown)}` : "";
    facts.push(["RMSE", `${shown(score.rmse)}${sure}`]);
  }
  if (score.mae !== undefined) facts.push(["MAE", unitText(score.mae, unit)]);
  for (const [i, target] of (score.targets ?? []).entries())
    facts.push([i === 0 ? "Targets" : "", targetScoreText(target)]);
  return facts;
}
