/** An experiment with nothing left open: what a run records, and what makes the very same job again. */
import {
  augmentationFrom,
  averagingFrom,
  compact,
  type Fractions,
  type Job,
  type Json,
  layerFrom,
  lossFrom,
  NablaError,
  network,
  optimizerFrom,
  penaltyFrom,
  type Scaling,
  scheduleFrom,
  type Task,
  toJson,
} from "nabla";
import type { ImageShape } from "../sources/image-shape.ts";
import { batchFor, defaults, epochsFor } from "./defaults.ts";
import { divisionOf } from "./division.ts";
import type { Experiment } from "./experiment.ts";
import { convolutions, imageHidden } from "./image-network.ts";

/** Plain data throughout. */
export interface ResolvedExperiment {
  readonly data: string;
  readonly target: string;
  readonly task: Task;
  readonly split: Fractions;
  readonly seed: number;
  readonly splitSeed?: number;
  readonly group?: string;
  readonly timeColumn?: string;
  readonly mixBy?: string;
  readonly feedSplitColumns?: boolean;
  readonly ignore?: readonly string[];
  readonly folds?: number;
  readonly image?: ImageShape;
  readonly scaling?: Scaling;
  readonly augment?: readonly Json[];
  readonly model: Json;
  readonly loss: Json;
  readonly penalty?: Json;
  readonly optimizer: Json;
  readonly schedule: Json;
  readonly average?: Json;
  readonly mixup?: number;
  readonly shuffle?: boolean;
  readonly batch: number;
  readonly epochs: number;
  readonly time?: number;
  readonly patience: number;
  readonly human?: number;
  /** Whether rows of rare classes are shown as often as others. */
  readonly balance?: boolean;
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
  /** The shape of one example; three lengths are an image. */
  readonly shape: readonly number[];
}

const taskOf = { classification: "softmaxCrossEntropy", regression: "squaredError" } as const;

/** Closes what an experiment leaves open. Throws the errors of layers, optimizers and the like. */
export function resolveExperiment(experiment: Experiment, facts: Facts): ResolvedExperiment {
  const { task, split, rows, shape } = facts;
  const { penalty, schedule = defaults.schedule, average, mixup, shuffle, time, human, output } = experiment;
  const { splitSeed, folds, image, scaling, augment, epochs = epochsFor(rows, shape.length === 3) } = experiment;
  const { kind, ...options } = asRecord(experiment.optimizer ?? defaults.optimizer);
  const rate = compact({ rate: experiment.rate });
  const resolved: ResolvedExperiment = compact({
    data: experiment.data,
    target: experiment.target,
    task,
    split,
    seed: experiment.seed ?? defaults.seed,
    splitSeed,
    ...divisionOf(experiment),
    folds,
    image,
    scaling,
    augment,
    model: modelOf(experiment, facts),
    loss: experiment.loss ?? taskOf[task],
    optimizer: { kind: kind ?? null, ...options, ...rate },
    penalty,
    schedule,
    average,
    mixup,
    shuffle,
    batch: experiment.batch ?? batchFor(rows),
    epochs,
    time,
    patience: experiment.patience ?? patienceFor(schedule, epochs),
    human,
    output,
  });
  checkLoss(resolved);
  return resolved;
}

/** A schedule that goes up again must be waited for. */
function patienceFor(schedule: Json, epochs: number): number {
  const waits = ["cyclic", "warmRestarts"].includes(String(asRecord(schedule).kind));
  return waits ? epochs : Math.ceil(defaults.patience * epochs);
}

function modelOf(experiment: Experiment, { outputs, shape }: Facts): Json {
  const isImage = shape.length === 3;
  const { activation = defaults.activation, normalize = false } = experiment;
  const { layers, hidden = isImage ? imageHidden : defaults.hidden } = experiment;
  const keep = experiment.keep ?? (experiment.hidden === undefined ? defaults.keep : 1);
  if (layers !== undefined) {
    const also = (["hidden", "activation", "keep", "normalize"] as const).find((key) => experiment[key] !== undefined);
    if (also === undefined) return { kind: "chain", layers };
    const message = `layers is the whole network, and ${also} describes another one`;
    throw new NablaError("experiment/both", message, `leave out layers or ${also}`);
  }
  const dense = toJson(network({ hidden, outputs, activation, keep, normalize }));
  const { layers: behind } = asRecord(dense);
  if (!isImage || !Array.isArray(behind)) return dense;
  return { kind: "chain", layers: [...convolutions(shape, activation), ...behind] };
}

function checkLoss({ loss, task }: ResolvedExperiment): void {
  const made = lossFrom(loss);
  if (made.task === task) return;
  const message = `the loss ${made.kind} is for ${made.task}, and the task is ${task}`;
  throw new NablaError("experiment/loss", message, "choose the other task or another loss");
}

/** A word alone stands for a kind without options. */
function asRecord(data: Json): { readonly [name: string]: Json } {
  return typeof data === "object" && data !== null && !Array.isArray(data)
    ? (data as { readonly [name: string]: Json })
    : { kind: data };
}

/** The job of a settled experiment, but for its data. */
export function jobOf(resolved: ResolvedExperiment): Omit<Job, "train" | "dev"> {
  const { penalty, schedule, average, mixup, shuffle, time, augment = [] } = resolved;
  return compact({
    model: layerFrom(resolved.model, "layers"),
    loss: lossFrom(resolved.loss),
    optimizer: optimizerFrom(resolved.optimizer),
    penalty: penalty === undefined ? undefined : penaltyFrom(penalty),
    schedule: scheduleFrom(schedule),
    average: average === undefined ? undefined : averagingFrom(average),
    mixup,
    shuffle,
    augment: augment.map((change, i) => augmentationFrom(change, `augment[${i}]`)),
    time,
    batch: resolved.batch,
    epochs: resolved.epochs,
    patience: resolved.patience,
    seed: resolved.seed,
  });
}
