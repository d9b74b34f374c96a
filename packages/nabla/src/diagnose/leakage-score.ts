/** How well one feature alone predicts a target. */
import { correlation, midranks, quantileOf } from "../base/statistics/summary.ts";
import type { Column } from "../data/table.ts";

/** A target made ready for scoring many features. */
export interface ScoredTarget {
  readonly name: string;
  readonly measure: "AUC" | "R²";
  readonly rows: number;
  /** One 0/1 list for each class (of two classes the second alone), or the numbers. */
  readonly lists: readonly Float64Array[];
}

/** Classes that are scored; of more the most frequent ones. */
const MOST_CLASSES = 20;
const FEWEST_OF_CLASS = 10;
/** Of two classes the rarer one may have so few rows, whose order chance is then asked about. */
const FEWEST_OF_TWO = 5;

/** A target as lists of numbers to be predicted. */
export function codedTarget(target: Column): ScoredTarget {
  const { name } = target;
  if (target.kind === "number") {
    const values = Float64Array.from(target.values.data);
    return { name, measure: "R²", rows: values.length, lists: [values] };
  }
  const counts = target.levels.map((_, code) => target.codes.filter((found) => found === code).length);
  const frequent = counts
    .map((_, code) => code)
    .filter((code) => (counts[code] ?? 0) >= FEWEST_OF_CLASS)
    .sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b)
    .slice(0, MOST_CLASSES);
  const present = counts.filter((count) => count > 0);
  const two = present.length === 2;
  const scored = two ? frequent.slice(0, Math.min(...present) < FEWEST_OF_TWO ? 0 : 1) : frequent;
  const lists = scored.map((code) => Float64Array.from(target.codes, (found) => Number(found === code)));
  return { name, measure: "AUC", rows: target.codes.length, lists };
}

/**
 * The logarithm of the chance that a feature which has nothing to do with the target separates a class from the others
 * without a mistake: one order of so many, forward or backward; 0 for numbers.
 */
export function logChanceOfSeparation({ lists, measure, rows }: ScoredTarget): number {
  if (measure === "R²") return Number.NEGATIVE_INFINITY;
  return lists.reduce((sum, list) => {
    const having = list.reduce((total, value) => total + value, 0);
    let logOrders = 0;
    for (let i = 1; i <= Math.min(having, rows - having); i++) logOrders += Math.log((rows - i + 1) / i);
    return sum + Math.log(2) - logOrders;
  }, 0);
}

/** Bins of a number: equal-frequency, as many as leave a few rows in each. */
const MOST_BINS = 64;
const ROWS_A_BIN = 8;

/**
 * The score of the mean target in each bin (or level), on the half of the rows that the means are not from; averaged
 * over both halves. Missing values are a bin of their own. 0.5 (AUC) or about 0 (R²) is chance level.
 */
export function scoreFeature(
  values: ArrayLike<number>,
  { lists, rows, measure }: ScoredTarget,
  { levels }: { readonly levels?: number } = {},
): number {
  const bins = levels === undefined ? binned(values, rows) : Uint32Array.from(values, (code) => code + 1);
  const many = levels === undefined ? MOST_BINS + 2 : levels + 1;
  let [sum, parts] = [0, 0];
  for (const list of lists) {
    for (const half of [0, 1]) {
      const score = scoreHalf({ bins, many, list, half }, measure);
      if (Number.isNaN(score)) continue;
      sum += score;
      parts += 1;
    }
  }
  const found = parts === 0 ? 0 : sum / parts;
  return levels === undefined ? Math.max(found, plainScore(values, { lists, measure })) : found;
}

/** A share of the rows that must have the number for its plain score to count. */
const PRESENT = 0.9;

/** What bins blur: the AUC of the number itself, in either direction, or its squared correlation with the target. */
function plainScore(values: ArrayLike<number>, { lists, measure }: Pick<ScoredTarget, "lists" | "measure">): number {
  const total = values.length;
  const rows = Uint32Array.from({ length: total }, (_, row) => row).filter((row) => !Number.isNaN(values[row]));
  if (rows.length < PRESENT * total || lists.length === 0) return 0;
  const chosen = Float64Array.from(rows, (row) => values[row] ?? 0);
  const present = (list: Float64Array): Float64Array =>
    rows.length === total ? list : Float64Array.from(rows, (row) => list[row] ?? 0);
  if (measure === "R²") return correlation(chosen, present(lists[0] ?? chosen)) ** 2;
  const ranks = midranks(chosen);
  return lists.reduce((sum, list) => sum + rankAuc(ranks, present(list)), 0) / lists.length;
}

/** By the sum of the ranks of one class (Mann and Whitney 1947). */
function rankAuc(ranks: Float64Array, list: Float64Array): number {
  let [sum, having] = [0, 0];
  for (let row = 0; row < list.length; row++) {
    if (list[row] !== 1) continue;
    sum += ranks[row] ?? 0;
    having += 1;
  }
  const without = list.length - having;
  if (having === 0 || without === 0) return 0.5;
  const auc = (sum - (having * (having + 1)) / 2) / (having * without);
  return Math.max(auc, 1 - auc);
}

interface Half {
  readonly bins: Uint32Array;
  readonly many: number;
  readonly list: Float64Array;
  /** Rows of this parity are scored; the means come from the others. */
  readonly half: number;
}

function scoreHalf({ bins, many, list, half }: Half, measure: ScoredTarget["measure"]): number {
  const [sums, counts] = [new Float64Array(many), new Float64Array(many)];
  let [all, rows] = [0, 0];
  for (let row = 1 - half; row < list.length; row += 2) {
    const bin = bins[row] ?? 0;
    sums[bin] = (sums[bin] ?? 0) + (list[row] ?? 0);
    counts[bin] = (counts[bin] ?? 0) + 1;
    all += list[row] ?? 0;
    rows += 1;
  }
  // a bin of few rows leans on the mean of all
  const means = sums.map((total, bin) => (total + all / rows / 4) / ((counts[bin] ?? 0) + 1 / 4));
  return measure === "AUC"
    ? aucOfHalf(means, { bins, many, list, half })
    : determination(means, { bins, many, list, half });
}

/** Counted bin by bin, in the order of their means; rows of one bin are ties. */
function aucOfHalf(means: Float64Array, { bins, list, half }: Half): number {
  const [having, without] = [new Float64Array(means.length), new Float64Array(means.length)];
  for (let row = half; row < list.length; row += 2) {
    const counts = list[row] === 1 ? having : without;
    const bin = bins[row] ?? 0;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const order = Uint32Array.from(means, (_, bin) => bin).sort((a, b) => (means[a] ?? 0) - (means[b] ?? 0));
  let [below, above, right] = [0, 0, 0];
  for (let from = 0, to = 0; from < order.length; from = to) {
    let [negatives, positives] = [0, 0];
    for (; to < order.length && means[order[to] ?? 0] === means[order[from] ?? 0]; to++) {
      negatives += without[order[to] ?? 0] ?? 0;
      positives += having[order[to] ?? 0] ?? 0;
    }
    right += positives * (below + negatives / 2);
    below += negatives;
    above += positives;
  }
  return below === 0 || above === 0 ? Number.NaN : right / (below * above);
}

/** R²: the share of the variance that the means explain. */
function determination(means: Float64Array, { bins, list, half }: Half): number {
  let [count, sum, squares, missed] = [0, 0, 0, 0];
  for (let row = half; row < list.length; row += 2) {
    const value = list[row] ?? 0;
    count += 1;
    sum += value;
    squares += value * value;
    missed += (value - (means[bins[row] ?? 0] ?? 0)) ** 2;
  }
  const variance = squares - (sum * sum) / count;
  return variance > 0 ? 1 - missed / variance : Number.NaN;
}

/** The bin of each value from 1; missing values in bin 0. Equal values share a bin. */
function binned(values: ArrayLike<number>, rows: number): Uint32Array {
  const sorted = Float64Array.from({ length: rows }, (_, row) => values[row] ?? Number.NaN)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const distinct = distinctUpTo(sorted, MOST_BINS);
  const wanted = Math.max(2, Math.min(MOST_BINS, Math.floor(sorted.length / ROWS_A_BIN)));
  const edges = distinct ?? [
    ...new Set(Array.from({ length: wanted - 1 }, (_, i) => quantileOf(sorted, (i + 1) / wanted))),
  ];
  return Uint32Array.from({ length: rows }, (_, row) => {
    const value = values[row] ?? Number.NaN;
    return Number.isNaN(value) ? 0 : 1 + countAtMost(edges, value);
  });
}

/** The different values without the least, if they are few: each is a bin. */
function distinctUpTo(sorted: Float64Array, most: number): readonly number[] | undefined {
  const found: number[] = [];
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] === sorted[i - 1]) continue;
    found.push(sorted[i] ?? 0);
    if (found.length >= most) return undefined;
  }
  return found;
}

/** How many of the ascending edges are at most the value. */
function countAtMost(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
