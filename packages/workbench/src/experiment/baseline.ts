/** What needs no network: the error of always giving the same answer. */
import type { Examples } from "nabla";

/**
 * The error on `part` of the most frequent class of `train`, or of its mean (then 1 - R², in the part's own variance,
 * which is at least 1).
 */
export function baselineError(train: Examples, part: Examples): number {
  const [seen, asked] = [Array.from(train.targets.data), Array.from(part.targets.data)];
  return part.targets.dtype === "int32" ? majorityError(seen, asked) : meanError(seen, asked);
}

function majorityError(seen: readonly number[], asked: readonly number[]): number {
  const counts = Map.groupBy(seen, (code) => code);
  const [majority] = [...counts].reduce((most, entry) => (entry[1].length > most[1].length ? entry : most), [-1, []]);
  return asked.filter((code) => code !== majority).length / Math.max(1, asked.length);
}

function meanError(seen: readonly number[], asked: readonly number[]): number {
  const mean = meanOf(seen);
  const own = meanOf(asked);
  const about = (center: number): number => meanOf(asked.map((value) => (value - center) ** 2));
  return about(own) === 0 ? Number(about(mean) > 0) : about(mean) / about(own);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
