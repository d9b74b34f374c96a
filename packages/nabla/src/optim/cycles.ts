/** Schedules that go up and down. Their rate is the highest one. */
import { number, wholeNumber } from "../base/field.ts";
import { schedule, share } from "./schedule.ts";

/** From 1 at 0 to 0 at 1, by half a cosine. */
function falling(part: number): number {
  return (1 + Math.cos(Math.PI * part)) / 2;
}

/**
 * Half a cosine from the rate down to `floor` times the rate, again and again: the first takes `period` epochs, each
 * further one `growth` times as long (SGDR: Loshchilov and Hutter 2017, equation 5).
 */
export const warmRestarts = schedule(
  "warmRestarts",
  {
    period: number({
      above: 0,
      default: 10,
      source: "SGDR, table 1",
      unit: "epochs",
      help: "how long the first cosine takes",
    }),
    growth: number({
      atLeast: 1,
      default: 1,
      source: "SGDR, table 1",
      help: "how many times as long each further one takes",
    }),
    floor: number({ ...share, default: 0, source: "SGDR", help: "the lowest rate, as a share of the highest" }),
  },
  ({ period, growth, floor }) => ({
    risesAgain: true,
    factor: (_, { step, stepsPerEpoch }) => {
      let [length, since] = [period, step / stepsPerEpoch];
      for (; since >= length; length *= growth) since -= length;
      return floor + (1 - floor) * falling(since / length);
    },
  }),
  { help: "half a cosine again and again, each from the full rate" },
);

/**
 * The cycles of snapshot ensembles: with T steps in all and M cycles, (cos(π·mod(t - 1, ⌈T/M⌉) / ⌈T/M⌉) + 1) / 2 at
 * step t, counted from 1 (Huang et al. 2017, equation 2). See `fitSnapshots`.
 */
export const cyclic = schedule(
  "cyclic",
  { cycles: wholeNumber({ atLeast: 1, default: 5, source: "Huang et al. 2017", help: "cycles in all" }) },
  ({ cycles }) => ({
    risesAgain: true,
    cycles,
    factor: (_, { step, epochs, stepsPerEpoch }) => {
      const length = Math.ceil((epochs * stepsPerEpoch) / cycles);
      return falling((step % length) / length);
    },
  }),
  { help: "cosines of equal length, one for each snapshot of an ensemble" },
);

/**
 * Up from `start` times the rate over the share `rise` of all steps, then down to `end` times it, both by half a cosine
 * (Smith and Topin 2018; shape and defaults as in PyTorch).
 */
export const oneCycle = schedule(
  "oneCycle",
  {
    rise: number({
      above: 0,
      below: 1,
      default: 0.3,
      source: "PyTorch",
      help: "the share of all steps in which the rate rises",
    }),
    start: number({ ...share, default: 0.04, source: "PyTorch", help: "the first rate, as a share of the highest" }),
    end: number({ ...share, default: 4e-6, source: "PyTorch", help: "the last rate, as a share of the highest" }),
  },
  ({ rise, start, end }) =>
    (_, { step, epochs, stepsPerEpoch }) => {
      const last = Math.max(1, epochs * stepsPerEpoch - 1);
      const top = rise * (last + 1) - 1;
      if (step <= top) return start + (1 - start) * (1 - falling(step / Math.max(1, top)));
      return end + (1 - end) * falling(Math.min(1, (step - top) / (last - top)));
    },
  { help: "up to the full rate and down again, once (Smith and Topin 2018)" },
);
