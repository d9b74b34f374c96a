import { type Kinds, makeFrom, maker } from "../base/described.ts";
import { nested, number, numbers, required, word } from "../base/fields.ts";
import type { Json } from "../base/json.ts";
import { byHand, multiStep, onPlateau } from "./by-need.ts";
import { cyclic, oneCycle, warmRestarts } from "./cycles.ts";
import {
  constantRate,
  cosine,
  exponential,
  inverseTime,
  PACES,
  type Schedule,
  squareRoot,
  staircase,
  warmup,
} from "./schedule.ts";

const per = word(PACES);

/** Every schedule by the name that data calls it. */
export const schedules: Kinds<Schedule> = {
  constant: maker({}, constantRate),
  inverseTime: maker({ decay: number, per }, inverseTime),
  exponential: maker({ base: number, per }, exponential),
  squareRoot: maker({ k: number, per }, squareRoot),
  staircase: maker({ factor: number, every: number }, staircase),
  multiStep: maker({ at: required(numbers), factor: number }, multiStep),
  cosine: maker({ floor: number, per }, cosine),
  warmRestarts: maker({ period: number, growth: number, floor: number }, warmRestarts),
  cyclic: maker({ cycles: number }, cyclic),
  oneCycle: maker({ rise: number, start: number, end: number }, oneCycle),
  onPlateau: maker({ factor: number, patience: number, least: number, floor: number }, onPlateau),
  byHand: maker({ factors: required(numbers) }, byHand),
  warmup: maker({ epochs: required(number), schedule: nested(scheduleFrom) }, warmup),
};

/** A schedule from data, as `"cosine"` or `{ kind: "warmup", epochs: 2, schedule: "cosine" }`. */
export function scheduleFrom(data: Json, place?: string): Schedule {
  return makeFrom("schedule", schedules, data, place);
}
