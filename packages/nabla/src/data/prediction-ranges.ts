/** Where the true value of a row lies with a chosen probability: intervals of numbers, and sets of classes. */
import { checkArray } from "../array/check-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { known, NablaError } from "../base/error.ts";
import { type ConformalScores, conformalQuantile, conformalScores } from "../base/statistics/conformal.ts";
import type { RowWeights } from "../base/statistics/weighted.ts";
import { count } from "../base/text.ts";
import { decidedClass } from "./class-threshold.ts";
import {
  type ClassTarget,
  type NumberTarget,
  outputsFor,
  type Preparation,
  type SoleTarget,
  soleTargets,
} from "./preparation.ts";
import { restoredTarget, scaledTarget, targetBounds, unscaledTarget } from "./target-scale.ts";

/** How far off predictions of rows were that were not learned, of each target in turn; null of labels, which have no intervals. */
export type RangeScores = readonly (ConformalScores | null)[];

/** What a target of a row is with the chosen probability: between two numbers in its own unit, or one of some classes. */
export type PredictedRange =
  | { readonly lower: number; readonly upper: number }
  | { readonly classes: readonly string[] };

/** Predictions of rows beside what is true. */
export interface ScoredRows {
  /** What the network gave, [rows, outputs]: numbers on the scale that is learned, probabilities. */
  readonly answers: ArrayLike<number>;
  /** As `applyPreparation` gives them. */
  readonly targets: NdArray;
  /** How much each row counts; by default all count alike. */
  readonly weights?: RowWeights;
}

/**
 * Scores of rows that a network did not learn: of numbers how far off it was, on the scale that is learned, and of classes how
 * improbable the true one was (Sadinle et al. 2019). `predictedRanges` makes intervals of them.
 */
export function rangeScores(preparation: Preparation, { answers, targets, weights }: ScoredRows): RangeScores {
  checkArray("rangeScores › targets", targets);
  const [rows = 0] = targets.shape;
  const width = answers.length / Math.max(1, rows);
  return placed(preparation, width).map(({ target, from, to }) => {
    if (target.kind === "labels") return null;
    const scores = Float64Array.from({ length: rows }, (_, row) => {
      if (target.kind === "number") {
        const predicted = scaledTarget(target, restoredTarget(target, answers[row * width + from] ?? Number.NaN));
        return Math.abs(predicted - (targets.data[targets.data.length === rows ? row : row * width + from] ?? 0));
      }
      const shares = sharesAt(answers, row * width + from, to - from);
      return 1 - (shares[codeAt(targets, row, { width, from, to })] ?? 0);
    });
    return conformalScores(scores, weights);
  });
}

/** The class of a row: a code, or of several targets the share that is 1. */
function codeAt(
  { dtype, data }: NdArray,
  row: number,
  { width, from, to }: Place & { readonly width: number },
): number {
  if (dtype === "int32") return data[row] ?? 0;
  let best = from;
  for (let i = from + 1; i < to; i++) if ((data[row * width + i] ?? 0) > (data[row * width + best] ?? 0)) best = i;
  return best - from;
}

interface Place {
  readonly from: number;
  readonly to: number;
}

/** Where each target's outputs are; one output for two classes is the probability of the second. */
function placed(preparation: Preparation, width: number): readonly (Place & { readonly target: SoleTarget })[] {
  const targets = soleTargets(preparation);
  let from = 0;
  return targets.map((target) => {
    const to = from + (targets.length === 1 ? width : outputsFor(target));
    const place = { target, from, to };
    from = to;
    return place;
  });
}

function sharesAt(answers: ArrayLike<number>, from: number, outputs: number): readonly number[] {
  if (outputs === 1) return [1 - (answers[from] ?? 0), answers[from] ?? 0];
  return Array.from({ length: outputs }, (_, i) => answers[from + i] ?? 0);
}

/**
 * What makes ranges of a network's answers [rows, outputs]: for each row one of each target, undefined of labels. New rows that are
 * like those that were scored lie within with a probability of at least `level`, from 0 to 1. Throws `predict/interval` where
 * there are no scores, or too few for the level.
 */
export function predictedRanges(
  preparation: Preparation,
  scores: RangeScores | undefined,
  level: number,
): (answers: NdArray) => readonly (readonly (PredictedRange | undefined)[])[] {
  if (!(level > 0 && level < 1))
    throw new NablaError(
      "predict/interval",
      `an interval holds a share between 0 and 1 of the rows, received ${level}`,
    );
  const targets = soleTargets(preparation);
  if (scores === undefined || scores.length !== targets.length || scores.every((one) => one === null)) {
    const why = targets.every(({ kind }) => kind === "labels")
      ? "it predicts labels"
      : "it was saved without held-out rows";
    const message = `the model holds nothing to make intervals of: ${why}`;
    throw new NablaError("predict/interval", message, "train a model of numbers or classes with a dev part again");
  }
  const reach = scores.map((one) => (one === null ? Number.NaN : reachOf(one, level)));
  return ({ data, shape }) => {
    const [rows = 0] = shape;
    const width = data.length / Math.max(1, rows);
    const places = placed(preparation, width);
    return Array.from({ length: rows }, (_, row) =>
      places.map(({ target, from, to }, i) => {
        const most = known(reach[i], "the reach of a target");
        if (target.kind === "number") return numberRange(target, data[row * width + from] ?? Number.NaN, most);
        if (target.kind === "labels") return undefined;
        return { classes: likely(target, sharesAt(data, row * width + from, to - from), most) };
      }),
    );
  };
}

function reachOf(scores: ConformalScores, level: number): number {
  const found = conformalQuantile(scores, level);
  if (Number.isFinite(found)) return found;
  const least = Math.ceil(level / (1 - level) - 1e-9);
  const most = Math.floor((100 * scores.rows) / (scores.rows + 1));
  const message = `an interval of ${Number((100 * level).toPrecision(6))}% needs ${count(least, "row")} that were not learned, and the model has ${Number(scores.rows.toPrecision(3))}`;
  const hint = most < 1 ? "train with more rows" : `ask for at most ${most}%, or train with more rows`;
  throw new NablaError("predict/interval", message, hint);
}

function numberRange(target: NumberTarget, answer: number, reach: number): PredictedRange {
  const middle = scaledTarget(target, restoredTarget(target, answer));
  const [lower, upper] = [unscaledTarget(target, middle - reach), unscaledTarget(target, middle + reach)];
  // what was never on the other side of 0 is not there either
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = targetBounds(target) ?? {};
  return { lower: from === 0 ? Math.max(0, lower) : lower, upper: to === 0 ? Math.min(0, upper) : upper };
}

/** The classes that are probable enough, and the likeliest and the one that is answered in any case. */
function likely(target: ClassTarget, shares: readonly number[], reach: number): readonly string[] {
  const [most, answered] = [Math.max(...shares), decidedClass(shares, target)];
  return target.classes.filter((_, i) => (shares[i] ?? 0) === most || i === answered || 1 - (shares[i] ?? 0) <= reach);
}
