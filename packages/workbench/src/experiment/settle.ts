/** An experiment with nothing left open: what a run records, and what makes the very same job again. */
import {
  type Fractions,
  type Job,
  type Json,
  layerFrom,
  lossFrom,
  NablaError,
  network,
  optimizerFrom,
  penaltyFrom,
  scheduleFrom,
  type Task,
  toJson,
} from "nabla";
import { batchFor, defaults, epochsFor } from "./defaults.ts";
import type { Experiment } from "./experiment.ts";

/** Plain data throughout. */
export interface SettledExperiment {
  readonly data: string;
  readonly target: string;
  readonly task: Task;
  readonly split: Fractions;
  readonly seed: number;
  readonly model: Json;
  readonly loss: Json;
  readonly penalty?: Json;
  readonly optimizer: Json;
  readonly schedule: Json;
  readonly batch: number;
  readonly epochs: number;
  readonly time?: number;
  readonly patience: number;
  readonly output?: string;
}

/** What the data says about the job. */
export interface Facts {
  readonly task: Task;
  readonly split: Fractions;
  /** Rows of the training part. */
  readonly rows: number;
  /** Numbers that come out of the network. */
  readonly outputs: number;
}

const taskOf = { classification: "softmaxCrossEntropy", regression: "squaredError" } as const;

/** Closes what an experiment leaves open. Throws the errors of layers, optimizers and the like. */
export function settleExperiment(experiment: Experiment, { task, split, rows, outputs }: Facts): SettledExperiment {
  const { penalty, schedule = defaults.schedule, time, output, epochs = epochsFor(rows) } = experiment;
  const { kind, ...options } = asRecord(experiment.optimizer ?? defaults.optimizer);
  const rate = experiment.rate === undefined ? {} : { rate: experiment.rate };
  const settled: SettledExperiment = {
    data: experiment.data,
    target: experiment.target,
    task,
    split,
    seed: experiment.seed ?? defaults.seed,
    model: modelOf(experiment, outputs),
    loss: experiment.loss ?? taskOf[task],
    optimizer: { kind: kind ?? null, ...options, ...rate },
    ...(penalty === undefined ? {} : { penalty }),
    schedule,
    batch: experiment.batch ?? batchFor(rows),
    epochs,
    ...(time === undefined ? {} : { time }),
    patience: experiment.patience ?? Math.ceil(defaults.patience * epochs),
    ...(output === undefined ? {} : { output }),
  };
  checkLoss(settled);
  return settled;
}

function modelOf(experiment: Experiment, outputs: number): Json {
  const { layers, hidden = defaults.hidden, activation = defaults.activation, normalize = false } = experiment;
  const keep = experiment.keep ?? (experiment.hidden === undefined ? defaults.keep : 1);
  if (layers !== undefined) {
    const also = (["hidden", "activation", "keep", "normalize"] as const).find((key) => experiment[key] !== undefined);
    if (also === undefined) return { kind: "chain", layers };
    const said = `layers is the whole network, and ${also} describes another one`;
    throw new NablaError("experiment/both", said, `leave out layers or ${also}`);
  }
  return toJson(network({ hidden, outputs, activation, keep, normalize }));
}

function checkLoss({ loss, task }: SettledExperiment): void {
  const made = lossFrom(loss);
  if (made.task === task) return;
  const said = `the loss ${made.kind} is for ${made.task}, and the task is ${task}`;
  throw new NablaError("experiment/loss", said, "choose the other task or another loss");
}

/** A word alone stands for a kind without options. */
function asRecord(data: Json): { readonly [name: string]: Json } {
  return typeof data === "object" && data !== null && !Array.isArray(data)
    ? (data as { readonly [name: string]: Json })
    : { kind: data };
}

/** The job of a settled experiment, but for its data. */
export function jobOf(settled: SettledExperiment): Omit<Job, "train" | "dev"> {
  const { penalty, schedule, time } = settled;
  return {
    model: layerFrom(settled.model, "layers"),
    loss: lossFrom(settled.loss),
    optimizer: optimizerFrom(settled.optimizer),
    ...(penalty === undefined ? {} : { penalty: penaltyFrom(penalty) }),
    schedule: scheduleFrom(schedule),
    ...(time === undefined ? {} : { time }),
    batch: settled.batch,
    epochs: settled.epochs,
    patience: settled.patience,
    seed: settled.seed,
  };
}
