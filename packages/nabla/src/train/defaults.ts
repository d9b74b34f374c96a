/** Defaults of the options of a job, each with its source. */
export const defaults = {
  /**
   * A power of two between 32 and 256 fills SIMD lanes and retains noise (Masters and Luschi 2018: 32 and below; the
   * notes: 64 up).
   */
  batch: 64,
  /** Enough for small tables; early stopping and the best dev weights make more harmless. */
  epochs: 50,
  seed: 1,
  /** The batch size of evaluation: large enough to use the whole machine, small enough for any memory. */
  evaluationBatch: 512,
  /**
   * After an epoch the training error is measured on as many rows as dev has, but at least on this many (or all there
   * are).
   */
  fewestMeasuredRows: 2000,
  /** Progress events per epoch, at most. */
  progress: 50,
} as const;
