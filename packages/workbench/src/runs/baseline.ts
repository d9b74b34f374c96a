/** What needs no network: the error of always giving the same answer. */
import type { Examples } from "nabla";
import { meanOf, populationVariance } from "nabla/statistics";

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
