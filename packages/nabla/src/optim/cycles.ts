/** Schedules that go up and down. Their rate is the highest one. */
import { inRange } from "../base/fields.ts";
import { type Schedule, schedule } from "./schedule.ts";

/** From 1 at 0 to 0 at 1, by half a cosine. */
function falling(share: number): number {
  return (1 + Math.cos(Math.PI * share)) / 2;
}

/**
 * Half a cosine from the rate down to `floor` times the rate, again and again: the first takes `period` epochs, each
 * further one `growth` times as long (SGDR: Loshchilov and Hutter 2017, equation 5).
 */
export function warmRestarts({
  period = 10,
  growth = 1,
  floor = 0,
}: {
  readonly period?: number;
  readonly growth?: number;
  readonly floor?: number;
} = {}): Schedule {
  inRange("period", period, { above: 0 });
  inRange("growth", growth, { atLeast: 1 });
  inRange("floor", floor, { atLeast: 0, atMost: 1 });
  return schedule("warmRestarts", { period, growth, floor }, "step", (epoch) => {
    let [length, since] = [period, epoch];
    for (; since >= length; length *= growth) since -= length;
    return floor + (1 - floor) * falling(since / length);
  });
}

/**
 * The cycles of snapshot ensembles: with T steps in all and M cycles, (cos(π·mod(t - 1, ⌈T/M⌉) / ⌈T/M⌉) + 1) / 2 at step
 * t, counted from 1 (Huang et al. 2017, equation 2). See `fitSnapshots`.
 */
export function cyclic({ cycles = 5 }: { readonly cycles?: number } = {}): Schedule {
  inRange("cycles", cycles, { atLeast: 1, whole: true });
  return schedule("cyclic", { cycles }, "step", (_, { step, epochs, stepsPerEpoch }) => {
    const length = Math.ceil((epochs * stepsPerEpoch) / cycles);
    return falling((step % length) / length);
  });
}

/**
 * Up from `start` times the rate over the share `rise` of all steps, then down to `end` times it, both by half a cosine
 * (Smith and Topin 2018; shape and defaults as PyTorch has them).
 */
export function oneCycle({
  rise = 0.3,
  start = 0.04,
  end = 4e-6,
}: {
  readonly rise?: number;
  readonly start?: number;
  readonly end?: number;
} = {}): Schedule {
  inRange("rise", rise, { above: 0, below: 1 });
  for (const [name, share] of Object.entries({ start, end })) inRange(name, share, { atLeast: 0, atMost: 1 });
  return schedule("oneCycle", { rise, start, end }, "step", (_, { step, epochs, stepsPerEpoch }) => {
    const last = Math.max(1, epochs * stepsPerEpoch - 1);
    const top = rise * (last + 1) - 1;
    if (step <= top) return start + (1 - start) * (1 - falling(step / Math.max(1, top)));
    return end + (1 - end) * falling(Math.min(1, (step - top) / (last - top)));
  });
}
