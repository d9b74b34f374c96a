/** How far off predictions of rows were that were not learned: what intervals of new rows are made of. */
import {
  compact,
  type Examples,
  type Preparation,
  type RangeScores,
  rangeScores,
  rowResults,
  type StoredExamples,
  type Trained,
  takeExamples,
} from "nabla";
import type { HeldOut } from "./run-events.ts";

/** More rows make no interval better. */
const MOST = 20_000;

/** The rows that were not learned. */
export interface HeldOutRows {
  /** The network that dev measures. */
  readonly trained: Trained;
  readonly preparation: Preparation;
  readonly dev: Examples | StoredExamples;
  /** In place of dev all rows, where an average of several networks is handed over. */
  readonly heldOut: HeldOut | undefined;
}

/**
 * Scores of all rows of train and dev where networks held them out in turn, else of dev, which chose the epoch and nothing else.
 * Undefined without such rows, and for forecasts, whose errors grow with the steps ahead.
 */
export async function heldOutRanges({
  trained,
  preparation,
  dev,
  heldOut,
}: HeldOutRows): Promise<RangeScores | undefined> {
  if (preparation.series !== undefined || preparation.target === undefined || dev.rows === 0) return undefined;
  if (heldOut !== undefined) return rangeScores(preparation, heldOut.dev);
  const some = Uint32Array.from({ length: Math.min(MOST, dev.rows) }, (_, row) => row);
  const { answers, targets, weights } = await rowResults(trained, takeExamples(dev, some));
  return rangeScores(preparation, compact({ answers, targets, weights }));
}
