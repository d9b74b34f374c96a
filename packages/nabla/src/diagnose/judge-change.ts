/** Whether a change of a training is kept: by dev, row by row, with what chance could make of it. */
import { compact } from "../base/compact.ts";
import { known } from "../base/error.ts";
import { normalCdf } from "../base/statistics/normal.ts";
import { count, grouped, shareText } from "../base/text.ts";
import { measureFrom } from "../train/deciding/kinds.ts";
import type { Measure } from "../train/deciding/measure.ts";
import type { RowResults } from "../train/row-results.ts";
import type { Run } from "../train/run.ts";
import type { Evidence } from "./evidence-facts.ts";
import { type Effect, relativeEffect } from "./paired.ts";

/** A training, and what is known of it that a change is judged by. */
export interface JudgedRun {
  readonly run: Pick<Run, "reason" | "epochs">;
  readonly evidence: Pick<Evidence, "rowResults"> & {
    readonly diagnosis: Pick<Evidence["diagnosis"], "measure" | "bias">;
    readonly plan: Pick<Evidence["plan"], "epochs">;
  };
  /** What its own network does with the dev rows, where the evidence is of other rows. */
  readonly onDev?: RowResults;
}

/** The rows that trainings are compared by: those of the evidence, or where they are not the same ones the dev rows. */
export function comparedRows(runs: readonly JudgedRun[]): readonly RowResults[] {
  const judged = runs.map(({ evidence: { rowResults } }) => rowResults.dev ?? rowResults.train);
  const isSame = judged.every(({ mistakes }) => mistakes.length === judged[0]?.mistakes.length);
  return isSame ? judged : judged.map((rows, i) => runs[i]?.onDev ?? rows);
}

/** What the second of two trainings gains over the first on those rows. */
export function gainOver(before: JudgedRun, after: JudgedRun): Effect {
  const [own, others] = comparedRows([before, after]);
  return relativeEffect(known(own, "rows"), known(others, "rows"), { measure: measureOf(before) });
}

/** What two trainings are compared by: what the verdict on the first one goes by. */
function measureOf({ evidence }: JudgedRun): Measure {
  return measureFrom(evidence.diagnosis.measure);
}

/** What the errors did, and whether the change is kept. */
export interface ChangeVerdict {
  /** Absent where the change gave other rows to measure. */
  readonly effect?: { readonly train?: Effect; readonly dev: Effect };
  readonly kept: boolean;
  /** The outcome in words, as `accepted (better by 1% to 3% on dev)`. */
  readonly outcome: string;
}

/** A change is kept where dev became better with at least this chance. */
const PROBABLE = 0.9;
/** Where train surely became better, dev must be better with at least this one. */
const LIKELY = 0.7;

/**
 * Judges a change by the same dev rows before and after. It is kept where dev surely or probably became better, and never
 * where dev became worse. A training that the time limit cut off is not judged, unless it is surely better all the same.
 */
export function judgeChange(
  before: JudgedRun,
  after: JudgedRun,
  { otherRows, otherTrain }: { readonly otherRows: boolean; readonly otherTrain: boolean },
): ChangeVerdict {
  if (after.run.reason === "diverged") return { kept: false, outcome: "rejected (the training diverged)" };
  if (otherRows) return { kept: true, outcome: "accepted, since the errors before were measured on other data" };
  const measure = measureOf(before);
  const [own, others] = [before.evidence.rowResults, after.evidence.rowResults];
  const sameTrain = !otherTrain && own.train.mistakes.length === others.train.mistakes.length;
  const train = sameTrain ? relativeEffect(own.train, others.train, { measure }) : undefined;
  const dev = gainOver(before, after);
  const effect = compact({ train, dev });
  const isSure = dev.interval.from > 0;
  const range = rangeText(dev);
  if (after.run.reason === "time" && !isSure) {
    const done = `after ${count(after.run.epochs, "epoch")} of ${grouped(after.evidence.plan.epochs)}`;
    return { effect, kept: false, outcome: `not judged (the time limit ended it ${done})` };
  }
  const chance = chanceOfGain(dev);
  const fitsBetter = before.evidence.diagnosis.bias !== "low" && train !== undefined && train.interval.from > 0;
  const kept = dev.gain > 0 && chance >= (fitsBetter ? LIKELY : PROBABLE);
  if (kept) {
    const lost = measure.dividesByVariance === true ? undefined : plainLoss(before, after);
    const price = lost === undefined ? "" : `; of all rows surely worse ${rangeText(lost)}`;
    return { effect, kept, outcome: `accepted (${isSure ? "surely" : "probably"} better, ${range}${price})` };
  }
  const outcome =
    dev.interval.to < 0
      ? `rejected (surely worse, ${range})`
      : chance <= 1 - PROBABLE
        ? `rejected (probably worse, ${range})`
        : `rejected (${range} could be noise)`;
  return { effect, kept, outcome };
}

/** What became of the plain error, where that surely rose: what is gained by the measure that decides has its price. */
function plainLoss(before: JudgedRun, after: JudgedRun): Effect | undefined {
  const [own, others] = comparedRows([before, after]);
  const plain = relativeEffect(known(own, "rows"), known(others, "rows"));
  return plain.interval.to < 0 ? plain : undefined;
}

/** The chance that dev became better, by the normal distribution that the interval is the middle 95% of. */
export function chanceOfGain({ interval: { from, to } }: Pick<Effect, "interval">): number {
  const deviation = (to - from) / (2 * Z);
  const middle = (from + to) / 2;
  return deviation > 0 ? normalCdf(middle / deviation) : middle > 0 ? 1 : middle < 0 ? 0 : 0.5;
}

/** The half width of a 95% interval in standard errors. */
const Z = 1.959964;

/** `by 1% to 3% on dev`; below 0 dev became worse. */
function rangeText({ interval: { from, to } }: Effect): string {
  if (to < 0) return `by ${shareText(-to, 2)} to ${shareText(-from, 2)} on dev`;
  return from >= 0
    ? `by ${shareText(from, 2)} to ${shareText(to, 2)} on dev`
    : `from ${shareText(-from, 2)} worse to ${shareText(to, 2)} better on dev`;
}
