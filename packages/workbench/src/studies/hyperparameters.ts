/** What a study may search over, by name: how a value becomes a part of an experiment. */
import { type Json, NablaError, nearest, optimizers } from "nabla";
import { asRecord } from "../experiment/choice.ts";
import { dataFields } from "../experiment/data-fields.ts";
import type { PartialExperiment } from "../experiment/fields.ts";
import { defaultHidden, networkFields } from "../experiment/network-fields.ts";
import { trainingFields } from "../experiment/training-fields.ts";

/** The experiment with a value of a hyperparameter. */
type Apply = (experiment: PartialExperiment, value: Json) => PartialExperiment;

const optimizerOf = ({ optimizer }: PartialExperiment) =>
  asRecord(optimizer ?? (trainingFields.optimizer.default as Json));

/** A number that goes to the optimizer under the first of some names that it knows. */
const ofOptimizer =
  (...names: readonly string[]): Apply =>
  (experiment, value) => {
    const { kind, ...options } = optimizerOf(experiment);
    const fields = optimizers[String(kind)]?.fields ?? {};
    const name = names.find((each) => Object.hasOwn(fields, each)) ?? names[0] ?? "";
    return { ...experiment, optimizer: { kind: kind ?? null, ...options, [name]: value } };
  };

/** Options of the same optimizer stay; a learning rate belongs to the optimizer it was chosen for. */
const choosesOptimizer: Apply = ({ optimizer, ...experiment }, value) => {
  const before = optimizerOf({ ...(optimizer === undefined ? {} : { optimizer }) });
  const chosen = asRecord(value);
  return { ...experiment, optimizer: before.kind === chosen.kind ? { ...before, ...chosen } : chosen };
};

/** What a space calls having no penalty. */
export const NO_PENALTY = "none";

const choosesPenalty: Apply = ({ penalty: _, ...experiment }, value) =>
  asRecord(value).kind === NO_PENALTY ? experiment : { ...experiment, penalty: value };

/** Every option of a network and its training as it is, but for `layers`, which searches call their number. */
const plain = Object.keys({ ...networkFields, ...trainingFields }).map((key): readonly [string, Apply] => [
  key,
  (experiment, value) => ({ ...experiment, [key]: value }),
]);

/** Every hyperparameter. They are applied in this order, whatever the order of the space: parts before their settings. */
const hyperparameters: Readonly<Record<string, Apply>> = {
  ...Object.fromEntries(plain),
  optimizer: choosesOptimizer,
  penalty: choosesPenalty,
  layers: (experiment, value) => ({ ...experiment, hidden: Array(Number(value)).fill(unitsOf(experiment)) }),
  units: ({ hidden = defaultHidden, ...experiment }, value) => ({
    ...experiment,
    hidden: hidden.map(() => Number(value)),
  }),
  hidden: (experiment, value) => ({ ...experiment, hidden: (Array.isArray(value) ? value : [value]).map(Number) }),
  momentum: ofOptimizer("beta", "beta1"),
  beta: ofOptimizer("beta", "beta1"),
  beta1: ofOptimizer("beta1", "beta"),
  beta2: ofOptimizer("beta2"),
  epsilon: ofOptimizer("epsilon"),
  weightDecay: ofOptimizer("decay"),
  decay: (experiment, value) => ({ ...experiment, schedule: { kind: "inverseTime", decay: value } }),
  lambda: (experiment, value) => ({ ...experiment, penalty: value }),
};

/** The experiment at a point of a space: `values` by the names of hyperparameters. Throws as `checkNames`. */
export function withValues<E extends PartialExperiment>(experiment: E, values: Json): E {
  const tree = asRecord(values);
  checkNames(Object.keys(tree));
  return Object.entries(hyperparameters).reduce<PartialExperiment>((changed, [name, apply]) => {
    const value = tree[name];
    return value === undefined ? changed : apply(changed, value);
  }, experiment) as E;
}

/** Throws `tune/unknown` with the nearest names for one that is no hyperparameter. */
export function checkNames(names: readonly string[]): void {
  const known = Object.keys(hyperparameters);
  const unknown = names.find((name) => !Object.hasOwn(hyperparameters, name));
  if (unknown === undefined) return;
  const message = `there is no hyperparameter "${unknown}"`;
  const why = Object.hasOwn(dataFields, unknown)
    ? "the data is split and prepared once for all trials: set it in the experiment"
    : `did you mean ${nearest(unknown, known, 2).join(" or ")}?`;
  throw new NablaError("tune/unknown", message, why);
}

function unitsOf({ hidden = defaultHidden }: PartialExperiment): number {
  return hidden[0] ?? defaultHidden[0] ?? 1;
}
