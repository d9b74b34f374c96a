import { type Kinds, readerOf } from "../base/family.ts";
import type { Json } from "../base/json.ts";
import {
  constantInitializer,
  he,
  type Initializer,
  lecun,
  normalInitializer,
  onesInitializer,
  truncatedNormalInitializer,
  uniformInitializer,
  varianceScaling,
  xavier,
  zerosInitializer,
} from "./initializer.ts";
import { identityInitializer, orthogonal } from "./orthogonal.ts";

export {
  constantInitializer,
  he,
  identityInitializer,
  lecun,
  normalInitializer,
  onesInitializer,
  orthogonal,
  truncatedNormalInitializer,
  uniformInitializer,
  varianceScaling,
  xavier,
  zerosInitializer,
};

/** Every initializer by the name that data calls it. */
export const initializers: Kinds<Initializer> = {
  he,
  xavier,
  lecun,
  varianceScaling,
  normal: normalInitializer,
  truncatedNormal: truncatedNormalInitializer,
  uniform: uniformInitializer,
  constant: constantInitializer,
  zeros: zerosInitializer,
  ones: onesInitializer,
  orthogonal,
  identity: identityInitializer,
};

/** An initializer from data, as `"he"` or `{ kind: "he", distribution: "uniform" }`. */
export const initializerFrom: (data: Json, place?: string) => Initializer = /* @__PURE__ */ readerOf("initializer", {
  initializer: initializers,
});
