/** The training state on disk, so that another process can resume and end with the same bits. */
import type { NdArray } from "../array/ndarray.ts";
import { sameShape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { byName, list, number, optional, orNull, type Reader, record, whole } from "../base/reader.ts";
import type { ByPath } from "../nn/model.ts";
import { type EpochRecord, type JournalEntry, readEpoch, readJournalEntry } from "./record.ts";

/** The position in a training; plain data in which every number is finite. */
export interface TrainingPosition {
  readonly format: 1;
  readonly seed: number;
  readonly rows: number;
  /** The job's own batch size; the one of the next step is among the settings. */
  readonly batch: number;
  /** Epochs finished. */
  readonly epoch: number;
  /** Steps done in the current epoch. */
  readonly stepOfEpoch: number;
  /** Rows trained on in the current epoch; missing in checkpoints from before the batch size could change. */
  readonly rowOfEpoch?: number;
  /** Steps done in all. */
  readonly step: number;
  /** The cost of the epoch so far: its sum over rows, and the number of rows (under a mask, of unmasked positions). */
  readonly costs: { readonly sum: number; readonly rows: number };
  readonly lastCost: number | null;
  readonly settings: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly history: readonly EpochRecord[];
  /** Missing in checkpoints of trainings in which nothing was changed. */
  readonly journal?: readonly JournalEntry[];
}

/** A checkpoint: arrays under `model.`, `average.`, `optimizer.` and `best.`, and the position as data. */
export interface Checkpoint {
  readonly arrays: ByPath<NdArray>;
  readonly position: TrainingPosition;
}

const format: Reader<1> = (value) => {
  if (value === 1) return value;
  throw new NablaError(
    "checkpoint/format",
    `this nabla reads checkpoints of format 1, received format ${String(value)}`,
  );
};

/** Reads the position of a checkpoint. Throws `checkpoint/format`, `record/field`. */
export const readPosition: Reader<TrainingPosition> = record<TrainingPosition>({
  format,
  seed: whole,
  rows: whole,
  batch: whole,
  epoch: whole,
  stepOfEpoch: whole,
  rowOfEpoch: optional(whole),
  step: whole,
  costs: record<TrainingPosition["costs"]>({ sum: number, rows: number }),
  lastCost: orNull(number),
  settings: byName(number),
  seconds: number,
  history: list(readEpoch),
  journal: optional(list(readJournalEntry)),
});

/** The groups of arrays in a checkpoint. */
export const GROUPS = { model: "model.", average: "average.", optimizer: "optimizer.", best: "best." } as const;

/** The arrays of one group, without its prefix. */
export function arraysOfGroup(arrays: ByPath<NdArray>, prefix: string): ByPath<NdArray> {
  return new Map(
    [...arrays].filter(([path]) => path.startsWith(prefix)).map(([path, array]) => [path.slice(prefix.length), array]),
  );
}

/** Puts a prefix before each path. */
export function prefixed(prefix: string, arrays: ByPath<NdArray>): [string, NdArray][] {
  return [...arrays].map(([path, array]) => [prefix + path, array]);
}

/**
 * The position of a checkpoint that belongs to this job. Throws `checkpoint/mismatch` when it does not, and as
 * `readPosition`.
 */
export function positionFor(
  { position }: Checkpoint,
  job: { readonly seed: number; readonly rows: number; readonly batch: number },
): TrainingPosition {
  const found = readPosition(position, "the position of the checkpoint");
  for (const name of ["seed", "rows", "batch"] as const) {
    if (found[name] === job[name]) continue;
    const message = `the checkpoint was made with ${name} ${found[name]}, the job has ${name} ${job[name]}`;
    throw new NablaError(
      "checkpoint/mismatch",
      message,
      "resume with the job and the data that the training began with",
    );
  }
  return found;
}

/** The array of a path, checked against the shape that the job's model has there. Throws `checkpoint/mismatch`. */
export function arrayFor(arrays: ByPath<NdArray>, path: string, shape: NdArray["shape"]): NdArray {
  const array = arrays.get(path);
  if (array !== undefined && sameShape(array.shape, shape)) return array;
  const received = array === undefined ? "nothing" : `the shape ${showShape(array.shape)}`;
  const message = `the checkpoint holds ${received} for "${path}", the job expects ${showShape(shape)}`;
  throw new NablaError(
    "checkpoint/mismatch",
    message,
    "resume with the model and optimizer that the training began with",
  );
}
