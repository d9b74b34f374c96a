import { fork, seedKey } from "../base/random.ts";
import { augmenterFor } from "../data/augment/augmenter.ts";
import { type Batch, type BatchOptions, batchCount, batches } from "../data/batches.ts";
import type { Prefetch, Prefetched } from "../data/prefetch.ts";
import { fewestRowsOf, lastOf, type Settled } from "./job.ts";

/** Which batches are wanted: those of an epoch behind a row of its order, in some size. */
export interface StretchOptions {
  readonly epoch: number;
  /** Rows of this epoch that were given already. */
  readonly row: number;
  /** Rows in a batch. */
  readonly batch: number;
}

/** Batches of one size to the end of an epoch. */
export interface Stretch {
  /** How many there are; none where too few rows are left to learn from. */
  readonly steps: number;
  /** How many rows they have: the full ones, and a last shorter one. */
  readonly sizes: readonly number[];
  readonly batches: (into: NonNullable<BatchOptions["into"]>) => Iterable<Batch>;
}

/** Where the batches of a training come from. */
export interface Supply {
  readonly stretch: (options: StretchOptions) => Stretch;
  /** Lets go of threads. */
  readonly close: () => void;
}

/**
 * Shuffled and augmented batches by the job's seed. The order of an epoch depends on seed and epoch alone, so that a batch
 * that changes within it neither repeats a row nor leaves one out. Throws `augment/shape`.
 */
export function supplyFor(settled: Settled, prefetch: Prefetch | undefined): Supply {
  const { train, augment, model, seed, shuffle: shuffled } = settled;
  const keys = { order: fork(seedKey(seed), "batches"), augment: fork(seedKey(seed), "augment") };
  const changed =
    augment.length === 0
      ? {}
      : { augment: augmenterFor(augment, { shape: train.inputs.shape.slice(1), key: keys.augment }) };
  let ahead: { readonly size: number; readonly fetched: Prefetched | undefined } | undefined;
  const aheadOf = (work: Pick<BatchOptions, "size" | "last" | "shuffle">): Prefetched | undefined => {
    if (augment.length === 0 || "read" in train) return undefined;
    if (ahead?.size !== work.size) {
      ahead?.fetched?.close();
      const total = batchCount(train.rows, work);
      ahead = { size: work.size, fetched: prefetch?.({ examples: train, augment, keys, total, ...work }) };
    }
    return ahead.fetched;
  };
  return {
    stretch: ({ epoch, row, batch }) => {
      const size = Math.min(batch, train.rows);
      const left = train.rows - row;
      const last = lastOf(left, size, fewestRowsOf(model));
      // a batch of everything is the same in any order
      const order = { size, key: keys.order, last, shuffle: shuffled && (batch < train.rows || row > 0) };
      const steps = batchCount(left, order);
      const rest = left % size;
      // behind a batch of another size nothing was put together ahead: that begins again with the next epoch
      const whole = row % size === 0;
      const fetched = whole ? aheadOf({ size, last, shuffle: order.shuffle }) : undefined;
      const from = whole ? { from: row / size } : { skip: row };
      const ready = fetched === undefined ? {} : { ready: (index: number) => fetched.take(epoch, index) };
      return {
        steps,
        sizes: [...(left >= size ? [size] : []), ...(rest === 0 || last === "drop" ? [] : [rest])],
        batches: (into) => batches(train, { ...order, epoch, ...from, into, ...changed, ...ready }),
      };
    },
    close: () => ahead?.fetched?.close(),
  };
}
