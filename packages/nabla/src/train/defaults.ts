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
   * After an epoch the training error is measured on all rows of a training set of up to so many. Of a larger one it is on a
   * sample of at most as many, or as many as dev has.
   */
  measuredRows: 2000,
  /** The share of the training rows in that sample: a forward pass is a third of a step, so it takes a tenth of the epoch. */
  measuredShare: 0.3,
  /** The least rows of that sample, on which an error is known to about a percent. */
  fewestMeasuredRows: 1000,
  /** Progress events per epoch, at most. */
  progress: 50,
} as const;
