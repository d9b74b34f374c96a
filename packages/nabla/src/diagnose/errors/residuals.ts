/** How far predicted numbers lie from the true ones, and whether there is a pattern in it. */
import { meanOf, populationVariance, quantileOf } from "../../base/statistics/summary.ts";
import { sameRows } from "./confusion.ts";

/** Rows whose predictions are alike. */
export interface ResidualBin {
  /** The smallest and the largest prediction. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** The mean residual: below 0 the network predicts too high here. */
  readonly mean: number;
  /** The standard deviation of the residuals. */
  readonly deviation: number;
}

/** Residuals: true number minus predicted number, in the target's unit. */
export interface Residuals {
  readonly residuals: Float64Array;
  readonly mean: number;
  /** The root of the mean square, and the mean distance. */
  readonly rmse: number;
  readonly meanDistance: number;
  /** By share: the least residual, 5%, 25%, the median, 75%, 95%, the largest. */
  readonly quantiles: readonly { readonly share: number; readonly value: number }[];
  /** In the order of the predictions, about equally many rows in each. */
  readonly bins: readonly ResidualBin[];
}

const SHARES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];

/** Analyzes the residuals of a regression. Throws `errors/rows` for lists of different lengths. */
export function residualsOf(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  { bins = 5 }: { readonly bins?: number } = {},
): Residuals {
  sameRows(predicted, actual);
  const residuals = Float64Array.from(actual, (value, row) => value - (predicted[row] ?? Number.NaN));
  const sorted = residuals.toSorted();
  const order = Array.from(residuals.keys()).sort((a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0));
  const groups = Math.min(bins, order.length);
  return {
    residuals,
    mean: meanOf(residuals),
    rmse: Math.sqrt(meanOf(residuals, (value) => value * value)),
    meanDistance: meanOf(residuals, Math.abs),
    quantiles: SHARES.map((share) => ({ share, value: quantileOf(sorted, share) })),
    bins: Array.from({ length: groups }, (_, i) => {
      const rows = order.slice(Math.floor((i * order.length) / groups), Math.floor(((i + 1) * order.length) / groups));
      const group = Float64Array.from(rows, (row) => residuals[row] ?? 0);
      return {
        from: predicted[rows[0] ?? 0] ?? Number.NaN,
        to: predicted[rows.at(-1) ?? 0] ?? Number.NaN,
        rows: rows.length,
        mean: meanOf(group),
        deviation: Math.sqrt(populationVariance(group)),
      };
    }),
  };
}
