/** The default search space: the notes' nine hyperparameters, in the notes' order of importance. */
import { choice, type Domain, integer, logInteger } from "../base/domain.ts";
import { searchOf } from "../base/field.ts";
import { l2 } from "../nn/penalty.ts";
import { adam } from "../optim/adam.ts";
import { momentum } from "../optim/momentum.ts";
import { inverseTime } from "../optim/schedule.ts";
import { type Branch, branch } from "./space.ts";

/** The batches that a search tries: the notes' and the smaller ones of Masters and Luschi 2018. */
const BATCHES = [16, 32, 64, 128, 256, 512, 1024] as const;
/** A batch leaves at least so many steps to an epoch. */
const FEWEST_STEPS = 8;
/** How many sizes of a batch are tried: the largest that fit. */
const SIZES = 5;

type Schedules = {
  readonly constant: Record<never, never>;
  readonly cosine: Record<never, never>;
  readonly inverseTime: { readonly decay: Domain<number> };
};
type Optimizers = {
  readonly momentum: { readonly beta: Domain<number> };
  readonly adam: { readonly beta1: Domain<number>; readonly beta2: Domain<number> };
};

/** The default space; its values are described by `defaultSpace`. */
export interface DefaultSpace {
  readonly [name: string]: Domain | Branch;
  readonly rate: Domain<number>;
  readonly batch: Domain<number>;
  readonly units: Domain<number>;
  readonly optimizer: Branch<Optimizers>;
  readonly layers: Domain<number>;
  readonly schedule: Branch<Schedules>;
  readonly penalty: Domain<number>;
  readonly activation: Domain<"relu" | "leakyRelu" | "tanh">;
}

/**
 * The default space for so many training rows. Values go to a job so:
 *
 * - `rate`: the optimizer's rate
 * - `batch`: batch size
 * - `units`, `layers`: hidden = `layers` times `units`
 * - `optimizer`: `{ kind: "momentum", beta }` or `{ kind: "adam", beta1, beta2 }`, for `optimizerFrom` with the rate
 * - `schedule`: `{ kind: "constant" | "cosine" }` or `{ kind: "inverseTime", decay }`, for `scheduleFrom`
 * - `penalty`: the strength of L2
 * - `activation`: that of hidden layers
 */
export function defaultSpace({ rows = 10_000 }: { readonly rows?: number } = {}): DefaultSpace {
  const fitting = BATCHES.filter((batch) => batch * FEWEST_STEPS <= rows);
  return {
    rate: searchOf(adam.fields.rate),
    batch: choice(...(fitting.length === 0 ? BATCHES.slice(0, 1) : fitting.slice(-SIZES))),
    units: logInteger(16, 256),
    optimizer: branch({
      momentum: { beta: searchOf(momentum.fields.beta) },
      adam: { beta1: searchOf(adam.fields.beta1), beta2: searchOf(adam.fields.beta2) },
    }),
    layers: integer(1, 3),
    schedule: branch({ constant: {}, cosine: {}, inverseTime: { decay: searchOf(inverseTime.fields.decay) } }),
    penalty: searchOf(l2.fields.strength),
    activation: choice("relu", "leakyRelu", "tanh"),
  };
}

/** A hyperparameter of the notes, and the axes of the default space that search it. */
export interface Hyperparameter {
  readonly name: string;
  readonly paths: readonly string[];
}

/** The notes' nine hyperparameters in their order. Which optimizer, a tenth axis of the default space, they do not rank. */
export const hyperparameters: readonly Hyperparameter[] = [
  { name: "learning rate", paths: ["rate"] },
  { name: "batch size", paths: ["batch"] },
  { name: "hidden units", paths: ["units"] },
  { name: "momentum", paths: ["optimizer.momentum.beta"] },
  { name: "hidden layers", paths: ["layers"] },
  { name: "learning-rate decay", paths: ["schedule", "schedule.inverseTime.decay"] },
  { name: "Adam's betas", paths: ["optimizer.adam.beta1", "optimizer.adam.beta2"] },
  { name: "λ of the penalty", paths: ["penalty"] },
  { name: "activation", paths: ["activation"] },
];
