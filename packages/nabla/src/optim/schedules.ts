import { type Kinds, readerOf } from "../base/family.ts";
import type { Json } from "../base/json.ts";
import { cyclic, oneCycle, warmRestarts } from "./cycles.ts";
import { byHand, multiStep, onPlateau } from "./measured-schedules.ts";
import {
  constantRate,
  cosine,
  exponential,
  inverseTime,
  linearRate,
  polynomialRate,
  type Schedule,
  squareRoot,
  staircase,
  warmup,
} from "./schedule.ts";

export {
  byHand,
  constantRate,
  cosine,
  cyclic,
  exponential,
  inverseTime,
  linearRate,
  multiStep,
  oneCycle,
  onPlateau,
  polynomialRate,
  squareRoot,
  staircase,
  warmRestarts,
  warmup,
};

/** Every schedule by the name that data calls it. */
export const schedules: Kinds<Schedule> = {
  constant: constantRate,
  inverseTime,
  exponential,
  squareRoot,
  staircase,
  multiStep,
  linear: linearRate,
  polynomial: polynomialRate,
  cosine,
  warmRestarts,
  cyclic,
  oneCycle,
  onPlateau,
  byHand,
  warmup,
};

/** A schedule from data, as `"cosine"` or `{ kind: "warmup", epochs: 2, schedule: "cosine" }`. */
export const scheduleFrom: (data: Json, place?: string) => Schedule = /* @__PURE__ */ readerOf("schedule", {
  schedule: schedules,
});
