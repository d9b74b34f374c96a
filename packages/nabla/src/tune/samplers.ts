import { type Kinds, makeFrom, maker } from "../base/described.ts";
import type { Json } from "../base/json.ts";
import type { Sampler } from "./sampler.ts";
import { random } from "./samplers/random.ts";

/** Every sampler by the name that data calls it. */
export const samplers: Kinds<Sampler> = {
  random: maker({}, random),
};

/** A sampler from data, as `"tpe"` or `{ kind: "grid", levels: 5 }`. */
export function samplerFrom(data: Json, place?: string): Sampler {
  return makeFrom("sampler", samplers, data, place);
}
