import { type Kinds, readerOf } from "../base/family.ts";
import type { Json } from "../base/json.ts";
import type { Pruner } from "./pruner.ts";
import { asha } from "./pruners/asha.ts";
import { hyperband } from "./pruners/hyperband.ts";
import { median } from "./pruners/median.ts";
import { none } from "./pruners/none.ts";

export { asha, hyperband, median, none };

/** Every pruner by the name that data calls it. */
export const pruners: Kinds<Pruner> = { none, median, asha, hyperband };

/** A pruner from data, as `"median"` or `{ kind: "asha", reduction: 4 }`. */
export const prunerFrom: (data: Json, place?: string) => Pruner = /* @__PURE__ */ readerOf("pruner", {
  pruner: pruners,
});
