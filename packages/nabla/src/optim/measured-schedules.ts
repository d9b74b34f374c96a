/** Schedules that follow what happens, or a list. */
import { number, numbers, wholeNumber, word } from "../base/field.ts";
import { schedule } from "./schedule.ts";

/** rate · factor^(how many of the epochs in `at` have started). */
export const multiStep = schedule(
  "multiStep",
  {
    at: numbers({ atLeast: 0, unit: "epochs", help: "the epochs, counted from 0, at which the rate changes" }),
    factor: number({
      above: 0,
      atMost: 1,
      default: 0.1,
      source: "PyTorch",
      help: "what each of them multiplies the rate by",
    }),
  },
  ({ at, factor }) => {
    const epochs = typeof at === "number" ? [at] : at;
    return (now) => factor ** epochs.filter((epoch) => epoch <= now).length;
  },
  { help: "rate · factor at each epoch of a list" },
);

/** By hand: what the rate is multiplied by in each epoch; the last one holds for all that follow. */
export const byHand = schedule(
  "byHand",
  { factors: numbers({ atLeast: 0, help: "what the rate is multiplied by in each epoch; the last one stays" }) },
  ({ factors }) => {
    const all = typeof factors === "number" ? [factors] : factors;
    return (epoch) => all[Math.min(epoch, all.length - 1)] ?? 1;
  },
  { help: "a factor for each epoch, by hand" },
);

/**
 * rate · factor whenever what is measured has not become better by `least` for more than `patience` epochs, down to
 * `floor`; after that, `cooldown` epochs are not counted. It is worked out anew from the history, so that a resumed training goes on with the same rate.
 */
export const onPlateau = schedule(
  "onPlateau",
  {
    factor: number({
      above: 0,
      below: 1,
      default: 0.1,
      source: "PyTorch",
      help: "what a plateau multiplies the rate by",
    }),
    patience: wholeNumber({
      atLeast: 0,
      default: 10,
      source: "PyTorch",
      unit: "epochs",
      help: "epochs without progress that are waited for",
    }),
    cooldown: wholeNumber({
      atLeast: 0,
      default: 0,
      source: "PyTorch",
      unit: "epochs",
      help: "epochs after a reduction that are not counted",
    }),
    mode: word(["min", "max"], {
      default: "min",
      source: "costs fall",
      help: "whether what is measured becomes better by falling or by rising",
    }),
    least: number({
      atLeast: 0,
      default: 1e-4,
      source: "PyTorch",
      help: "by how much it must become better to count as progress",
    }),
    threshold: word(["relative", "absolute"], {
      default: "relative",
      source: "PyTorch",
      help: "whether `least` is a share of the best so far or a difference from it",
    }),
    floor: number({
      atLeast: 0,
      below: 1,
      default: 0,
      source: "PyTorch",
      help: "the lowest rate, as a share of the first",
    }),
  },
  ({ factor, patience, cooldown, mode, least, threshold, floor }) => {
    const sign = mode === "min" ? 1 : -1;
    // a share is taken of the value itself, as PyTorch does, whatever its sign
    const isBetter = (value: number, best: number): boolean => {
      const bound = threshold === "absolute" ? best - sign * least : best * (1 - sign * least);
      return sign * value < sign * bound;
    };
    return (_, { measured = [] }) => {
      let [best, waited, resting, now] = [sign * Number.POSITIVE_INFINITY, 0, 0, 1];
      for (const value of measured) {
        if (isBetter(value, best)) [best, waited] = [value, 0];
        else waited += 1;
        if (resting > 0) [resting, waited] = [resting - 1, 0];
        if (waited > patience) [now, waited, resting] = [Math.max(floor, now * factor), 0, cooldown];
      }
      return now;
    };
  },
  { help: "rate · factor whenever what is measured no longer becomes better" },
);
