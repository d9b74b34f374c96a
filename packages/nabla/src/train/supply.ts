import { fork, seedKey } from "../base/random.ts";
import { augmenterFor } from "../data/augment/augmenter.ts";
import { type Batch, type BatchOptions, batches } from "../data/batches.ts";
import type { Prefetch } from "../data/prefetch.ts";
import type { Settled } from "./job.ts";

/** Where the batches of a training come from. */
export interface Supply {
  /** How many rows batches have: the full ones, and a last shorter one. */
  readonly sizes: readonly number[];
  /** The batches of one epoch. */
  readonly epoch: (options: Required<Pick<BatchOptions, "epoch" | "from" | "into">>) => Iterable<Batch>;
  /** Lets go of threads. */
  readonly close: () => void;
}

/** Shuffled and augmented batches by the job's seed. Throws `augment/shape`. */
export function supplyFor(
  { train, augment, batch, last, seed, stepsPerEpoch, shuffle: shuffled }: Settled,
  prefetch: Prefetch | undefined,
): Supply {
  const keys = { order: fork(seedKey(seed), "batches"), augment: fork(seedKey(seed), "augment") };
  // a batch of everything is the same in any order
  const shuffle = shuffled && batch < train.rows;
  const size = Math.min(batch, train.rows);
  const rest = train.rows % size;
  const changes = augment.length > 0;
  const ahead =
    changes && !("read" in train)
      ? prefetch?.({ examples: train, augment, keys, size, last, shuffle, total: stepsPerEpoch })
      : undefined;
  const changed = changes
    ? { augment: augmenterFor(augment, { shape: train.inputs.shape.slice(1), key: keys.augment }) }
    : {};
  return {
    sizes: rest === 0 || last === "drop" ? [size] : [size, rest],
    epoch: ({ epoch, ...options }) =>
      batches(train, {
        ...{ size, key: keys.order, epoch, last, shuffle, ...options, ...changed },
        ...(ahead === undefined ? {} : { ready: (index: number) => ahead.take(epoch, index) }),
      }),
    close: () => ahead?.close(),
  };
}
