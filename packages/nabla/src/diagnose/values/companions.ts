/** What the other columns of a table say of one: a robust linear fit by their ranks, squares and levels. */
import { normalQuantile } from "../../base/statistics/normal.ts";
import { correlation, meanOf, medianOf, midranks, populationVariance } from "../../base/statistics/summary.ts";
import { blockOf, type Column, type Table, targetsOf } from "../../data/table.ts";

/** Rows that are looked at, and numbers of other columns that one is fitted by. */
const MOST_ROWS = 4000;
/** Of wide tables fewer rows, since each column is compared with each: rows times columns squared, but so many rows at least. */
const [MOST_WORK, FEWEST_ROWS] = [6e6, 400];
const MOST_FEATURES = 24;
const ROWS_A_FEATURE = 8;
/** Levels of a category that are numbers of their own. */
const MOST_LEVELS = 12;
const FEWEST_OF_LEVEL = 5;
/** What holds weights back, relative to the rows, so that copies of a column do no harm. */
const RIDGE = 1e-3;
/** A residual counts up to so many robust deviations. */
const CLIPPED = 3;
const CLIPPINGS = 4;
/** The median of absolute deviations times this is the standard deviation of normal numbers. */
const NORMAL_MAD = 1.4826;

/** One standardized number of a row, made of a column. */
interface Feature {
  readonly of: string;
  /** Whether kinds of rows differ in it: a number, or a class that is predicted. */
  readonly kinds: boolean;
  readonly values: Float64Array;
}

/** A table as numbers that its columns are fitted by. They are made when they are asked for, which most tables do not need. */
export interface Companions {
  /** The rows that are looked at, in the table's order. */
  readonly rows: Uint32Array;
  readonly features: readonly Feature[];
}

/** A fit of some numbers by the other columns. */
export interface CompanionFit {
  /** How many numbers of other columns it is made of. */
  readonly size: number;
  /** The fitted values of other numbers in the same places. */
  readonly fitted: (values: Float64Array) => Float64Array;
}

/** Makes the columns of a table, its targets among them, ready to say something of each other. */
export function companionsOf(table: Table): Companions {
  const { rows: all, columns } = table;
  const targets = targetsOf(table);
  const most = Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, Math.round(MOST_WORK / columns.length ** 2)));
  const stride = Math.max(1, Math.ceil(all / most));
  const rows = Uint32Array.from({ length: Math.ceil(all / stride) }, (_, i) => i * stride);
  const used = [...columns, ...targets];
  return companionsWith(rows, () => used.flatMap((column) => featuresOf(column, rows, targets.includes(column))));
}

/** The same without what some columns say. */
export function withoutColumns(companions: Companions, names: Iterable<string>): Companions {
  const left = new Set(names);
  return companionsWith(companions.rows, () => companions.features.filter(({ of }) => !left.has(of)));
}

function companionsWith(rows: Uint32Array, make: () => readonly Feature[]): Companions {
  let made: readonly Feature[] | undefined;
  return {
    rows,
    get features() {
      made ??= make();
      return made;
    },
  };
}

function featuresOf(column: Column, rows: Uint32Array, predicted: boolean): readonly Feature[] {
  const { name: of } = column;
  if (column.kind === "category") {
    const counts = new Uint32Array(column.levels.length);
    for (const row of rows) {
      const code = column.codes[row] ?? -1;
      if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
    }
    const frequent = [...counts.keys()].filter((code) => (counts[code] ?? 0) >= FEWEST_OF_LEVEL);
    if (frequent.length > MOST_LEVELS) return [];
    const lists = frequent.map((code) => Float64Array.from(rows, (row) => Number(column.codes[row] === code)));
    return lists.flatMap((list) => standardized(of, list, predicted));
  }
  if (blockOf(column).length > 0) return [];
  const scores = normalScores(Float64Array.from(rows, (row) => column.values.data[row] ?? Number.NaN));
  return [
    ...standardized(of, scores, true),
    ...standardized(
      of,
      scores.map((score) => score * score),
      false,
    ),
  ];
}

function standardized(of: string, list: Float64Array, kinds: boolean): readonly Feature[] {
  const known = list.filter((value) => !Number.isNaN(value));
  const [mean, spread] = [meanOf(known), Math.sqrt(populationVariance(known))];
  return spread > 0
    ? [{ of, kinds, values: list.map((value) => (Number.isNaN(value) ? 0 : (value - mean) / spread)) }]
    : [];
}

/** Ranks as quantiles of a normal distribution (van der Waerden), so that no value is far off; NaN where there is none. */
export function normalScores(values: Float64Array): Float64Array {
  const places = Array.from(values.keys()).filter((i) => !Number.isNaN(values[i] ?? Number.NaN));
  const ranks = midranks(places.map((i) => values[i] ?? 0));
  const scores = new Float64Array(values.length).fill(Number.NaN);
  for (const [at, i] of places.entries()) scores[i] = normalQuantile((ranks[at] ?? 0) / (places.length + 1));
  return scores;
}

/** Prepares the fit of a column at some places of the rows that are looked at, by the columns that have most to do with it. */
export function fitOf(
  { features, rows: all }: Companions,
  { name, values, places }: { readonly name: string; readonly values: Float64Array; readonly places: Uint32Array },
): CompanionFit {
  const scores = normalScores(values);
  const most = Math.min(MOST_FEATURES, Math.floor(places.length / ROWS_A_FEATURE));
  const chosen = features
    .filter(({ of }) => of !== name)
    .map(({ values: each }) => {
      const list = places.length === all.length ? each : Float64Array.from(places, (place) => each[place] ?? 0);
      return { list, weight: Math.abs(correlation(list, scores)) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, most)
    .map(({ list }) => list);
  const lists = [new Float64Array(places.length).fill(1), ...chosen];
  const inverse = inverted(gramOf(lists));
  const rows = places.length;
  const fitted = (given: Float64Array): Float64Array => {
    const products = lists.map((list) => dot(list, given));
    const found = new Float64Array(rows);
    for (const [i, list] of lists.entries()) {
      const weight = dot(inverse[i] ?? [], products);
      for (let row = 0; row < rows; row++) found[row] = (found[row] ?? 0) + weight * (list[row] ?? 0);
    }
    return found;
  };
  return { size: lists.length, fitted };
}

/** A fit that values far off hardly bend: residuals are clipped at a few robust deviations, and it is made anew (Huber). */
export function robustFit(values: Float64Array, { fitted }: Pick<CompanionFit, "fitted">): Float64Array {
  const middle = medianOf(values);
  let found: Float64Array = values.map(() => middle);
  for (let round = 0; round < CLIPPINGS; round++) {
    const before = found;
    const most = CLIPPED * spreadOf(values.map((value, i) => value - (before[i] ?? 0)));
    const clipped = values.map((value, i) => {
      const fit = before[i] ?? 0;
      return fit + Math.max(-most, Math.min(most, value - fit));
    });
    found = fitted(clipped);
  }
  return found;
}

/** A robust standard deviation, about the median. */
export function spreadOf(values: Float64Array): number {
  const middle = medianOf(values);
  return NORMAL_MAD * medianOf(values.map((value) => Math.abs(value - middle)));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function gramOf(lists: readonly Float64Array[]): number[][] {
  const gram = lists.map((a, i) =>
    lists.map((b, j) => (j < i ? 0 : dot(a, b) + (i === j && i > 0 ? RIDGE * a.length : 0))),
  );
  return gram.map((row, i) => row.map((value, j) => (j < i ? (gram[j]?.[i] ?? 0) : value)));
}

/** The inverse of a positive definite matrix, by Gauss and Jordan. */
function inverted(matrix: number[][]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (const [i, pivot] of rows.entries()) {
    const scale = pivot[i] ?? 1;
    for (let k = 0; k < 2 * size; k++) pivot[k] = (pivot[k] ?? 0) / scale;
    for (const [j, row] of rows.entries()) {
      const factor = row[i] ?? 0;
      if (j === i || factor === 0) continue;
      for (let k = i; k < 2 * size; k++) row[k] = (row[k] ?? 0) - factor * (pivot[k] ?? 0);
    }
  }
  return rows.map((row) => row.slice(size));
}
