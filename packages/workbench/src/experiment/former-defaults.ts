/** The defaults of the first version, by which a study that it began goes on: its trials are compared with one another. */
import { adam, cosine, type Schedule, scheduleFrom } from "nabla";
import type { Facts } from "./choice.ts";
import type { Experiment } from "./fields.ts";
import { areImages } from "./network-fields.ts";
import { completed } from "./resolve.ts";

const FORMER_KEEP = 0.8;
const FORMER_RATE = 0.003;

/**
 * The experiment of a study with what the first version would have chosen for what it leaves open, where other choices
 * are made now. Since then a study records its `selection`, by which the two are told apart.
 */
export function withFormerDefaults(experiment: Experiment, facts: Facts): Experiment {
  if (experiment.selection !== undefined) return experiment;
  const { hidden, layers, keep, epochs = formerEpochs(facts), schedule = cosine.kind } = experiment;
  const { risesAgain = false }: Schedule = scheduleFrom(schedule);
  const drops = hidden === undefined && layers === undefined && keep === undefined;
  return {
    optimizer: completed("optimizer", { kind: adam.kind, rate: FORMER_RATE }) as NonNullable<Experiment["optimizer"]>,
    patience: risesAgain ? epochs : Math.ceil(0.3 * epochs),
    selection: "error",
    ...(layers === undefined ? { periodic: 0 } : {}),
    ...(drops ? { keep: FORMER_KEEP } : {}),
    ...experiment,
    epochs,
  };
}

function formerEpochs({ rows, shape }: Facts): number {
  if (areImages({ shape })) return rows < 20_000 ? 30 : 10;
  if (rows < 20_000) return 100;
  return rows < 1_000_000 ? 30 : 10;
}
