/** Intervals of what an opened model answers; pages that ask for none load nothing of this. */
import { withRanges } from "../answers/range-cells.ts";
import { predictedRanges } from "../data/prediction-ranges.ts";
import { rangesFrom } from "../exchange/range-scores.ts";
import type { OpenModel, Within } from "./open-model.ts";

/**
 * Where true values lie with at least a probability, such as 0.9: `model.predict(row, { within: intervals(model, 0.9) })` answers with
 * `interval` of numbers and `set` of classes beside the prediction, as `model.predict(row, { interval: 0.9 })` of `rowModel` does.
 * Throws `predict/interval` where the model holds too few rows that it did not learn, `model/damaged` for scores that are none.
 */
export function intervals({ preparation, ranges }: Pick<OpenModel, "preparation" | "ranges">, level: number): Within {
  const rangesOf = predictedRanges(preparation, ranges === undefined ? undefined : rangesFrom(ranges), level);
  return (answers, given) => withRanges(answers, rangesOf(given), preparation);
}
