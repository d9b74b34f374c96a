/** Schedules that follow what happens, or a list. */
import { inRange } from "../base/fields.ts";
import { type Schedule, schedule } from "./schedule.ts";

/** rate · factor^(how many of the epochs in `at` have begun). */
export function multiStep({
  at,
  factor = 0.1,
}: {
  readonly at: number | readonly number[];
  readonly factor?: number;
}): Schedule {
  const epochs = typeof at === "number" ? [at] : at;
  for (const epoch of epochs) inRange("at", epoch, { atLeast: 0 });
  inRange("factor", factor, { above: 0, atMost: 1 });
  return schedule(
    "multiStep",
    { at: epochs, factor },
    "epoch",
    (now) => factor ** epochs.filter((e) => e <= now).length,
  );
}

/** By hand: what the rate is multiplied by in each epoch; the last one holds for all that follow. */
export function byHand({ factors }: { readonly factors: number | readonly number[] }): Schedule {
  const list = typeof factors === "number" ? [factors] : factors;
  inRange("the number of factors", list.length, { atLeast: 1 });
  for (const factor of list) inRange("factors", factor, { atLeast: 0 });
  return schedule("byHand", { factors: list }, "epoch", (epoch) => list[Math.min(epoch, list.length - 1)] ?? 1);
}

/**
 * rate · factor whenever the measured cost has not fallen by the share `least` for more than `patience` epochs, down to
 * `floor`. It is worked out anew from the history, so that a resumed training goes on with the same rate.
 */
export function onPlateau({
  factor = 0.1,
  patience = 10,
  least = 1e-4,
  floor = 0,
}: {
  readonly factor?: number;
  readonly patience?: number;
  readonly least?: number;
  readonly floor?: number;
} = {}): Schedule {
  inRange("factor", factor, { above: 0, below: 1 });
  inRange("patience", patience, { atLeast: 0, whole: true });
  for (const [name, share] of Object.entries({ least, floor })) inRange(name, share, { atLeast: 0, below: 1 });
  return schedule("onPlateau", { factor, patience, least, floor }, "epoch", (_, { measured = [] }) => {
    let [best, waited, now] = [Number.POSITIVE_INFINITY, 0, 1];
    for (const cost of measured) {
      if (cost < best * (1 - least)) [best, waited] = [cost, 0];
      else waited += 1;
      if (waited > patience) [now, waited] = [Math.max(floor, now * factor), 0];
    }
    return now;
  });
}
