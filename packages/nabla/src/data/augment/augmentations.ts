import { type Kinds, readerOf } from "../../base/family.ts";
import type { Json } from "../../base/json.ts";
import type { Augmentation } from "./augmentation.ts";
import { elasticDistortion } from "./elastic.ts";
import { crop, flip, rotate, scale, shift } from "./moves.ts";
import { brightness, cutout, noise } from "./values.ts";

export { brightness, crop, cutout, elasticDistortion, flip, noise, rotate, scale, shift };

/** Every augmentation by the name that data calls it. */
export const augmentations: Kinds<Augmentation> = {
  flip,
  shift,
  crop,
  rotate,
  scale,
  elasticDistortion,
  noise,
  brightness,
  cutout,
};

/** An augmentation from data, as `{ kind: "rotate", degrees: 15 }`. */
export const augmentationFrom: (data: Json, place?: string) => Augmentation = /* @__PURE__ */ readerOf("augmentation", {
  augmentation: augmentations,
});
