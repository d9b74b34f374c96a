/** What to train, on what, and how. */
import type { NdArray } from "../array/ndarray.ts";
import { showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { readFields } from "../base/field.ts";
import { entriesOf, type Like } from "../base/named.ts";
import { count, listing } from "../base/text.ts";
import { batchCount } from "../data/batches.ts";
import { type AnyExamples, type Arrays, type Examples, examplesOf, type StoredExamples } from "../data/examples.ts";
import { checkSequences } from "../data/sequences.ts";
import type { Table } from "../data/table.ts";
import type { Engine } from "../engine/contract.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Layer, Model, Signal } from "../nn/layer.ts";
import type { ByPath } from "../nn/model.ts";
import type { Penalty } from "../nn/penalty.ts";
import type { Averaging } from "./averaging.ts";
import { checkJob } from "./check-job.ts";
import type { Measure } from "./deciding/measure.ts";
import { type TrainingOptions, trainingFields } from "./job-fields.ts";
import { type LossesOf, termsOf } from "./objective.ts";
import { checkSelectionTarget } from "./selection.ts";

/** The arrays that belong to a signal: an array for a tensor, several by name for several. */
export type ArraysOf<S extends Signal> = Like<S, Tensor, NdArray>;

/** Any job, whatever its model's inputs and outputs. */
export type AnyJob = Job<Signal, Signal>;

/** A training. Everything but the data is data itself; see `trainingFields` for all options and their defaults. */
export interface Job<In extends Signal = Tensor, Out extends Signal = Tensor> extends TrainingOptions {
  readonly model: Layer<In, Out>;
  /** The loss of the model's output; for several outputs, one for each by name, optionally with a weight. */
  readonly loss: LossesOf<Out>;
  /** Initial parameters and buffers by path; those that are left out are drawn at random. */
  readonly weights?: ByPath<NdArray>;
  /** The training set: examples, in memory or not, or a table of numbers. */
  readonly train: Examples<ArraysOf<In>, ArraysOf<Out>> | StoredExamples | Table;
  /** The dev set, which selects the best epoch; without it the last epoch counts. */
  readonly dev?: Examples<ArraysOf<In>, ArraysOf<Out>> | Table;
  /** The engine. Default: WebAssembly. */
  readonly engine?: Engine;
}

/** A job with all defaults filled in. */
export interface ResolvedJob
  extends Omit<
    Required<AnyJob>,
    "train" | "dev" | "penalty" | "engine" | "average" | "mixup" | "measure" | "selectionTarget"
  > {
  readonly train: AnyExamples | StoredExamples;
  readonly dev: AnyExamples | undefined;
  readonly penalty: Penalty | undefined;
  readonly engine: Engine | undefined;
  readonly average: Averaging | undefined;
  readonly mixup: number | undefined;
  /** What decides between epochs; left out, the error. */
  readonly measure?: Measure | undefined;
  /** Of several targets the one by which the epoch is selected; left out, all of them. */
  readonly selectionTarget?: string | undefined;
  /** Steps per epoch at the job's own batch size. */
  readonly stepsPerEpoch: number;
  /** Notices for the user, one sentence each. */
  readonly notices: readonly string[];
}

const optionNames = Object.keys(trainingFields) as (keyof typeof trainingFields)[];

/** Fills in defaults and rejects what cannot be trained. Throws `options/…`, `train/batch-rows`, `train/no-rows`,
 * `train/measure`, `train/selection-target`. */
export function resolveJob(job: AnyJob): ResolvedJob {
  checkJob(job);
  const given = Object.fromEntries(optionNames.map((name) => [name, job[name]]));
  const options = readFields(trainingFields, given, { place: "", keys: [], families: {} });
  const { batch, average, mixup, penalty } = options;
  const { time = Number.POSITIVE_INFINITY, patience = Number.POSITIVE_INFINITY } = options;
  const train = "read" in job.train ? job.train : examplesFrom(job.train);
  if (train.rows === 0) throw new NablaError("train/no-rows", "the training part has no rows");
  const dev = job.dev === undefined ? undefined : examplesFrom(job.dev);
  for (const part of [train, dev]) if (part !== undefined) checkParts(part);
  checkWidths("train", train);
  if (dev !== undefined) checkWidths("dev", dev);
  checkSelectionTarget(options.selectionTarget, job.loss);
  // the error is measured anyway
  const measure = options.measure?.dividesByVariance === true ? undefined : options.measure;
  const decides = measure?.meter(termsOf(job.loss), options.selectionTarget);
  decides?.check("train", train);
  if (dev !== undefined) decides?.check("dev", dev);
  const { last, notices } = lastBatch(train.rows, Math.min(batch, train.rows), minBatchSizeOf(job.model));
  return {
    ...options,
    measure,
    model: job.model,
    loss: job.loss,
    weights: job.weights ?? new Map(),
    train,
    dev,
    penalty,
    average,
    mixup,
    time,
    patience,
    engine: job.engine,
    stepsPerEpoch: batchCount(train.rows, { size: batch, last }),
    notices: [...notices, ...(options.augment[0]?.brokenLabels(options.augment, train.classes ?? []) ?? [])],
  };
}

/** Converts a table of numbers to examples; returns examples unchanged. */
export function examplesFrom(data: Examples | Table): Examples;
export function examplesFrom(data: AnyExamples | Table): AnyExamples;
export function examplesFrom(data: AnyExamples | Table): AnyExamples {
  return "columns" in data ? examplesOf(data) : data;
}

/** Rejects arrays that do not match. Throws `train/rows`, `data/sequences`. */
export function checkParts(examples: AnyExamples | StoredExamples): void {
  checkRows(examples);
  checkSequences(examples);
}

function checkRows({ rows, inputs, targets, mask }: AnyExamples | StoredExamples): void {
  const of = (title: string, arrays: Arrays): readonly (readonly [string, Pick<NdArray, "shape">])[] =>
    entriesOf<NdArray>(title, arrays);
  const all = [
    ...entriesOf<Pick<NdArray, "shape">>("inputs", inputs),
    ...of("targets", targets),
    ...(mask === undefined ? [] : of("mask", mask)),
  ];
  const wrong = all.find(([, { shape }]) => shape[0] !== rows);
  if (wrong === undefined) return;
  const [name, { shape }] = wrong;
  throw new NablaError(
    "train/rows",
    `there are ${count(rows, "example")}, and ${name} has the shape ${showShape(shape)}`,
  );
}

/** Networks compute in float32. Throws `train/dtype`. */
function checkWidths(part: string, { inputs, targets }: AnyExamples | StoredExamples): void {
  const all = [...entriesOf<Pick<NdArray, "dtype">>("inputs", inputs), ...entriesOf<NdArray>("targets", targets)];
  const wide = all.find(([, { dtype }]) => dtype === "float64");
  if (wide === undefined) return;
  throw new NablaError(
    "train/dtype",
    `the ${wide[0]} of ${part} are float64, and networks train in float32`,
    'convert them: castArray(array, "float32"); subtract large offsets, as of dates, before',
  );
}

/** Throws `train/dev` where examples of dev have other names, shapes or dtypes than those of train. */
export function checkAlike(train: AnyExamples | StoredExamples, dev: AnyExamples): void {
  const outline = ({ inputs, targets }: AnyExamples | StoredExamples): readonly string[] => {
    const all = [
      ...entriesOf<Pick<NdArray, "dtype" | "shape">>("inputs", inputs),
      ...entriesOf<NdArray>("targets", targets),
    ];
    const open = new Set([...(train.sequences ?? []), ...(dev.sequences ?? [])]);
    return all.map(([name, { dtype, shape }]) => {
      const isOpen = open.has(name) || (name.startsWith("targets") && open.size > 0);
      return `${name}: ${dtype} ${showShape(isOpen ? ["rows", "time", ...shape.slice(2)] : ["rows", ...shape.slice(1)])}`;
    });
  };
  const [own, other] = [outline(train), outline(dev)];
  const at = other.findIndex((one) => !own.includes(one));
  if (at < 0 && own.length === other.length) return;
  const message = `dev holds ${other[at < 0 ? 0 : at]}, and train ${own.length === other.length ? own[at] : listing(own, "and")}`;
  throw new NablaError(
    "train/dev",
    message,
    "prepare dev by the preparation of train: applyPreparation(preparation, dev)",
  );
}

/** The smallest batch size that a model can be trained with. */
export function minBatchSizeOf({ minBatchSize = 1 }: Model): number {
  return minBatchSize;
}

/** "drop" where the last batch would be too small for a layer, as one row for batch norm. */
export function lastOf(rows: number, batch: number, fewest: number): "keep" | "drop" {
  const rest = rows % batch;
  return rest === 0 || rest >= fewest ? "keep" : "drop";
}

function lastBatch(
  rows: number,
  batch: number,
  fewest: number,
): { readonly last: "keep" | "drop"; readonly notices: readonly string[] } {
  if (batch < fewest) {
    const message = `the model learns from at least ${count(fewest, "row")} at once, a batch has ${batch}`;
    throw new NablaError(
      "train/batch-rows",
      message,
      "batch norm needs the variance of a batch: choose a larger batch",
    );
  }
  const last = lastOf(rows, batch, fewest);
  if (last === "keep") return { last, notices: [] };
  const message = `the last batch of an epoch would have ${count(rows % batch, "row")}, too few for the model; it is left out, and shuffling changes which rows it holds`;
  return { last, notices: [message] };
}
