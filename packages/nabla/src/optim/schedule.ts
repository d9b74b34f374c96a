/** How the rate changes while training. */
import { type Described, describe, given, type PlainOptions } from "../base/described.ts";
import { inRange, oneOf } from "../base/fields.ts";

/** Where a training stands; epochs and steps count from 0. */
export interface Position {
  readonly epoch: number;
  /**
   * Steps of the job's own batch, so that step / stepsPerEpoch is how many epochs have passed. Where the batch was changed
   * on the way, a step counts for as many as its rows make, which may be a fraction.
   */
  readonly step: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** What each finished epoch cost: on dev, or in training where there is no dev part. */
  readonly measured?: readonly number[];
}

/** A schedule as data with its function. */
export interface Schedule extends Described {
  /** What the rate is multiplied by. */
  readonly factor: (position: Position) => number;
}

export const PACES = ["epoch", "step"] as const;

export interface ScheduleOptions {
  /** Whether the rate changes from epoch to epoch or a little at every step. */
  readonly per?: (typeof PACES)[number];
}

/** Makes a schedule; `factor` gets the epoch, with its fraction where `per` is "step". */
export function schedule(
  kind: string,
  options: PlainOptions,
  per: string,
  factor: (epoch: number, position: Position) => number,
): Schedule {
  oneOf("per", per, PACES);
  return {
    kind,
    options,
    factor: (position) => factor(per === "step" ? position.step / position.stepsPerEpoch : position.epoch, position),
  };
}

/** The same rate throughout. */
export function constantRate(): Schedule {
  return schedule("constant", {}, "epoch", () => 1);
}

/** rate / (1 + decay · epoch) */
export function inverseTime({ decay = 1, per }: ScheduleOptions & { readonly decay?: number } = {}): Schedule {
  inRange("decay", decay, { atLeast: 0 });
  return schedule("inverseTime", given({ decay, per }), per ?? "epoch", (epoch) => 1 / (1 + decay * epoch));
}

/** rate · base^epoch */
export function exponential({ base = 0.95, per }: ScheduleOptions & { readonly base?: number } = {}): Schedule {
  inRange("base", base, { above: 0, atMost: 1 });
  return schedule("exponential", given({ base, per }), per ?? "epoch", (epoch) => base ** epoch);
}

/** rate · k / sqrt(epoch), the first epoch counted as 1. */
export function squareRoot({ k = 1, per }: ScheduleOptions & { readonly k?: number } = {}): Schedule {
  inRange("k", k, { above: 0 });
  return schedule("squareRoot", given({ k, per }), per ?? "epoch", (epoch) => k / Math.sqrt(epoch + 1));
}

/** rate · factor^(whole multiples of `every` epochs): a staircase. */
export function staircase({
  factor = 0.5,
  every = 10,
}: {
  readonly factor?: number;
  readonly every?: number;
} = {}): Schedule {
  inRange("factor", factor, { above: 0, atMost: 1 });
  inRange("every", every, { above: 0 });
  return schedule("staircase", { factor, every }, "epoch", (epoch) => factor ** Math.floor(epoch / every));
}

/** Half a cosine from the rate down to `floor` times the rate over all epochs (Loshchilov and Hutter 2017, equation 5). */
export function cosine({ floor = 0, per }: ScheduleOptions & { readonly floor?: number } = {}): Schedule {
  inRange("floor", floor, { atLeast: 0, atMost: 1 });
  return schedule("cosine", given({ floor, per }), per ?? "step", (epoch, { epochs }) => {
    return floor + ((1 - floor) * (1 + Math.cos(Math.PI * Math.min(1, epoch / Math.max(1, epochs))))) / 2;
  });
}

/** Rises in a straight line over the first `epochs` (fractions too), then follows `schedule` as if it had begun at the start. */
export function warmup({
  epochs,
  schedule: after = constantRate(),
}: {
  readonly epochs: number;
  readonly schedule?: Schedule;
}): Schedule {
  inRange("epochs", epochs, { atLeast: 0 });
  return schedule("warmup", { epochs, schedule: describe(after) }, "step", (_, position) => {
    const risen = (position.step + 1) / Math.max(1, epochs * position.stepsPerEpoch);
    return after.factor(position) * Math.min(1, risen);
  });
}
