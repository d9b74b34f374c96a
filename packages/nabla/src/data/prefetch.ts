import type { ArrayData } from "../array/ndarray.ts";
import type { Key } from "../base/random.ts";
import type { Augmentation } from "./augment/augmentation.ts";
import type { BatchOptions } from "./batches.ts";
import type { Examples } from "./examples.ts";

/** What is needed to assemble the inputs of any batch of a training run. */
export interface BatchWork extends Pick<BatchOptions, "size" | "last" | "shuffle"> {
  readonly examples: Examples;
  readonly augment: readonly Augmentation[];
  /** The root of the order of rows, and the root of the changes. */
  readonly keys: { readonly order: Key; readonly augment: Key };
  /** Batches in an epoch. */
  readonly total: number;
}

/** Assembles batches before they are needed. */
export interface Prefetched {
  /**
   * The inputs of a batch, if they are ready; valid until the next one is requested. What is not ready is assembled
   * by the caller: the result is the same.
   */
  readonly take: (epoch: number, index: number) => ArrayData | undefined;
  readonly close: () => void;
}

/** A host's way of doing such work on another thread; undefined where it cannot. */
export type Prefetch = (work: BatchWork) => Prefetched | undefined;
