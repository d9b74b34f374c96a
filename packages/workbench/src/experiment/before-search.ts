/** What a hyperparameter was before it was searched for, so that earlier trials have a place in a space that was extended. */
import type { Json } from "nabla";
import { optimizerDefaults } from "nabla";
import { defaults } from "./defaults.ts";
import { settleExperiment } from "./settle.ts";
import type { StudyPlan } from "./tune-events.ts";

/** The experiment's own values by the paths of axes: `rate`, `optimizer`, `optimizer.adam.beta1`. */
export function defaultsOf({ experiment, facts }: Pick<StudyPlan, "experiment" | "facts">): {
  readonly [path: string]: Json;
} {
  const settled = settleExperiment(experiment, facts);
  const { hidden = defaults.hidden, activation = defaults.activation, normalize = false } = experiment;
  const keep = experiment.keep ?? (experiment.hidden === undefined ? defaults.keep : 1);
  const optimizer = settled.optimizer as { readonly kind: string; readonly [option: string]: Json };
  const known = (optimizerDefaults as { readonly [kind: string]: { readonly [option: string]: number } })[
    optimizer.kind
  ];
  const { kind, rate, ...options } = { ...known, ...optimizer };
  const schedule = typeof settled.schedule === "string" ? settled.schedule : kindOf(settled.schedule);
  return {
    rate: rate ?? null,
    batch: settled.batch,
    layers: hidden.length,
    units: hidden[0] ?? null,
    hidden: hidden.length,
    ...Object.fromEntries(hidden.map((units, i) => [`hidden.${i + 1}`, units])),
    activation,
    normalize,
    keep,
    epochs: settled.epochs,
    patience: settled.patience,
    schedule,
    optimizer: kind,
    ...Object.fromEntries(Object.entries(options).map(([name, value]) => [`optimizer.${kind}.${name}`, value])),
    ...options,
  };
}

function kindOf(described: Json): Json {
  return (described as { readonly kind?: Json } | null)?.kind ?? null;
}
