import { type Kinds, makeFrom, maker } from "../base/described.ts";
import { number, required, word } from "../base/fields.ts";
import type { Json } from "../base/json.ts";
import {
  constantly,
  DISTRIBUTIONS,
  FAN_MODES,
  he,
  type Initializer,
  lecun,
  normalDraws,
  onesInitializer,
  truncatedDraws,
  uniformDraws,
  varianceScaling,
  xavier,
  zerosInitializer,
} from "./initializer.ts";
import { identityInitializer, orthogonal } from "./orthogonal.ts";

const distribution = word(DISTRIBUTIONS);

/** Every initializer by the name that data calls it. */
export const initializers: Kinds<Initializer> = {
  he: maker({ distribution }, he),
  xavier: maker({ distribution }, xavier),
  lecun: maker({ distribution }, lecun),
  varianceScaling: maker({ scale: number, fan: word(FAN_MODES), distribution }, varianceScaling),
  normal: maker({ mean: number, deviation: number }, normalDraws),
  truncatedNormal: maker({ mean: number, deviation: number }, truncatedDraws),
  uniform: maker({ from: number, to: number }, uniformDraws),
  constant: maker({ value: required(number) }, ({ value }) => constantly(value)),
  zeros: maker({}, zerosInitializer),
  ones: maker({}, onesInitializer),
  orthogonal: maker({ gain: number }, orthogonal),
  identity: maker({ gain: number }, identityInitializer),
};

/** An initializer from data, as `"he"` or `{ kind: "he", distribution: "uniform" }`. */
export function initializerFrom(data: Json, place?: string): Initializer {
  return makeFrom("initializer", initializers, data, place);
}
