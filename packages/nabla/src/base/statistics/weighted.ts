/** Statistics of rows that count differently. Without weights all rows count alike, bit for bit as `summary.ts` has it. */
import { meanOf, populationVariance } from "./summary.ts";

/** How much each row counts; undefined where all count alike. */
export type RowWeights = ArrayLike<number> | undefined;

/** Σ w·x / Σ w; NaN for no values and where nothing counts. What does not count may be anything. */
export function weightedMean(values: ArrayLike<number>, weights?: RowWeights): number {
  if (weights === undefined) return meanOf(values);
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const weight = weights[i] ?? 0;
    if (weight === 0) continue;
    sum += weight * (values[i] ?? Number.NaN);
    total += weight;
  }
  return sum / total;
}

/** The weighted mean of the squared distance from the weighted mean; 0 for values that are all the same. */
export function weightedVariance(values: ArrayLike<number>, weights?: RowWeights): number {
  if (weights === undefined) return populationVariance(values);
  const counted = Array.from(values).filter((_, i) => (weights[i] ?? 0) > 0);
  if (counted.every((value) => value === counted[0])) return counted.length === 0 ? Number.NaN : 0;
  const mean = weightedMean(values, weights);
  return weightedMean(
    Array.from(values, (value) => (value - mean) ** 2),
    weights,
  );
}

/**
 * How many rows of equal weight say as much as these: (Σ w)² / Σ w² (Kish 1965), their number where all count alike. An
 * interval of a weighted mean is as wide as that of so many rows.
 */
export function effectiveRows(rows: number, weights?: RowWeights): number {
  if (weights === undefined) return rows;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < rows; i++) {
    sum += weights[i] ?? 0;
    squares += (weights[i] ?? 0) ** 2;
  }
  return squares > 0 ? sum ** 2 / squares : 0;
}
