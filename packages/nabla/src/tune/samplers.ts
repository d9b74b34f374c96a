import { type Kinds, readerOf } from "../base/family.ts";
import type { Json } from "../base/json.ts";
import type { Sampler } from "./sampler.ts";
import { cmaEs } from "./samplers/cma-es.ts";
import { coarseToFine } from "./samplers/coarse-to-fine.ts";
import { gp } from "./samplers/gp.ts";
import { grid } from "./samplers/grid.ts";
import { random } from "./samplers/random.ts";
import { sobol } from "./samplers/sobol.ts";
import { tpe } from "./samplers/tpe.ts";

export { cmaEs, coarseToFine, gp, grid, random, sobol, tpe };

/** Every sampler by the name that data calls it. */
export const samplers: Kinds<Sampler> = { random, grid, sobol, coarseToFine, tpe, gp, cmaEs };

/** A sampler from data, as `"tpe"` or `{ kind: "grid", levels: 5 }`. */
export const samplerFrom: (data: Json, place?: string) => Sampler = /* @__PURE__ */ readerOf("sampler", {
  sampler: samplers,
});
