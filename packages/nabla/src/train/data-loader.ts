import type { NdArray } from "../array/ndarray.ts";
import type { Size } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { isNamed, type OneOrNamed } from "../base/named.ts";
import { fork, seedKey } from "../base/random.ts";
import { listing } from "../base/text.ts";
import { type Batch, type BatchOptions, batchCount, batches } from "../data/batches.ts";
import type { AnyExamples, Arrays, Examples } from "../data/examples.ts";
import type { Prefetch, Prefetched } from "../data/prefetch.ts";
import { lastOf, minBatchSizeOf, type ResolvedJob } from "./job.ts";

/** Which batches are requested: those of an epoch from a row of its order on, in a given size. */
export interface RestOfEpochOptions {
  readonly epoch: number;
  /** Rows of this epoch that were delivered already. */
  readonly row: number;
  /** The batch size. */
  readonly batch: number;
}

/** Batches of one size to the end of an epoch. */
export interface EpochRest {
  /** How many there are; none where too few rows are left to train on. */
  readonly steps: number;
  /** Their batch sizes: that of the full ones, and that of a last shorter one. */
  readonly sizes: readonly number[];
  readonly batches: (into: NonNullable<BatchOptions["into"]>) => Iterable<Batch<Arrays, Arrays>>;
}

/** Where the batches of a training come from. */
export interface DataLoader {
  readonly restOfEpoch: (options: RestOfEpochOptions) => EpochRest;
  /** Releases threads. */
  readonly close: () => void;
}

/**
 * Shuffled and augmented batches by the job's seed. The order of an epoch depends on seed and epoch alone, so that a
 * batch size that changes within it neither repeats a row nor skips one. Throws `augment/shape`.
 */
export function dataLoaderFor(job: ResolvedJob, prefetch: Prefetch | undefined): DataLoader {
  const { train, augment, model, seed, shuffle: shuffled } = job;
  const keys = { order: fork(seedKey(seed), "batches"), augment: fork(seedKey(seed), "augment") };
  const [first] = augment;
  const changed =
    first === undefined
      ? {}
      : { augment: first.augmenterFor(augment, { shape: onlyShape(train.inputs), key: keys.augment }) };
  let ahead: { readonly size: number; latest: number; readonly fetched: Prefetched | undefined } | undefined;
  // a prefetcher only goes forward, with one batch size: for another size, or to go back, a new one is started
  const aheadOf = (
    work: Required<Pick<BatchOptions, "size" | "last" | "shuffle" | "epoch" | "from">>,
  ): BatchOptions["ready"] => {
    if (augment.length === 0 || "read" in train || !isSingle(train)) return undefined;
    const { epoch, from, ...same } = work;
    const total = batchCount(train.rows, same);
    if (ahead === undefined || ahead.size !== work.size || epoch * total + from < ahead.latest) {
      ahead?.fetched?.close();
      ahead = { size: work.size, latest: 0, fetched: prefetch?.({ examples: train, augment, keys, total, ...same }) };
    }
    const present = ahead;
    return (index) => {
      present.latest = epoch * total + index;
      return present.fetched?.take(epoch, index);
    };
  };
  return {
    restOfEpoch: ({ epoch, row, batch }) => {
      const size = Math.min(batch, train.rows);
      const left = train.rows - row;
      const last = lastOf(left, size, minBatchSizeOf(model));
      // a batch of the whole training set is the same in any order
      const order = { size, key: keys.order, last, shuffle: shuffled && (batch < train.rows || row > 0) };
      const steps = batchCount(left, order);
      const rest = left % size;
      // after a batch of another size nothing is prefetched: prefetching resumes with the next epoch
      const from = row / size;
      const whole = Number.isInteger(from);
      const ready = whole ? aheadOf({ size, last, shuffle: order.shuffle, epoch, from }) : undefined;
      const place = { ...(whole ? { from } : { skip: row }), ...(ready === undefined ? {} : { ready }) };
      return {
        steps,
        sizes: [...(left >= size ? [size] : []), ...(rest === 0 || last === "drop" ? [] : [rest])],
        batches: (into) => batches<Arrays, Arrays>(train, { ...order, epoch, ...place, into, ...changed }),
      };
    },
    close: () => {
      ahead?.fetched?.close();
      ahead = undefined;
    },
  };
}

/** Whether batches can be prefetched on another thread, which supports only a single array of inputs. */
function isSingle(examples: AnyExamples): examples is Examples {
  return !isNamed(examples.inputs) && !isNamed(examples.targets);
}

function onlyShape(inputs: OneOrNamed<Pick<NdArray, "shape">>): Size {
  if (!isNamed(inputs)) return inputs.shape.slice(1);
  const message = `augmentations change examples of one array, and these have ${listing(Object.keys(inputs), "and")}`;
  throw new NablaError("augment/named", message, "change them before they are trained on");
}
