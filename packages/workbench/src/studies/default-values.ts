/** What hyperparameters are where a study changes nothing: the first trial, and the place of trials from before an axis was searched. */
import { activationFrom, describe, type Json, optimizerFrom, penaltyFrom, scheduleFrom } from "nabla";
import type { ValuesByPath } from "nabla/tune";
import { asRecord } from "../experiment/choice.ts";
import { closeExperiment, resolveExperiment } from "../experiment/resolve.ts";
import { NO_PENALTY } from "./hyperparameters.ts";
import type { StudyPlan } from "./study-events.ts";

/** The experiment's own values by the paths of axes: `rate`, `optimizer`, `optimizer.adam.beta1`. */
export function defaultsOf({ experiment, facts }: Pick<StudyPlan, "experiment" | "facts">): ValuesByPath {
  const resolved = resolveExperiment(experiment, facts);
  const { hidden, activation, ...closed } = closeExperiment(experiment, facts);
  const { kind, rate, ...options } = describe(optimizerFrom(resolved.optimizer));
  const { penalty } = resolved;
  return {
    ...plainIn(closed),
    ...(rate === undefined ? {} : { rate }),
    layers: hidden.length,
    ...(hidden[0] === undefined ? {} : { units: hidden[0] }),
    hidden: hidden.length,
    ...Object.fromEntries(hidden.map((units, i) => [`hidden.${i + 1}`, units])),
    activation: activationFrom(activation).kind,
    ...branchOf("schedule", describe(scheduleFrom(resolved.schedule))),
    ...branchOf("penalty", penalty === undefined ? { kind: NO_PENALTY } : describe(penaltyFrom(penalty))),
    ...branchOf("optimizer", { kind: kind ?? null, ...options }),
    ...options,
  };
}

/** Numbers, words and truth values, which a space may name as they are. */
function plainIn(closed: object): ValuesByPath {
  const plain = Object.entries(closed).filter(([, value]) => ["number", "string", "boolean"].includes(typeof value));
  return Object.fromEntries(plain) as ValuesByPath;
}

function branchOf(name: string, { kind = null, ...options }: { readonly [option: string]: Json }): ValuesByPath {
  const inner = Object.entries(options).map(([option, value]) => [`${name}.${kind}.${option}`, value] as const);
  return { [name]: kind, ...Object.fromEntries(inner) };
}

/** Hyperparameters of which an experiment can hold more than a space says: units of each layer, options of a kind. */
const TOGETHER: readonly (readonly string[])[] = [
  ["layers", "units"],
  ["hidden"],
  ["optimizer"],
  ["schedule"],
  ["penalty"],
];

/**
 * The values that a trial changes. What equals the start of the search says nothing new, and is left out where the
 * experiment holds more than the value tells; the start itself is the experiment as it is.
 */
export function changedValues(values: Json, start: Json | undefined): Json {
  const [tree, before] = [asRecord(values), asRecord(start ?? {})];
  if (start === undefined) return values;
  const same = new Set(Object.keys(tree).filter((name) => isSame(tree[name], before[name])));
  if (same.size === Object.keys(tree).length) return {};
  const told = TOGETHER.filter((names) => names.every((name) => same.has(name) || !Object.hasOwn(tree, name)));
  const left = new Set(told.flat());
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !left.has(name)));
}

/** Whether values are the same but for the rounding of a unit. */
function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (typeof a === "number" && typeof b === "number") return Math.abs(a - b) <= 1e-9 * Math.abs(b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [one, other] = [Object.entries(a), b as { readonly [name: string]: Json }];
  return one.length === Object.keys(b).length && one.every(([name, value]) => isSame(value, other[name]));
}
