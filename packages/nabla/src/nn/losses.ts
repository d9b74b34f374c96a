import { type Kinds, readerOf } from "../base/family.ts";
import type { Json } from "../base/json.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "./classification-losses.ts";
import { focal, sigmoidFocal } from "./focal-losses.ts";
import { joint } from "./joint-loss.ts";
import type { Loss } from "./loss.ts";
import { poisson } from "./poisson-loss.ts";
import { absoluteError, huber, quantile, squaredError } from "./regression-losses.ts";

export {
  absoluteError,
  focal,
  huber,
  joint,
  poisson,
  quantile,
  sigmoidCrossEntropy,
  sigmoidFocal,
  softmaxCrossEntropy,
  squaredError,
};

/** Every loss by the name that data calls it. */
export const losses: Kinds<Loss> = {
  softmaxCrossEntropy,
  sigmoidCrossEntropy,
  squaredError,
  absoluteError,
  huber,
  quantile,
  poisson,
  focal,
  sigmoidFocal,
  joint,
};

/** A loss from data, as `"squaredError"` or `{ kind: "huber", delta: 2 }`. */
export const lossFrom: (data: Json, place?: string) => Loss = /* @__PURE__ */ readerOf("loss", { loss: losses });
