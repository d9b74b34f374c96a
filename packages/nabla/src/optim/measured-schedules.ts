/** Schedules that follow what happens, or a list. */
import { number, numbers, wholeNumber } from "../base/field.ts";
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
 * rate · factor whenever the measured cost has not fallen by the share `least` for more than `patience` epochs, down to
 * `floor`. It is worked out anew from the history, so that a resumed training goes on with the same rate.
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
    least: number({
      atLeast: 0,
      below: 1,
      default: 1e-4,
      source: "PyTorch",
      help: "the share by which the cost must fall to count as progress",
    }),
    floor: number({
      atLeast: 0,
      below: 1,
      default: 0,
      source: "PyTorch",
      help: "the lowest rate, as a share of the first",
    }),
  },
  ({ factor, patience, least, floor }) =>
    (_, { measured = [] }) => {
      let [best, waited, now] = [Number.POSITIVE_INFINITY, 0, 1];
      for (const cost of measured) {
        if (cost < best * (1 - least)) [best, waited] = [cost, 0];
        else waited += 1;
        if (waited > patience) [now, waited] = [Math.max(floor, now * factor), 0];
      }
      return now;
    },
  { help: "rate · factor whenever the measured cost no longer falls" },
);
