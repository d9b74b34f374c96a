/** What a job that leaves something open gets, each with its source. */
export const defaults = {
  /** A power of two between 32 and 256 fills SIMD lanes and keeps noise (Masters and Luschi 2018 find 32 and below best; the notes 64 up). */
  batch: 64,
  /** Enough for small tables; early stopping and the best dev weights make more harmless. */
  epochs: 50,
  seed: 1,
  /** Rows measured at once when evaluating: large enough to fill the machine, small enough for any memory. */
  evaluationBatch: 512,
  /** After an epoch the training error is measured on as many rows as dev has, but at least on this many (or all there are). */
  fewestMeasuredRows: 2000,
  /** Progress events an epoch, at most. */
  progress: 50,
} as const;
