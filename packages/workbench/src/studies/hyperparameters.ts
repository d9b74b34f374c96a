/** What a study may search over, by name: how a value becomes a part of an experiment. */
import { type Json, known, NablaError, nearest, optimizers, type PlainOptions } from "nabla";
import { defaults } from "../experiment/defaults.ts";
import type { PartialExperiment } from "../experiment/experiment.ts";

/** A hyperparameter: what it is, and the experiment with a value of it. */
interface Hyperparameter {
  /** In a few words, for tables. */
  readonly description: string;
  readonly apply: (experiment: PartialExperiment, value: Json) => PartialExperiment;
}

type Tree = { readonly [name: string]: Json };

const plain = (description: string, key: keyof PartialExperiment): Hyperparameter => ({
  description,
  apply: (experiment, value) => ({ ...experiment, [key]: value }),
});

/** A number that goes to the optimizer under the first of some names that it knows. */
const ofOptimizer = (description: string, ...names: readonly string[]): Hyperparameter => ({
  description,
  apply: (experiment, value) => {
    const { kind, ...options } = recordOf(experiment.optimizer ?? defaults.optimizer);
    const fields = Object.keys(optimizers[String(kind)]?.fields ?? {});
    const name = known(names.find((each) => fields.includes(each)) ?? names[0], "a name");
    return { ...experiment, optimizer: { kind: kind ?? null, ...options, [name]: value } };
  },
});

/** Every hyperparameter. They are applied in this order, whatever the order of the space: parts before their settings. */
const hyperparameters: Readonly<Record<string, Hyperparameter>> = {
  optimizer: {
    description: "the optimizer",
    apply: ({ optimizer, ...experiment }, value) => {
      const before = recordOf(optimizer ?? defaults.optimizer);
      const chosen = recordOf(value);
      // what is said of the same optimizer stays; a rate belongs to the optimizer that it was made for
      return { ...experiment, optimizer: before.kind === chosen.kind ? { ...before, ...chosen } : chosen };
    },
  },
  rate: plain("the learning rate", "rate"),
  batch: plain("rows in a step", "batch"),
  layers: {
    description: "the number of hidden layers",
    apply: (experiment, value) => ({ ...experiment, hidden: Array(Number(value)).fill(unitsOf(experiment)) }),
  },
  units: {
    description: "units of each hidden layer",
    apply: (experiment, value) => ({
      ...experiment,
      hidden: (experiment.hidden ?? defaults.hidden).map(() => Number(value)),
    }),
  },
  hidden: {
    description: "units of the hidden layers, one after the other",
    apply: (experiment, value) => ({ ...experiment, hidden: (Array.isArray(value) ? value : [value]).map(Number) }),
  },
  momentum: ofOptimizer("the weight of earlier gradients", "beta", "beta1"),
  beta: ofOptimizer("the same", "beta", "beta1"),
  beta1: ofOptimizer("Adam's weight of earlier gradients", "beta1", "beta"),
  beta2: ofOptimizer("Adam's weight of earlier squares", "beta2"),
  epsilon: ofOptimizer("what keeps Adam's divisor above 0", "epsilon"),
  weightDecay: ofOptimizer("the shrinking of weights beside the gradient", "decay"),
  schedule: plain("how the rate changes", "schedule"),
  decay: {
    description: "how fast the rate falls: rate / (1 + decay · epoch)",
    apply: (experiment, value) => ({ ...experiment, schedule: { kind: "inverseTime", decay: value } }),
  },
  penalty: {
    description: "the strength of an L2 penalty, or a penalty of another kind",
    apply: ({ penalty: _, ...experiment }, value) => {
      const penalty = typeof value === "number" ? { kind: "l2", strength: value } : recordOf(value);
      return penalty.kind === "none" ? experiment : { ...experiment, penalty };
    },
  },
  lambda: {
    description: "the strength of an L2 penalty",
    apply: (experiment, value) => ({ ...experiment, penalty: { kind: "l2", strength: value } }),
  },
  activation: plain("the activation of hidden layers", "activation"),
  keep: plain("the probability of keeping a hidden unit", "keep"),
  normalize: plain("whether layers are normalised", "normalize"),
  average: plain("an average of the weights", "average"),
  mixup: plain("mixtures of two rows", "mixup"),
  shuffle: plain("whether each epoch has an order of its own", "shuffle"),
  epochs: plain("passes over the training part", "epochs"),
  patience: plain("epochs without progress that end a training", "patience"),
};

/** What decides the data, which all trials share. */
const shared: readonly string[] = [
  "scaling",
  "split",
  "splitSeed",
  "group",
  "timeColumn",
  "mixBy",
  "image",
  "data",
  "target",
];

/** The experiment at a point of a space: `values` by the names of hyperparameters. Throws as `checkNames`. */
export function withValues<E extends PartialExperiment>(experiment: E, values: Json): E {
  const tree = recordOf(values);
  checkNames(Object.keys(tree));
  return Object.entries(hyperparameters).reduce<PartialExperiment>((changed, [name, { apply }]) => {
    const value = tree[name];
    return value === undefined ? changed : apply(changed, value);
  }, experiment) as E;
}

/** Throws `tune/unknown` with the nearest names for one that is no hyperparameter. */
export function checkNames(names: readonly string[]): void {
  const known = Object.keys(hyperparameters);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const message = `there is no hyperparameter "${unknown}"`;
  const why = shared.includes(unknown)
    ? "the data is divided and prepared once for all trials: say it in the experiment"
    : `did you mean ${nearest(unknown, known, 2).join(" or ")}?`;
  throw new NablaError("tune/unknown", message, why);
}

function unitsOf({ hidden = defaults.hidden }: PartialExperiment): number {
  return hidden[0] ?? known(defaults.hidden[0], "the default width");
}

/** A word alone stands for a kind without options. */
function recordOf(data: Json): PlainOptions & Tree {
  return typeof data === "object" && data !== null && !Array.isArray(data) ? (data as Tree) : { kind: data };
}
