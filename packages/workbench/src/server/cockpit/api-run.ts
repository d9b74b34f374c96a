/** What the panels of one run ask, and what they are answered. */

/** What is recorded of each layer by epoch, as histograms. */
export type HealthPart = "weights" | "activations" | "gradients";

/** The health of a run's layers over its epochs; null for what is no finite number. */
export interface HealthOfRun {
  /** The epochs that were recorded; empty where none were. */
  readonly epochs: readonly number[];
  readonly layers: readonly {
    readonly path: string;
    /** By epoch, as those after it. */
    readonly gain: readonly (number | null)[];
    readonly dead: readonly (number | null)[];
    /** Absent for layers without bounds. */
    readonly saturated?: readonly (number | null)[];
  }[];
  /** Of what there are histograms: paths of parameters, and of layers. */
  readonly histograms: Readonly<Record<HealthPart, readonly string[]>>;
}

/** How the numbers of a parameter or a layer were spread, epoch by epoch. */
export interface HistogramsOfRun {
  readonly epochs: readonly number[];
  /** In bins of one width from the least to the most; `bad` are no finite numbers. */
  readonly histograms: readonly {
    readonly from: number;
    readonly to: number;
    readonly counts: readonly number[];
    readonly bad?: number;
  }[];
}

/** The error over the number of rows that were learned. */
export interface LearningOfRun {
  /** The latest that was computed; absent where none was. */
  readonly curve?: {
    /** The mean dev and train error of trainings on so many rows, and the standard error of the former. */
    readonly points: readonly {
      readonly rows: number;
      readonly error: number;
      readonly trainError: number;
      readonly deviation: number;
    }[];
    /** The dev error as a + b·rows^-c. */
    readonly law: { readonly a: number; readonly b: number; readonly c: number };
    /** With as many rows as there are, twice and ten times as many, with 95% intervals. */
    readonly expected: readonly {
      readonly rows: number;
      readonly error: number;
      readonly interval: { readonly from: number; readonly to: number };
    }[];
    readonly summary: string;
  };
  /** When it was computed; absent where none was. */
  readonly at?: string;
  /** Trainings of one that was begun since; 0 where none was. */
  readonly trainings: number;
  /** When the last of them ended; absent where there are none. */
  readonly latest?: string;
}
