/** What a run measured on dev beside its error, and how it is read: plain data, in which null is what rows do not tell. */
import { read } from "nabla";
import type { ClassMeasures, FoundClass, PositiveMeasures } from "nabla/diagnose";

/** The same with null for NaN. */
export type Told<T> = T extends number
  ? number | null
  : T extends readonly (infer Item)[]
    ? readonly Told<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Told<T[K]> }
      : T;

/** How far predictions of a number are off on dev, in the target's own unit. */
export interface NumberScore {
  /** 1 - the mean squared distance divided by the variance; NaN where there is none. */
  readonly r2: number;
  readonly rmse: number;
  readonly mae: number;
  /** R² of train; absent where no logarithm is learned, whose errors are others. */
  readonly trainR2?: number;
  /** Of always predicting the mean of train, on dev; absent where no logarithm is learned. */
  readonly constantR2?: number;
}

/** Measures as they are recorded. */
export function recordedMeasures<T extends object>(measures: T): Told<T> {
  return JSON.parse(JSON.stringify(measures)) as Told<T>;
}

const told = read.orNull(read.number);
const foundClass = { name: read.text, rows: read.whole, precision: told, recall: told, f1: told };

/** Reads how classes were found. */
export const readClasses: read.Reader<Told<ClassMeasures>> = read.record<Told<ClassMeasures>>({
  balancedError: told,
  macroF1: told,
  byClass: read.list(read.record<Told<FoundClass>>(foundClass)),
  positive: read.optional(read.record<Told<PositiveMeasures>>({ ...foundClass, auc: told, averagePrecision: told })),
});

/** Reads how far numbers were off. */
export const readNumbers: read.Reader<Told<NumberScore>> = read.record<Told<NumberScore>>({
  r2: told,
  rmse: told,
  mae: told,
  trainR2: read.optional(told),
  constantR2: read.optional(told),
});
