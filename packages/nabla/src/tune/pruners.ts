import { type Kinds, makeFrom, maker } from "../base/described.ts";
import { number } from "../base/fields.ts";
import type { Json } from "../base/json.ts";
import type { Pruner } from "./pruner.ts";
import { asha } from "./pruners/asha.ts";
import { hyperband } from "./pruners/hyperband.ts";
import { median } from "./pruners/median.ts";
import { none } from "./pruners/none.ts";

/** Every pruner by the name that data calls it. */
export const pruners: Kinds<Pruner> = {
  none: maker({}, none),
  median: maker({ startup: number, warmup: number }, median),
  asha: maker({ reduction: number, least: number }, asha),
  hyperband: maker({ reduction: number, least: number, most: number }, hyperband),
};

/** A pruner from data, as `"median"` or `{ kind: "asha", reduction: 4 }`. */
export function prunerFrom(data: Json, place?: string): Pruner {
  return makeFrom("pruner", pruners, data, place);
}
