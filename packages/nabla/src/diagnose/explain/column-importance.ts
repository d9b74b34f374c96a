/**
 * How much of its accuracy a network owes to a column: the rise of its error when the column's values are dealt out to the rows
 * anew (Breiman 2001; Fisher, Rudin and Dominici 2019). Columns that say the same stand in for each other, so that each
 * alone may seem to matter little.
 */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { fork, permutation, seedKey } from "../../base/random.ts";
import { type Interval, normalInterval } from "../../base/statistics/intervals.ts";
import { meanOf, populationVariance, sampleVariance } from "../../base/statistics/summary.ts";
import { type ClassThreshold, decidedClass } from "../../data/class-threshold.ts";
import type { Task } from "../../data/preparation.ts";
import type { AnswerInputs, ColumnGroup } from "./column-groups.ts";

/** What a column is worth. */
export interface ColumnImportance {
  readonly column: string;
  /** How much the error rises without it: of classes the share of wrong rows, of numbers in parts of their variance. */
  readonly rise: number;
  /** 95%, over rows. */
  readonly interval: Interval;
}

/** Rows whose targets are known. */
export interface ExplainedRows {
  /** [rows, features]. */
  readonly inputs: NdArray;
  /** Class codes, numbers in their own unit, or of labels 0 and 1, those of a row one after the other. */
  readonly targets: ArrayLike<number>;
  /** Labels are multitask. */
  readonly task: Task;
  /** What decides between two classes; the likelier is the answer without it. */
  readonly threshold?: ClassThreshold | undefined;
}

/** Options of `columnImportance`. */
export interface ImportanceOptions {
  /** How often each column is dealt out. Default 5. */
  readonly repeats?: number;
  /** The seed of the permutations; 1 by default. */
  readonly seed?: number;
}

/** The importance of every column, the largest first. */
export async function columnImportance(
  answer: AnswerInputs,
  rows: ExplainedRows,
  groups: readonly ColumnGroup[],
  { repeats = 5, seed = 1 }: ImportanceOptions = {},
): Promise<readonly ColumnImportance[]> {
  const key = fork(seedKey(seed), "importance");
  const before = mistakesOf(await answer(rows.inputs), rows);
  const unit = rows.task === "regression" ? populationVariance(rows.targets) || 1 : 1;
  const found: ColumnImportance[] = [];
  for (const [at, group] of groups.entries()) {
    const rises = new Float64Array(before.length);
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = permutation(fork(key, `${at}.${repeat}`), before.length);
      const after = mistakesOf(await answer(dealt(rows.inputs, group, order)), rows);
      for (let row = 0; row < rises.length; row++)
        rises[row] = (rises[row] ?? 0) + ((after[row] ?? 0) - (before[row] ?? 0)) / unit / repeats;
    }
    const rise = meanOf(rises);
    const interval = normalInterval(rise, Math.sqrt(sampleVariance(rises) / rises.length));
    found.push({ column: group.name, rise, interval });
  }
  return found.sort((a, b) => b.rise - a.rise);
}

/** The same inputs with those of one column taken from other rows. */
function dealt({ data, shape }: NdArray, { from, to }: ColumnGroup, order: ArrayLike<number>): NdArray {
  const width = shape[1] ?? 0;
  const changed = Float32Array.from(data);
  for (let row = 0; row < order.length; row++)
    for (let i = from; i < to; i++) changed[row * width + i] = data[(order[row] ?? 0) * width + i] ?? 0;
  return ndarray(changed, shape);
}

/** 0 or 1 for classes, the squared distance for numbers, the share that is wrong for labels. */
function mistakesOf({ data, shape }: NdArray, { targets, task, threshold }: ExplainedRows): Float64Array {
  const [rows = 0, width = 1] = shape;
  const wrong = (i: number): number => Number((data[i] ?? 0) > 0.5 !== (targets[i] ?? 0) > 0.5);
  if (task === "multitask")
    return Float64Array.from({ length: rows }, (_, row) =>
      meanOf(Array.from({ length: width }, (_label, i) => wrong(row * width + i))),
    );
  return Float64Array.from(targets, (target, row) => {
    if (task === "regression") return (target - (data[row * width] ?? Number.NaN)) ** 2;
    return Number(decidedClass(data, { threshold }, { at: row * width, classes: width }) !== target);
  });
}
