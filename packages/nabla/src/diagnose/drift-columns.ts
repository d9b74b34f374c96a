/** Drift column by column: which of them are distributed differently in two tables. */
import { known } from "../base/error.ts";
import { chiSquareTail } from "../base/statistics/gamma.ts";
import { deviationOfMoments, meanOfMoments, moments } from "../base/statistics/moments.ts";
import {
  type CategoryColumn,
  type Column,
  columnOf,
  holdsTexts,
  type NumberColumn,
  type Table,
  widthOf,
} from "../data/table.ts";
import { chiSquare, holm, kolmogorovSmirnov, kolmogorovTail } from "./drift-statistics.ts";
import { textLengths, wordCounts } from "./drift-texts.ts";

/** One column of two tables; plain data. */
export interface ColumnDrift {
  readonly name: string;
  readonly test: "Kolmogorov-Smirnov" | "chi-square";
  /** The largest distance of the distribution functions, or Cramér's V: 0 for alike, 1 for nothing in common. */
  readonly effect: number;
  /** The p-value, corrected for the number of columns (Holm 1979). */
  readonly p: number;
  /** What differs, in words. */
  readonly summary: string;
}

type Tested = Omit<ColumnDrift, "name">;

/** Numbers of a block (an image) that are inspected. */
const MOST_OF_BLOCK = 256;

/** All columns that both tables have, the most suspicious first, p-values corrected for their number. */
export function columnDrifts(first: Table, second: Table): readonly ColumnDrift[] {
  const tested = first.columns.map((column) => ({
    name: column.name,
    ...testColumn(column, columnOf(second, column.name)),
  }));
  const corrected = holm(tested.map(({ p }) => p));
  return tested
    .map((column, i) => ({ ...column, p: known(corrected[i], "a p-value") }))
    .sort((a, b) => a.p - b.p || b.effect - a.effect);
}

function testColumn(a: Column, b: Column): Tested {
  if (a.kind === "category" && b.kind === "category")
    return holdsTexts(a) && holdsTexts(b) ? testTexts(a, b) : testNames(a, b);
  if (a.kind === "number" && b.kind === "number") return widthOf(a) === 1 ? testNumbers(a, b) : testBlock(a, b);
  return { test: "chi-square", effect: 1, p: 0, summary: "numeric in one part, categorical in the other" };
}

function testNumbers(a: NumberColumn, b: NumberColumn): Tested {
  const [x, y] = [present(a.values.data), present(b.values.data)];
  const gone = testCounts([x.length, a.values.data.length - x.length], [y.length, b.values.data.length - y.length]);
  const effect = x.length === 0 || y.length === 0 ? 0 : kolmogorovSmirnov(x, y);
  const p = effect === 0 ? 1 : kolmogorovTail(effect, x.length, y.length);
  const share = (some: ArrayLike<number>, all: ArrayLike<number>): string => percent(1 - some.length / all.length);
  if (gone.p < p) {
    const summary = `missing in ${share(x, a.values.data)}, against ${share(y, b.values.data)}`;
    return { test: "chi-square", effect: gone.effect, p: Math.min(1, 2 * gone.p), summary };
  }
  const half = gone.p < 1 ? 2 : 1; // two tests of one column
  return { test: "Kolmogorov-Smirnov", effect, p: Math.min(1, half * p), summary: shiftOf(x, y) };
}

function shiftOf(x: ArrayLike<number>, y: ArrayLike<number>): string {
  const [a, b] = [moments(x), moments(y)];
  const [from, to] = [meanOfMoments(a), meanOfMoments(b)];
  const spread = deviationOfMoments(a);
  const moved = Math.abs(from - to) > 0.1 * spread;
  return moved
    ? `mean ${show(from)}, against ${show(to)}`
    : `standard deviation ${show(spread)}, against ${show(deviationOfMoments(b))}`;
}

/** A block is suspicious by its most suspicious number, corrected for how many there are. */
function testBlock(a: NumberColumn, b: NumberColumn): Tested {
  const width = widthOf(a);
  const stride = Math.ceil(width / MOST_OF_BLOCK);
  const found: { readonly effect: number; readonly p: number }[] = [];
  for (let at = 0; at < width; at += stride) {
    const [x, y] = [slotOf(a, at, width), slotOf(b, at, width)];
    const effect = kolmogorovSmirnov(x, y);
    found.push({ effect, p: kolmogorovTail(effect, x.length, y.length) });
  }
  const corrected = holm(found.map(({ p }) => p));
  const differ = corrected.filter((p) => p < 0.05).length;
  const worst = found.reduce((most, one) => (one.p < most.p ? one : most), { effect: 0, p: 1 });
  return {
    test: "Kolmogorov-Smirnov",
    effect: worst.effect,
    p: Math.min(...corrected, 1),
    summary: `${differ} of ${found.length} compared numbers differ`,
  };
}

function slotOf({ values }: NumberColumn, at: number, width: number): Float64Array {
  return Float64Array.from({ length: values.shape[0] ?? 0 }, (_, row) => values.data[row * width + at] ?? 0);
}

/** Texts are suspicious by how long they are, or by their most suspicious word, corrected for how many are compared. */
function testTexts(a: CategoryColumn, b: CategoryColumn): Tested {
  const lengths = testNumbers(textLengths(a), textLengths(b));
  const words = wordCounts(a, b).map(({ word, first, second }) => ({
    word,
    first,
    second,
    ...testCounts(first, second),
  }));
  const [worst] = words.toSorted((one, other) => one.p - other.p);
  const p = Math.min(1, (worst?.p ?? 1) * words.length);
  if (worst === undefined || lengths.p <= p)
    return { ...lengths, p: Math.min(1, 2 * lengths.p), summary: `words: ${lengths.summary}` };
  const share = ([having, not]: readonly [number, number]): string => percent(having / (having + not));
  const summary = `"${worst.word}" in ${share(worst.first)} of the texts, against ${share(worst.second)}`;
  return { test: "chi-square", effect: worst.effect, p: Math.min(1, 2 * p), summary };
}

function testNames(a: CategoryColumn, b: CategoryColumn): Tested {
  const levels = [...new Set([...a.levels, ...b.levels])];
  const [x, y] = [countsOf(a, levels), countsOf(b, levels)];
  const [inX, inY] = [x, y].map((counts) => counts.reduce((sum, many) => sum + many, 0));
  const shareOf = (counts: readonly number[], i: number): number =>
    (counts[i] ?? 0) / ((counts === x ? inX : inY) ?? 0);
  const apart = x.map((_, i) => Math.abs(shareOf(x, i) - shareOf(y, i)));
  const most = apart.reduce((best, far, i) => (far > (apart[best] ?? 0) ? i : best), 0);
  const summary = `${levels[most] ?? "missing"} in ${percent(shareOf(x, most))}, against ${percent(shareOf(y, most))}`;
  return { test: "chi-square", ...testCounts(x, y), summary };
}

/** How often each level occurs, missing last. */
function countsOf({ codes, levels: own }: CategoryColumn, levels: readonly string[]): readonly number[] {
  const places = new Map(levels.map((level, i) => [level, i]));
  const slots = own.map((level) => places.get(level) ?? levels.length);
  const counts = new Array<number>(levels.length + 1).fill(0);
  for (const code of codes) {
    const slot = slots[code] ?? levels.length;
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  return counts;
}

function testCounts(x: readonly number[], y: readonly number[]): { readonly effect: number; readonly p: number } {
  const { statistic, freedom } = chiSquare(x, y);
  const rows = [...x, ...y].reduce((sum, many) => sum + many, 0);
  return { effect: Math.sqrt(statistic / rows), p: chiSquareTail(statistic, freedom) };
}

function present(data: ArrayLike<number>): Float64Array {
  return Float64Array.from(data).filter((value) => !Number.isNaN(value));
}

function show(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))}%`;
}
