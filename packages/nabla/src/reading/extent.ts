/** The smallest and largest values of a column, and the values that stand for none at its ends. */
import type { NumberFacts } from "./number-facts.ts";
import { type CountedValue, FEWEST_UNKNOWN, findSentinels, mayBeSentinel } from "./sentinels.ts";
import type { WrittenColumn } from "./written-column.ts";

/** Values whose extent is asked for: plain numbers, as they are or with another meaning, and those of texts. */
export interface ExtentSource {
  readonly column: Pick<WrittenColumn, "numbers" | "rows">;
  readonly facts: NumberFacts;
  /** Plain numbers that are left out. */
  readonly without: ReadonlySet<number>;
  /** Values of texts. */
  readonly cells: readonly CountedValue[];
  /** What a plain number means, where it is not itself; undefined for one that does not fit. */
  readonly value?: (plain: number) => number | undefined;
  /** What values are; numbers by default. */
  readonly kind?: "number" | "date";
}

/** The extent of values, and what stands for none among them. */
export interface ValueExtent {
  readonly minimum: number;
  readonly maximum: number;
  readonly sentinels: readonly CountedValue[];
}

/** Measures values; undefined where there are none. */
export function extentOf({
  column,
  facts,
  without,
  cells,
  value,
  kind = "number",
}: ExtentSource): ValueExtent | undefined {
  const plain = value === undefined ? plainEnds(column, facts, without) : mappedEnds(column, without, value);
  const ends = (left: ReadonlySet<number>): Ends => merged(plain(left), cells, left);
  const { low, high } = ends(new Set());
  const [minimum, maximum] = [low[0]?.value, high[0]?.value];
  if (minimum === undefined || maximum === undefined) return undefined;
  const manyValues = (facts.values?.size ?? MANY_VALUES) + cells.length >= MANY_VALUES;
  const repeated = Math.max(low[0]?.count ?? 0, high[0]?.count ?? 0) >= FEWEST_UNKNOWN;
  const doubtful = mayBeSentinel(minimum, kind) || mayBeSentinel(maximum, kind) || (repeated && manyValues);
  return { minimum, maximum, sentinels: doubtful ? findSentinels(ends, { kind, manyValues }) : [] };
}

/** Fewer different values are kinds, of which one may lie apart. */
const MANY_VALUES = 10;

interface Ends {
  readonly low: readonly CountedValue[];
  readonly high: readonly CountedValue[];
}

type FindEnds = (left: ReadonlySet<number>) => Ends;

/** The two lowest and the two highest plain numbers, at first without their counts, which cost another pass. */
function plainEnds(
  { numbers, rows }: ExtentSource["column"],
  facts: NumberFacts,
  without: ReadonlySet<number>,
): FindEnds {
  if (facts.count === 0) return () => ({ low: [], high: [] });
  if (facts.values !== undefined) {
    const values = [...facts.values].map(([value, count]) => ({ value, count }));
    return (left) => endsOf(values.filter(({ value }) => !left.has(value)));
  }
  return (left) => {
    const { minimum, maximum, atMinimum, atMaximum } = facts;
    const rare = Math.max(atMinimum, atMaximum) < FEWEST_UNKNOWN;
    if (left.size === 0 && rare && !mayBeSentinel(minimum, "number") && !mayBeSentinel(maximum, "number"))
      return { low: [{ value: minimum, count: atMinimum }], high: [{ value: maximum, count: atMaximum }] };
    return extremes({ numbers, rows }, (value) => !left.has(value) && !without.has(value));
  };
}

function mappedEnds(
  column: ExtentSource["column"],
  without: ReadonlySet<number>,
  of: (plain: number) => number | undefined,
): FindEnds {
  const counts = new Map<number, number>();
  for (let row = 0; row < column.rows; row++) {
    const plain = column.numbers[row] as number;
    const value = !Number.isNaN(plain) && !without.has(plain) ? of(plain) : undefined;
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const values = [...counts].map(([value, count]) => ({ value, count }));
  return (left) => endsOf(values.filter(({ value }) => !left.has(value)));
}

/** The two lowest and the two highest of some numbers, with their counts. */
function extremes({ numbers, rows }: ExtentSource["column"], isWanted: (value: number) => boolean): Ends {
  const ends = new EndFinder();
  let [lows, highs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < rows; row++) {
    const value = numbers[row] as number;
    // most values are neither among the lowest nor among the highest
    if ((value > lows && value < highs) || Number.isNaN(value) || !isWanted(value)) continue;
    ends.add(value, 1);
    const { low, high } = ends.found();
    lows = low[1]?.value ?? Number.POSITIVE_INFINITY;
    highs = high[1]?.value ?? Number.NEGATIVE_INFINITY;
  }
  return ends.found();
}

/** Finds the two lowest and the two highest different values, counted. */
class EndFinder {
  readonly #low: Counter[] = [];
  readonly #high: Counter[] = [];

  add(value: number, count: number): void {
    enter(this.#low, { value, count }, (a, b) => a < b);
    enter(this.#high, { value, count }, (a, b) => a > b);
  }

  found(): Ends {
    return { low: this.#low, high: this.#high };
  }
}

interface Counter {
  readonly value: number;
  count: number;
}

/** Keeps the first two different values of an order. */
function enter(ends: Counter[], one: Counter, before: (a: number, b: number) => boolean): void {
  const last = ends[1];
  if (last !== undefined && before(last.value, one.value)) return;
  const same = ends.find(({ value }) => value === one.value);
  if (same !== undefined) same.count += one.count;
  else {
    ends.splice(ends.filter(({ value }) => before(value, one.value)).length, 0, one);
    ends.length = Math.min(ends.length, 2);
  }
}

function endsOf(values: Iterable<CountedValue>): Ends {
  const ends = new EndFinder();
  for (const { value, count } of values) ends.add(value, count);
  return ends.found();
}

function merged(plain: Ends, cells: readonly CountedValue[], left: ReadonlySet<number>): Ends {
  if (cells.length === 0) return plain;
  const ends = new EndFinder();
  for (const { value, count } of cells) if (left.size === 0 || !left.has(value)) ends.add(value, count);
  const outer = new Map([...plain.low, ...plain.high].map((one) => [one.value, one.count]));
  for (const [value, count] of outer) ends.add(value, count);
  return ends.found();
}
