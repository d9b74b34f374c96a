/** Notices about the values of a column: words that are numbers, far outliers, skewed targets, seconds since 1970. */

import type { Notice } from "../base/notice.ts";
import { quantileOf } from "../base/statistics/summary.ts";
import { count, listing } from "../base/text.ts";
import type { NumberReading } from "../data/column-reading.ts";
import type { CountedText, DraftDecision } from "./decision.ts";
import type { ColumnEvidence } from "./evidence.ts";
import { columnOption, shellWord } from "./name-hints.ts";
import { rareClasses } from "./notice-text.ts";
import { plainValue } from "./numbers.ts";
import { mayBeEpoch } from "./plain-dates.ts";

/** What is remarkable about the values of numbers and dates. */
export function valueNotices(
  { reading, leftOut, sentinels = [], values = [] }: DraftDecision,
  evidence: ColumnEvidence,
): readonly Notice[] {
  if (leftOut !== undefined || (reading.as !== "number" && reading.as !== "date")) return [];
  const { name } = evidence.column;
  const notices = sentinels.map(({ text, count: cells }): Notice => {
    const message = `column ${name}: ${text} stands in ${count(cells, "cell")}, far from all other values; if it stands for a missing value, --missing ${shellWord(text)}`;
    return { code: "data/sentinel", message, remedy: { missing: [text] } };
  });
  if (reading.as === "date") return notices;
  const epoch = mayBeEpoch(evidence);
  if (epoch !== undefined) {
    const message = `column ${name}: its numbers may be ${epoch} since 1970, and are read as numbers; for calendar parts write them as dates such as 2024-05-31; to leave the column out, ${columnOption(name, "ignore")}`;
    notices.push({ code: "data/epoch", message });
  }
  if (evidence.role !== "target") return notices;
  const classes = areClasses(evidence, values.length);
  if (classes !== undefined) return [...notices, ...rareClasses(name, classes, { scale: true })];
  const apart = new Set(sentinels.map(({ text }) => Number(text)));
  return [...notices, ...targetNotices(name, sortedValues(values, evidence, reading), apart)];
}

/** Up to so many different whole numbers, each often repeated, are taken for classes when a target is learned. */
const MOST_CLASSES = 20;
const ROWS_A_CLASS = 5;

function areClasses({ facts }: ColumnEvidence, texts: number): readonly CountedText[] | undefined {
  const { values, whole, count: cells } = facts;
  if (values === undefined || !whole || texts > 0 || values.size < 2 || values.size > MOST_CLASSES) return undefined;
  if (values.size > 2 && cells < ROWS_A_CLASS * values.size) return undefined;
  return [...values].map(([value, times]) => ({ text: String(value), count: times }));
}

function sortedValues(
  cells: NonNullable<DraftDecision["values"]>,
  { column, given }: ColumnEvidence,
  reading: NumberReading,
): Float64Array {
  const meaning = plainValue(reading, column);
  const values: number[] = [];
  for (let row = 0; row < column.rows; row++) {
    const plain = column.numbers[row] as number;
    const value =
      !Number.isNaN(plain) && !given.values.has(plain) ? (meaning === undefined ? plain : meaning(plain)) : undefined;
    if (value !== undefined && Number.isFinite(value)) values.push(value);
  }
  for (const { value, count: times } of cells) for (let i = 0; i < times; i++) values.push(value);
  return Float64Array.from(values).sort();
}

/** An outlier lies so many times the spread of the middle half away from it. */
const FAR = 50;
/** So many times farther away than the rest: no tail of many values leads to it. */
const ALONE = 5;
/** A mean so many times the median shows a long tail. */
const SKEWED = 1.5;
const MOST_OUTLIERS = 0.01;
const FEWEST_VALUES = 20;
const NEARLY_CONSTANT = 0.99;

/** Outliers, long tails and values that hardly vary; `sentinels` have their own notice. */
function targetNotices(name: string, sorted: Float64Array, sentinels: ReadonlySet<number>): readonly Notice[] {
  const values = sorted.filter((value) => !sentinels.has(value));
  if (values.length === 0) return [];
  const [low, middle, high] = [0.25, 0.5, 0.75].map((p) => quantileOf(values, p)) as [number, number, number];
  const [minimum, maximum] = [values[0] as number, values[values.length - 1] as number];
  if (minimum === maximum)
    return [
      {
        code: "data/one-value",
        message: `column ${name}: every row has the value ${minimum}, so that there is nothing to learn`,
      },
    ];
  const common = mostCommon(values);
  if (common.count >= NEARLY_CONSTANT * values.length) {
    const others = count(values.length - common.count, "row");
    return [
      {
        code: "data/nearly-constant",
        message: `column ${name}: all but ${others} have the value ${common.value}, so that there is little to learn`,
      },
    ];
  }
  const spread = high - low || Math.max(Math.abs(middle), 1);
  const outliers = values.filter((value) => Math.abs(value - middle) > FAR * spread);
  const rest = values.filter((value) => Math.abs(value - middle) <= FAR * spread);
  const few = outliers.length > 0 && outliers.length <= Math.max(1, MOST_OUTLIERS * values.length);
  const [nearest, farthest] = [distanceTo(middle, outliers, Math.min), distanceTo(middle, rest, Math.max)];
  if (values.length >= 4 && few && nearest >= ALONE * farthest) {
    const shown = listing([...outliers.slice(0, 3)].map(String));
    const message = `column ${name}: ${outliers.length === 1 ? "one value of" : `${outliers.length} values such as`} ${shown} among values from ${rest[0]} to ${rest.at(-1)}; if ${outliers.length === 1 ? "it is" : "they are"} wrong, --missing ${outliers[0]}`;
    return [{ code: "data/outlier", message, remedy: { missing: [...new Set(outliers)].slice(0, 3).map(String) } }];
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (minimum >= 0 && values.length >= FEWEST_VALUES && mean > SKEWED * middle && maximum > 10 * middle) {
    const message = `column ${name}: never negative, and a few large values outweigh all others (median ${shortened(middle)}, mean ${shortened(mean)}); try --target-scale log`;
    return [{ code: "data/skewed-target", message }];
  }
  return [];
}

function distanceTo(middle: number, values: Float64Array, extreme: (...values: number[]) => number): number {
  return values.reduce(
    (best, value) => (Number.isNaN(best) ? Math.abs(value - middle) : extreme(best, Math.abs(value - middle))),
    Number.NaN,
  );
}

function shortened(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function mostCommon(sorted: Float64Array): { readonly value: number; readonly count: number } {
  let best = { value: Number.NaN, count: 0 };
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    if (end - start > best.count) best = { value: sorted[start] as number, count: end - start };
    start = end;
  }
  return best;
}
