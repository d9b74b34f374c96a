/** How the rate changes while training. */
import type { Described } from "../base/described.ts";
import { logUniform } from "../base/domain.ts";
import { family } from "../base/family.ts";
import { field, number, word } from "../base/field.ts";
import { kindType } from "../base/value-type.ts";

/** The progress of a training run; epochs and steps count from 0. */
export interface Position {
  readonly epoch: number;
  /**
   * Steps of the job's own batch, so that step / stepsPerEpoch is how many epochs have passed. Where the batch was
   * changed on the way, a step counts for as many as its rows make, which may be a fraction.
   */
  readonly step: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** The cost of each finished epoch: on dev, or on the training set where there is no dev part. */
  readonly measured?: readonly number[];
}

/** A schedule as data with its function. */
export interface Schedule extends Described {
  /** What the rate is multiplied by. */
  readonly factor: (position: Position) => number;
  /** Whether the rate falls and rises again on the way, so that epochs without progress are no reason to stop early. */
  readonly risesAgain?: boolean;
  /** How many times it comes down in all, where each time leaves a model that is worth saving. */
  readonly cycles?: number;
}

/** What the rate is multiplied by; `epoch` counts from 0 and has a fraction where the option `per` is "step". */
type Factor = (epoch: number, position: Position) => number;

/** A factor, or one with what else is known of the schedule. */
type ScheduleBody = Factor | (Omit<Schedule, keyof Described | "factor"> & { readonly factor: Factor });

/** Declares a schedule. */
export const schedule = family<Schedule, ScheduleBody>((body, { kind, options }) => {
  const { factor, ...more } = typeof body === "function" ? { factor: body } : body;
  return { ...more, ...scheduleOf(factor, { kind, options }) };
});

const scheduleOf = (factor: Factor, { kind, options }: Described): Schedule => ({
  kind,
  options,
  factor: (position) =>
    factor(options.per === "step" ? position.step / position.stepsPerEpoch : position.epoch, position),
});

const PER = ["epoch", "step"] as const;
const pace = { help: "whether the rate changes from epoch to epoch or a little at every step" } as const;

/** The option by which a schedule changes the rate once an epoch, or at every step. */
const perEpoch = word(PER, { ...pace, default: "epoch" });
const perStep = word(PER, { ...pace, default: "step" });

/** A share of the job's rate, from 0 to 1. */
export const share = { atLeast: 0, atMost: 1 } as const;

/** The same rate throughout. */
export const constantRate = schedule("constant", {}, () => () => 1, { help: "a constant rate" });

/** rate / (1 + decay · epoch) */
export const inverseTime = schedule(
  "inverseTime",
  {
    decay: number({
      atLeast: 0,
      default: 1,
      source: "the notes",
      help: "how fast the rate falls",
      search: logUniform(0.01, 1),
    }),
    per: perEpoch,
  },
  ({ decay }) =>
    (epoch) =>
      1 / (1 + decay * epoch),
  { help: "rate / (1 + decay · epoch)" },
);

/** rate · base^epoch */
export const exponential = schedule(
  "exponential",
  {
    base: number({
      above: 0,
      atMost: 1,
      default: 0.95,
      source: "the notes",
      help: "what an epoch multiplies the rate by",
    }),
    per: perEpoch,
  },
  ({ base }) =>
    (epoch) =>
      base ** epoch,
  { help: "rate · base^epoch" },
);

/** rate · k / sqrt(epoch), the first epoch counted as 1. */
export const squareRoot = schedule(
  "squareRoot",
  {
    k: number({ above: 0, default: 1, source: "the notes", help: "the initial rate, as a factor" }),
    per: perEpoch,
  },
  ({ k }) =>
    (epoch) =>
      k / Math.sqrt(epoch + 1),
  { help: "rate · k / sqrt(epoch)" },
);

/** rate · factor^(whole multiples of `every` epochs): a staircase. */
export const staircase = schedule(
  "staircase",
  {
    factor: number({
      above: 0,
      atMost: 1,
      default: 0.5,
      source: "the notes",
      help: "the factor of each step",
    }),
    every: number({
      above: 0,
      default: 10,
      source: "a usual choice",
      unit: "epochs",
      help: "epochs between two steps",
    }),
  },
  ({ factor, every }) =>
    (epoch) =>
      factor ** Math.floor(epoch / every),
  { help: "rate · factor every so many epochs" },
);

/**
 * Half a cosine from the rate down to `floor` times the rate over all epochs (Loshchilov and Hutter 2017, equation 5).
 */
export const cosine = schedule(
  "cosine",
  {
    floor: number({
      ...share,
      default: 0,
      source: "Loshchilov and Hutter 2017",
      help: "the last rate, as a share of the first",
    }),
    per: perStep,
  },
  ({ floor }) =>
    (epoch, { epochs }) =>
      floor + ((1 - floor) * (1 + Math.cos(Math.PI * Math.min(1, epoch / Math.max(1, epochs))))) / 2,
  { help: "cosine annealing from the rate down to floor times the rate, over all epochs" },
);

const over = {
  above: 0,
  optional: true,
  unit: "epochs",
  help: "over how many epochs; left out, over all of the training",
} as const;

/** (start + (end - start) · t) times the rate, where t goes from 0 to 1 over `over` epochs, or over all of them. */
export const linearRate = schedule(
  "linear",
  {
    start: number({ ...share, default: 1, source: "Keras", help: "the first rate, as a share of the job's" }),
    end: number({ ...share, default: 0, source: "Devlin et al. 2019", help: "the last rate, as a share of the job's" }),
    over: number(over),
    per: perStep,
  },
  ({ start, end, over: length }) =>
    (epoch, { epochs }) =>
      start + (end - start) * Math.min(1, epoch / (length ?? Math.max(1, epochs))),
  { help: "a straight line from one rate to another" },
);

/** From the rate down to `floor` times the rate by (1 - t)^power, where t goes from 0 to 1 over `over` epochs, or over all. */
export const polynomialRate = schedule(
  "polynomial",
  {
    power: number({
      above: 0,
      default: 1,
      source: "PyTorch, Keras",
      help: "1 falls in a straight line, 2 fast and then slower",
    }),
    floor: number({ ...share, default: 0, source: "PyTorch", help: "the last rate, as a share of the first" }),
    over: number(over),
    per: perStep,
  },
  ({ power, floor, over: length }) =>
    (epoch, { epochs }) =>
      floor + (1 - floor) * (1 - Math.min(1, epoch / (length ?? Math.max(1, epochs)))) ** power,
  { help: "down to floor times the rate by (1 - t)^power" },
);

/**
 * Rises in a straight line over the first `epochs` (fractions too), then follows `schedule` as if it had started at
 * epoch 0.
 */
export const warmup = schedule(
  "warmup",
  {
    epochs: number({ atLeast: 0, unit: "epochs", help: "how long the rate rises; fractions too" }),
    schedule: field(kindType<Schedule>("schedule", "factor"), {
      default: constantRate(),
      source: "the plainest",
      help: "the schedule that follows, counted from the first epoch",
    }),
  },
  ({ epochs, schedule: after }) =>
    (_, position) => {
      const risen = (position.step + 1) / Math.max(1, epochs * position.stepsPerEpoch);
      return after.factor(position) * Math.min(1, risen);
    },
  { help: "a linear warmup over the first epochs, then another schedule" },
);
