/** The error that no model can go below, estimated from rows that are alike and have different targets. */
import { NablaError } from "../base/error.ts";
import { meanOf } from "../base/statistics/summary.ts";
import type { Examples } from "../data/examples.ts";
import type { Table } from "../data/table.ts";
import { varianceOf } from "../nn/loss.ts";
import { classCounts } from "../train/deciding/class-balance.ts";
import { examplesFrom } from "../train/job.ts";
import { answersByNeighbors, areFlat, nearestRows, thinnedRows } from "./neighbors.ts";

/** What rows that are alike say of the lowest error, as a fraction (for numbers of their variance); plain data. */
export interface NoiseFloor {
  /** Rows with the very same inputs, which no model can tell apart, or the nearest rows. */
  readonly by: "repeated inputs" | "nearest neighbors";
  /** The lowest error lies about between these; both are the same for repeated inputs. */
  readonly least: number;
  readonly most: number;
  /** Rows that were compared. */
  readonly rows: number;
}

/** Options of `noiseFloor`. */
export interface NoiseFloorOptions {
  /** More rows are thinned out to this many, since each is compared with each. Default 2000. */
  readonly rows?: number;
}

/** Fewer rows with repeated inputs are an anecdote. */
const FEWEST_REPEATED = 50;
/** Neighbors of each row, by whose distances the differences of targets are followed down to distance 0. */
const NEAREST = 10;
/** Numbers of neighbors that vote. */
const VOTERS = [1, 3, 7, 15, 31] as const;

/**
 * Estimates the noise of targets. Of rows with repeated inputs it is what their targets differ by (the pure error of a
 * regression, Draper and Smith 1998, section 1.5). Otherwise numbers are estimated by the gamma test (Stefánsson, Končar and
 * Jones 1997): half the squared difference of neighbors' targets, followed down to distance 0; classes lie between the bound
 * of Cover and Hart (1967) on the error of the nearest neighbor and the error of the best vote. Throws `diagnose/inputs` for
 * inputs that are no lists of numbers, and for fewer than 20 rows.
 */
export function noiseFloor(data: Examples | Table, { rows: most = 2000 }: NoiseFloorOptions = {}): NoiseFloor {
  const all = examplesFrom(data) as Examples;
  if (!areFlat(all) || all.rows < 20)
    throw new NablaError(
      "diagnose/inputs",
      `neighbors are sought among 20 rows of numbers, received ${all.rows} of shape ${all.inputs.shape.slice(1)}`,
    );
  const repeated = byRepeats(all);
  if (repeated !== undefined) return repeated;
  const examples = thinnedRows(all, most);
  return examples.targets.dtype === "int32" ? ofClasses(examples) : ofNumbers(examples);
}

function byRepeats(examples: Examples): NoiseFloor | undefined {
  const { inputs, targets, rows } = examples;
  const width = inputs.shape[1] ?? 0;
  const groups = new Map<string, number[]>();
  for (let row = 0; row < rows; row++) {
    const key = inputs.data.subarray(row * width, (row + 1) * width).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const several = [...groups.values()].filter((group) => group.length > 1);
  const compared = several.reduce((sum, group) => sum + group.length, 0);
  if (compared < FEWEST_REPEATED) return undefined;
  const isClass = targets.dtype === "int32";
  const numbers = targets.data.length / Math.max(1, rows);
  let [disagreed, free] = [0, 0];
  for (const group of several) {
    free += group.length - 1;
    for (let i = 0; i < numbers; i++)
      disagreed += differenceWithin(
        group.map((row) => targets.data[row * numbers + i] ?? 0),
        isClass,
      );
  }
  if (!isClass) return floor("repeated inputs", disagreed / free / (varianceOf(targets) || 1), compared);
  // two rows of one input differ with chance d: the error of its most frequent class follows from d as for two classes
  const share = disagreed / free / 2;
  return floor("repeated inputs", lowestBy(2 * share, new Set(targets.data).size), compared);
}

/** For numbers the sum of squares about the mean; for classes the pairs that differ, as a share of the pairs, times the rows but one. */
function differenceWithin(values: readonly number[], isClass: boolean): number {
  if (!isClass) {
    const mean = meanOf(values);
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  }
  const n = values.length;
  const alike = [...classCounts(values).values()].reduce((sum, count) => sum + count * (count - 1), 0);
  return (1 - alike / (n * (n - 1))) * (n - 1);
}

function floor(by: NoiseFloor["by"], error: number, rows: number): NoiseFloor {
  return { by, least: error, most: error, rows };
}

/** The lowest error where two rows that are alike differ with this chance, by Cover and Hart's bound for `classes` classes. */
function lowestBy(differing: number, classes: number): number {
  const most = (classes - 1) / Math.max(2, classes);
  return most * (1 - Math.sqrt(Math.max(0, 1 - differing / most)));
}

function ofClasses(examples: Examples): NoiseFloor {
  const neighbors = nearestRows(examples, examples, VOTERS.at(-1) ?? 1);
  const errors = VOTERS.map((k) =>
    meanOf(answersByNeighbors(neighbors, { asked: examples, known: examples, k }).mistakes),
  );
  const least = lowestBy(errors[0] ?? 0, new Set(examples.targets.data).size);
  return { by: "nearest neighbors", least, most: Math.max(least, Math.min(...errors)), rows: examples.rows };
}

function ofNumbers(examples: Examples): NoiseFloor {
  const { targets, rows } = examples;
  const near = nearestRows(examples, examples, NEAREST);
  const width = targets.data.length / Math.max(1, rows);
  const variance = varianceOf(targets) || 1;
  const points = Array.from({ length: near.count }, (_, k) => {
    let [distance, difference] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const other = near.rows[row * near.count + k] ?? 0;
      distance += (near.distances[row * near.count + k] ?? 0) / rows;
      for (let i = 0; i < width; i++)
        difference +=
          ((targets.data[row * width + i] ?? 0) - (targets.data[other * width + i] ?? 0)) ** 2 / (2 * rows * variance);
    }
    return { distance, difference };
  });
  const most = points[0]?.difference ?? Number.NaN;
  return { by: "nearest neighbors", least: Math.min(most, Math.max(0, interceptOf(points))), most, rows };
}

/** Where the line of least squares through the points meets distance 0. */
function interceptOf(points: readonly { readonly distance: number; readonly difference: number }[]): number {
  const [x, y] = [meanOf(points.map(({ distance }) => distance)), meanOf(points.map(({ difference }) => difference))];
  const spread = points.reduce((sum, { distance }) => sum + (distance - x) ** 2, 0);
  const both = points.reduce((sum, { distance, difference }) => sum + (distance - x) * (difference - y), 0);
  return spread > 0 ? y - (both / spread) * x : y;
}
