/** What a hyperparameter was before it was searched for, so that earlier trials have a place in a space that was extended. */
import { describe, type Json, optimizerFrom } from "nabla";
import { defaults } from "../experiment/defaults.ts";
import { resolveExperiment } from "../experiment/resolve.ts";
import type { StudyPlan } from "./study-events.ts";

/** The experiment's own values by the paths of axes: `rate`, `optimizer`, `optimizer.adam.beta1`. */
export function defaultsOf({ experiment, facts }: Pick<StudyPlan, "experiment" | "facts">): {
  readonly [path: string]: Json;
} {
  const resolved = resolveExperiment(experiment, facts);
  const { hidden = defaults.hidden, activation = defaults.activation, normalize = false } = experiment;
  const keep = experiment.keep ?? (experiment.hidden === undefined ? defaults.keep : 1);
  const { kind, rate, ...options } = describe(optimizerFrom(resolved.optimizer));
  const schedule = typeof resolved.schedule === "string" ? resolved.schedule : kindOf(resolved.schedule);
  return {
    rate: rate ?? null,
    batch: resolved.batch,
    layers: hidden.length,
    units: hidden[0] ?? null,
    hidden: hidden.length,
    ...Object.fromEntries(hidden.map((units, i) => [`hidden.${i + 1}`, units])),
    activation,
    normalize,
    keep,
    epochs: resolved.epochs,
    patience: resolved.patience,
    schedule,
    optimizer: kind ?? null,
    ...Object.fromEntries(Object.entries(options).map(([name, value]) => [`optimizer.${kind}.${name}`, value])),
    ...options,
  };
}

function kindOf(described: Json): Json {
  return (described as { readonly kind?: Json } | null)?.kind ?? null;
}
