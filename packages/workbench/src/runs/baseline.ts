/** What needs no network: the error of always giving the same answer. */
import {
  compact,
  type Examples,
  type Measure,
  type Preparation,
  soleModels,
  type Task,
  targetValues,
  weightsIn,
} from "nabla";
import { meanOf, type RowWeights, weightedMean, weightedVariance } from "nabla/statistics";
import { errorWhere } from "./decides.ts";
import type { PreparedModel } from "./own-unit.ts";

/** Targets, and how much their rows count. */
type Asked = Pick<Examples, "targets"> & Partial<Pick<Examples, "rows" | "mask">>;

/**
 * The error on `part` of the most frequent class of `train`, or of its mean (then 1 - R², in the part's own variance,
 * which is at least 1; NaN where the part's targets are all the same). Rows count by their weights in both.
 */
export function baselineError(train: Asked, part: Asked): number {
  return part.targets.dtype === "int32" ? majorityError(train, part) : meanError(train, part);
}

function countsIn({ targets, rows = targets.shape[0] ?? 0, mask }: Asked): RowWeights {
  return weightsIn(mask === undefined ? { rows } : { rows, mask });
}

function majorityError(train: Asked, part: Asked): number {
  const seen = train.targets.data;
  const weights = countsIn(train);
  const counts = new Map<number, number>();
  let majority = -1;
  for (let i = 0; i < seen.length; i++) {
    const code = seen[i] ?? -1;
    counts.set(code, (counts.get(code) ?? 0) + (weights?.[i] ?? 1));
  }
  for (const [code, count] of counts) if (count > (counts.get(majority) ?? 0)) majority = code;
  const wrong = Array.from(part.targets.data, (code) => Number(code !== majority));
  return weightedMean(wrong, countsIn(part));
}

function meanError(train: Asked, part: Asked): number {
  const [asked, weights] = [part.targets.data, countsIn(part)];
  const mean = weightedMean(train.targets.data, countsIn(train));
  const variance = weightedVariance(asked, weights);
  const squares = Array.from(asked, (value) => (value - mean) ** 2);
  return variance > 0 ? weightedMean(squares, weights) / variance : Number.NaN;
}

/** What a constant answer is given to, and from which rows it comes. */
interface ConstantAnswer {
  readonly task: Task;
  readonly train: Examples;
  readonly part: Examples;
  /** Whether it is the class with the least error on train, as a threshold can make it; by default the most frequent one. */
  readonly decided?: boolean;
}

/**
 * The error by a measure of always giving classes the shares that they have in train, or numbers the mean of train; undefined where
 * the part has none.
 */
export function constantError(
  measure: Measure,
  { task, train, part, decided = false }: ConstantAnswer,
): number | undefined {
  const { targets } = part;
  const [seen, weights] = [weightsIn(train), compact({ weights: weightsIn(part) })];
  if (targets.dtype !== "int32") {
    const [mean, width] = [weightedMean(train.targets.data, seen), targets.shape[1] ?? 1];
    const answers = new Float64Array(part.rows * width).fill(mean);
    const mistakes = Float64Array.from(
      { length: part.rows },
      (_, row) => (Number(targets.data[row * width]) - mean) ** 2,
    );
    return task === "regression" ? errorWhere(measure, { task, targets, answers, mistakes, ...weights }) : undefined;
  }
  const classes = part.classes?.length ?? Math.max(...train.targets.data) + 1;
  const shares = Array.from({ length: classes }, (_, code) =>
    weightedMean(
      Array.from(train.targets.data, (own) => Number(own === code)),
      seen,
    ),
  );
  const always = (
    code: number,
    { targets: asked, rows, ...counted }: Asked & Pick<Examples, "rows">,
  ): number | undefined =>
    errorWhere(measure, {
      task,
      targets: asked,
      answers: Float64Array.from({ length: rows * classes }, (_, i) => shares[i % classes] ?? 0),
      mistakes: Float64Array.from(asked.data, (own) => Number(own !== code)),
      ...compact({ weights: weightsIn({ rows, ...counted }) }),
    });
  const usual = shares.indexOf(Math.max(...shares));
  if (!decided) return always(usual, part);
  const errorOnTrain = (code: number): number => always(code, train) ?? Number.POSITIVE_INFINITY;
  const least = shares.reduce((best, _, code) => (errorOnTrain(code) < errorOnTrain(best) ? code : best), usual);
  return always(least, part);
}

/**
 * The same of a model: of several targets the mean by their weights of what each is relative to train, and of labels the mean
 * over them.
 */
export function baselineOf(model: PreparedModel, train: Examples, part: Examples): number {
  const { heads } = model.trained.loss;
  if (heads === undefined) return soleBaseline(model.preparation.target, train, part);
  const each = soleModels(model.trained, model.preparation).map((sole, i) => {
    const own = soleBaseline(sole.preparation.target, sole.examples(train), sole.examples(part));
    return (sole.share * own) / (heads[i]?.usualError ?? 1);
  });
  return each.reduce((total, one) => total + one, 0);
}

/**
 * The same as predictions are measured: of a number in its own unit, where it was learned on another scale.
 */
export function baselineInUnit(model: PreparedModel, train: Examples, part: Examples): number {
  const { target } = model.preparation;
  if (target.kind !== "number" || target.scale === undefined) return baselineOf(model, train, part);
  const inUnit = (examples: Examples): Examples => ({
    ...examples,
    targets: targetValues(model.preparation, examples.targets),
  });
  return baselineError(inUnit(train), inUnit(part));
}

function soleBaseline({ kind }: Preparation["target"], train: Examples, part: Examples): number {
  return kind === "several" ? labelsError(train, part) : baselineError(train, part);
}

/** The share of labels that are wrong where each is always what it mostly is in train. */
function labelsError(train: Examples, part: Examples): number {
  const width = train.targets.shape[1] ?? 1;
  const column = ({ targets: { data }, rows }: Examples, i: number): readonly number[] =>
    Array.from({ length: rows }, (_, row) => data[row * width + i] ?? 0);
  const labels = Array.from({ length: width }, (_, i) => {
    const usual = weightedMean(column(train, i), countsIn(train)) > 0.5;
    const wrong = column(part, i).map((value) => Number(value > 0.5 !== usual));
    return weightedMean(wrong, countsIn(part));
  });
  return meanOf(labels);
}
