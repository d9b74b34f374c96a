/** What needs no network: the error of always giving the same answer. */
import { type Examples, type Preparation, soleModels } from "nabla";
import { meanOf, populationVariance } from "nabla/statistics";
import type { PreparedModel } from "./own-unit.ts";

/**
 * The error on `part` of the most frequent class of `train`, or of its mean (then 1 - R², in the part's own variance,
 * which is at least 1; NaN where the part's targets are all the same).
 */
export function baselineError(train: Pick<Examples, "targets">, part: Pick<Examples, "targets">): number {
  const [seen, asked] = [train.targets.data, part.targets.data];
  return part.targets.dtype === "int32" ? majorityError(seen, asked) : meanError(seen, asked);
}

function majorityError(seen: ArrayLike<number>, asked: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  let majority = -1;
  for (let i = 0; i < seen.length; i++) {
    const code = seen[i] ?? -1;
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  for (const [code, count] of counts) if (count > (counts.get(majority) ?? 0)) majority = code;
  return meanOf(asked, (code) => Number(code !== majority));
}

function meanError(seen: ArrayLike<number>, asked: ArrayLike<number>): number {
  const mean = meanOf(seen);
  const variance = populationVariance(asked);
  return variance > 0 ? meanOf(asked, (value) => (value - mean) ** 2) / variance : Number.NaN;
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

function soleBaseline({ kind }: Preparation["target"], train: Examples, part: Examples): number {
  return kind === "several" ? labelsError(train, part) : baselineError(train, part);
}

/** The share of labels that are wrong where each is always what it mostly is in train. */
function labelsError(train: Examples, part: Examples): number {
  const width = train.targets.shape[1] ?? 1;
  const column = ({ targets: { data }, rows }: Examples, i: number): readonly number[] =>
    Array.from({ length: rows }, (_, row) => data[row * width + i] ?? 0);
  const labels = Array.from({ length: width }, (_, i) => {
    const usual = meanOf(column(train, i)) > 0.5;
    return meanOf(column(part, i).map((value) => Number(value > 0.5 !== usual)));
  });
  return meanOf(labels);
}
