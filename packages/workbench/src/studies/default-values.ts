/** What a hyperparameter was before it was searched for, so that earlier trials have a place in a space that was extended. */
import { activationFrom, describe, type Json, optimizerFrom, scheduleFrom } from "nabla";
import { closeExperiment, resolveExperiment } from "../experiment/resolve.ts";
import type { StudyPlan } from "./study-events.ts";

/** The experiment's own values by the paths of axes: `rate`, `optimizer`, `optimizer.adam.beta1`. */
export function defaultsOf({ experiment, facts }: Pick<StudyPlan, "experiment" | "facts">): {
  readonly [path: string]: Json;
} {
  const resolved = resolveExperiment(experiment, facts);
  const { hidden, activation, keep, normalize } = closeExperiment(experiment, facts);
  const { kind, rate, ...options } = describe(optimizerFrom(resolved.optimizer));
  const schedule = scheduleFrom(resolved.schedule).kind;
  return {
    rate: rate ?? null,
    batch: resolved.batch,
    layers: hidden.length,
    units: hidden[0] ?? null,
    hidden: hidden.length,
    ...Object.fromEntries(hidden.map((units, i) => [`hidden.${i + 1}`, units])),
    activation: activationFrom(activation).kind,
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
