/** Split-conformal prediction: how far off predictions of rows that were not learned are says how far others will be. */
import type { RowWeights } from "./weighted.ts";

/** How far off the predictions of held-out rows were: what intervals of every level are looked up in. Plain data. */
export interface ConformalScores {
  /** The rows that were scored; where they count differently, as many of equal weight as say as much. */
  readonly rows: number;
  /** Ascending: score number i, from 1, of m is that of rank i / m. */
  readonly scores: readonly number[];
}

/** So many scores are kept: an interval is as wide as the next one, which is at most a fifth of a percent too high a level. */
const KEPT = 500;

/**
 * Keeps scores of rows that were not learned, such as the distances between predictions and what was true, one a row. Rows
 * that count differently are as many as their weights say.
 */
export function conformalScores(values: ArrayLike<number>, weights?: RowWeights): ConformalScores {
  const order = Array.from({ length: values.length }, (_, row) => row)
    .filter((row) => (weights?.[row] ?? 1) > 0)
    .sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  let [total, squares] = [0, 0];
  for (const row of order) {
    total += weights?.[row] ?? 1;
    squares += (weights?.[row] ?? 1) ** 2;
  }
  const kept = Math.min(KEPT, order.length);
  const scores: number[] = [];
  let [at, below] = [0, weights?.[order[0] ?? 0] ?? 1];
  for (let i = 1; i <= kept; i++) {
    // what rounding makes of i / kept · total is no reason for the next score
    while (below < (i / kept) * total * (1 - 1e-12) && at < order.length - 1) {
      at++;
      below += weights?.[order[at] ?? 0] ?? 1;
    }
    scores.push(values[order[at] ?? 0] ?? 0);
  }
  return { rows: squares > 0 ? total ** 2 / squares : 0, scores };
}

/**
 * The score that new rows stay within with a probability of at least `level`, from 0 to 1, where they are like those that were
 * scored: number ⌈(rows + 1) · level⌉ of them (Papadopoulos et al. 2002; Lei et al. 2018, theorem 2). Infinity where there are too
 * few rows for the level.
 */
export function conformalQuantile({ rows, scores }: ConformalScores, level: number): number {
  const rank = (rows + 1) * level;
  const whole = Number.isInteger(rows) ? Math.ceil(rank - 1e-9) : rank;
  if (!(whole <= rows)) return Number.POSITIVE_INFINITY;
  const place = Math.ceil((whole / rows) * scores.length - 1e-9);
  return scores[Math.max(1, place) - 1] ?? Number.POSITIVE_INFINITY;
}
