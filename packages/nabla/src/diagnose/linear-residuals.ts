/** What a linear model leaves of a list of numbers. */
import { meanOf, populationVariance } from "../base/statistics/summary.ts";

/** Rounds over all inputs: each fits one input to what the others left (Gauss and Seidel), which is plenty for a residual. */
const ROUNDS = 25;
/** What every input's weight is held back by, relative to its rows, so that inputs that are copies of each other do no harm. */
const RIDGE = 1e-3;

/** `target` minus its least squares fit by the inputs; a missing input counts as its mean. */
export function linearResiduals(inputs: readonly Float64Array[], target: Float64Array): Float64Array {
  const mean = meanOf(target);
  const residual = target.map((value) => value - mean);
  const columns = inputs.flatMap((input) => {
    const known = input.filter((value) => !Number.isNaN(value));
    const [center, spread] = [meanOf(known), Math.sqrt(populationVariance(known))];
    return spread > 0 ? [input.map((value) => (Number.isNaN(value) ? 0 : (value - center) / spread))] : [];
  });
  const weights = new Float64Array(columns.length);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, column] of columns.entries()) {
      let [both, squares] = [0, RIDGE * column.length];
      for (let row = 0; row < column.length; row++) {
        const x = column[row] ?? 0;
        both += x * ((residual[row] ?? 0) + (weights[i] ?? 0) * x);
        squares += x * x;
      }
      const moved = both / squares - (weights[i] ?? 0);
      weights[i] = (weights[i] ?? 0) + moved;
      for (let row = 0; row < column.length; row++) residual[row] = (residual[row] ?? 0) - moved * (column[row] ?? 0);
    }
  }
  return residual;
}
