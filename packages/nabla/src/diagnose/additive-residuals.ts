/** What a model that adds up one curve for each input leaves of a list of numbers (Hastie and Tibshirani 1986). */
import { meanOf, populationVariance, quantileOf } from "../base/statistics/summary.ts";

/** Rounds over all inputs: each curve fits what the others left, which is plenty for a residual. */
const ROUNDS = 25;
/** What every slope is held back by, relative to its rows, so that inputs that are copies of each other do no harm. */
const RIDGE = 1e-3;
/** A curve is a line in each of at most so many pieces with as many rows, and so many rows each teach one line. */
const [MOST_PIECES, ROWS_A_LINE] = [8, 20];

/** A curve of one input: its rows in pieces, and the line that each piece has. */
interface Curve {
  /** The standardized input, less its mean in the piece; missing ones are 0. */
  readonly steps: Float64Array;
  readonly piece: Uint8Array;
  readonly sizes: Float64Array;
  readonly squares: Float64Array;
  readonly slopes: Float64Array;
}

/**
 * `target` minus its least squares fit by a sum of curves, one an input: lines in pieces, and where rows are few for the
 * inputs one line. A missing input counts as its mean.
 */
export function additiveResiduals(inputs: readonly Float64Array[], target: Float64Array): Float64Array {
  const mean = meanOf(target);
  const residual = target.map((value) => value - mean);
  const pieces = Math.min(MOST_PIECES, Math.max(1, Math.floor(target.length / (ROWS_A_LINE * inputs.length))));
  const curves = inputs.flatMap((input) => curveOf(input, pieces));
  const rounds = Array.from({ length: ROUNDS }, () => curves).flat();
  for (const curve of rounds) refit(curve, residual);
  return residual;
}

function curveOf(input: Float64Array, most: number): readonly Curve[] {
  const known = input.filter((value) => !Number.isNaN(value));
  const [center, spread] = [meanOf(known), Math.sqrt(populationVariance(known))];
  if (!(spread > 0)) return [];
  const values = input.map((value) => (Number.isNaN(value) ? 0 : (value - center) / spread));
  const sorted = values.toSorted();
  const bounds = [...new Set(Array.from({ length: most - 1 }, (_, i) => quantileOf(sorted, (i + 1) / most)))].filter(
    (bound) => bound > (sorted[0] ?? 0),
  );
  const piece = Uint8Array.from(values, (value) => bounds.filter((bound) => value >= bound).length);
  const many = bounds.length + 1;
  const [sizes, sums, squares] = [new Float64Array(many), new Float64Array(many), new Float64Array(many)];
  for (const [row, own] of piece.entries()) {
    sizes[own] = (sizes[own] ?? 0) + 1;
    sums[own] = (sums[own] ?? 0) + (values[row] ?? 0);
  }
  const steps = values.map((value, row) => {
    const own = piece[row] ?? 0;
    return value - (sums[own] ?? 0) / (sizes[own] ?? 1);
  });
  for (const [row, own] of piece.entries()) squares[own] = (squares[own] ?? 0) + (steps[row] ?? 0) ** 2;
  return [{ steps, piece, sizes, squares, slopes: new Float64Array(many) }];
}

/** Fits one curve to what is left with it, and leaves what it does not explain. */
function refit({ steps, piece, sizes, squares, slopes }: Curve, residual: Float64Array): void {
  const [left, leaning] = [new Float64Array(slopes.length), new Float64Array(slopes.length)];
  for (const [row, own] of piece.entries()) {
    left[own] = (left[own] ?? 0) + (residual[row] ?? 0);
    leaning[own] = (leaning[own] ?? 0) + (residual[row] ?? 0) * (steps[row] ?? 0);
  }
  const raised = left.map((sum, own) => sum / (sizes[own] ?? 1));
  const turned = leaning.map((sum, own) => {
    const [square, slope] = [squares[own] ?? 0, slopes[own] ?? 0];
    const held = square + RIDGE * (sizes[own] ?? 1);
    return (sum + slope * square) / held - slope;
  });
  for (const [row, own] of piece.entries())
    residual[row] = (residual[row] ?? 0) - (raised[own] ?? 0) - (turned[own] ?? 0) * (steps[row] ?? 0);
  for (const own of slopes.keys()) slopes[own] = (slopes[own] ?? 0) + (turned[own] ?? 0);
}
