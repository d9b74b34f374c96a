import { type Kinds, makeFrom, maker } from "../base/described.ts";
import { number } from "../base/fields.ts";
import type { Json } from "../base/json.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "./classification-losses.ts";
import type { Loss } from "./loss.ts";
import { absoluteError, huber, squaredError } from "./regression-losses.ts";

/** Every loss by the name that data calls it. */
export const losses: Kinds<Loss> = {
  softmaxCrossEntropy: maker({ smoothing: number }, softmaxCrossEntropy),
  sigmoidCrossEntropy: maker({}, sigmoidCrossEntropy),
  squaredError: maker({}, squaredError),
  absoluteError: maker({}, absoluteError),
  huber: maker({ delta: number }, huber),
};

/** A loss from data, as `"squaredError"` or `{ kind: "huber", delta: 2 }`. */
export function lossFrom(data: Json, place?: string): Loss {
  return makeFrom("loss", losses, data, place);
}
