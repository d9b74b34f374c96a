import { type Kinds, makeFrom, maker } from "../base/described.ts";
import { number } from "../base/fields.ts";
import type { Json } from "../base/json.ts";
import type { Sampler } from "./sampler.ts";
import { cmaEs } from "./samplers/cma-es.ts";
import { coarseToFine } from "./samplers/coarse-to-fine.ts";
import { gp } from "./samplers/gp.ts";
import { grid } from "./samplers/grid.ts";
import { random } from "./samplers/random.ts";
import { sobol } from "./samplers/sobol.ts";
import { tpe } from "./samplers/tpe.ts";

/** Every sampler by the name that data calls it. */
export const samplers: Kinds<Sampler> = {
  random: maker({}, random),
  grid: maker({ levels: number }, grid),
  sobol: maker({}, sobol),
  coarseToFine: maker({ stage: number, shrink: number, explore: number }, coarseToFine),
  tpe: maker({ startup: number, candidates: number }, tpe),
  gp: maker({ startup: number, points: number }, gp),
  cmaEs: maker({ spread: number }, cmaEs),
};

/** A sampler from data, as `"tpe"` or `{ kind: "grid", levels: 5 }`. */
export function samplerFrom(data: Json, place?: string): Sampler {
  return makeFrom("sampler", samplers, data, place);
}
