/** What each threshold of a run's two classes finds and misses, of rows that were not learned. */
import { compact, NablaError, temperedShare, thresholdOf } from "nabla";
import { type OperatingPoint, operations, probabilitiesOf } from "nabla/diagnose";
import type { Answers } from "../../runs/dev-answers.ts";
import { lastSavedThreshold } from "../../runs/save-threshold.ts";
import { experimentOf } from "../../runs/stored-run.ts";
import type { RunHistory } from "../../store/run.ts";
import type { TrainedModel } from "../../store/trained-model.ts";
import type { ThresholdsOfRun } from "./api-models.ts";

/** Thresholds that a page gets, beside those that are the cheapest at some price. */
const MOST = 1000;

/**
 * All thresholds of a model of two classes, as it predicts probabilities. Throws `ui/classes` for any other target, and
 * `errors/one-class` where the rows are all of one class.
 */
export function thresholdsIn(
  answers: Answers,
  { run, model }: { readonly run: RunHistory; readonly model: TrainedModel },
): ThresholdsOfRun {
  if (answers.kind !== "classes" || answers.classes.length !== 2)
    throw new NablaError("ui/classes", "a threshold decides between two classes, and this run has other targets");
  const { classes, probabilities, targets, table } = answers;
  const own = thresholdOf(model.preparation);
  const named = classes.indexOf(experimentOf(run).positive ?? "");
  const positive = own?.positive ?? (named < 0 ? 1 : named);
  const { temperature = 1 } = model;
  const all = operations(
    probabilitiesOf(probabilities, positive),
    Array.from(targets, (code) => Number(code === positive)),
  );
  const [, ...points] = all.points;
  return {
    rows: table.rows,
    positive: classes[positive] ?? "",
    positives: all.positives,
    negatives: all.negatives,
    points: keptPoints(points).map(({ threshold, ...found }) => ({
      ...found,
      threshold: temperedShare(threshold, temperature),
    })),
    ...compact({ saved: own && temperedShare(own.from, temperature), undo: lastSavedThreshold(run.events)?.from }),
  };
}

/**
 * So many points evenly, and each corner of the convex hull of the ROC with the point after it: whatever mistakes cost, the
 * cheapest threshold is a corner (Provost and Fawcett 2001).
 */
export function keptPoints(points: readonly OperatingPoint[]): readonly OperatingPoint[] {
  if (points.length <= MOST) return points;
  const hull: number[] = [];
  const above = (a: number, b: number, c: number): boolean => {
    const [p, q, r] = [points[a], points[b], points[c]] as [OperatingPoint, OperatingPoint, OperatingPoint];
    const turn =
      (q.falseAlarms - p.falseAlarms) * (r.hits - p.hits) - (q.hits - p.hits) * (r.falseAlarms - p.falseAlarms);
    return turn < 0;
  };
  for (const place of points.keys()) {
    while (hull.length > 1 && !above(hull.at(-2) ?? 0, hull.at(-1) ?? 0, place)) hull.pop();
    hull.push(place);
  }
  const even = Array.from({ length: MOST }, (_, i) => Math.round((i * (points.length - 1)) / (MOST - 1)));
  const places = new Set([...even, ...hull.flatMap((place) => [place, place + 1])]);
  return points.filter((_, place) => places.has(place));
}
