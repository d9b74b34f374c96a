import { type Kinds, makeFrom, maker } from "../../base/described.ts";
import { number, word } from "../../base/fields.ts";
import type { Json } from "../../base/json.ts";
import type { Augmentation } from "./augmentation.ts";
import { elasticDistortion } from "./elastic.ts";
import { AXES, crop, flip, rotate, scale, shift } from "./moves.ts";
import { brightness, cutout, noise } from "./values.ts";

/** Every augmentation by the name that data calls it. */
export const augmentations: Kinds<Augmentation> = {
  flip: maker({ axis: word(AXES), probability: number }, flip),
  shift: maker({ by: number }, shift),
  crop: maker({ least: number }, crop),
  rotate: maker({ degrees: number }, rotate),
  scale: maker({ by: number }, scale),
  elasticDistortion: maker({ alpha: number, sigma: number }, elasticDistortion),
  noise: maker({ deviation: number }, noise),
  brightness: maker({ by: number, contrast: number }, brightness),
  cutout: maker({ size: number, value: number, probability: number }, cutout),
};

/** An augmentation from data, as `{ kind: "rotate", degrees: 15 }`. */
export function augmentationFrom(data: Json, place?: string): Augmentation {
  return makeFrom("augmentation", augmentations, data, place);
}
