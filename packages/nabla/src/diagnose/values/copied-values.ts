/** One value among many others that was written where none was known: the mean, or that of another row. */
import { frequencies } from "../../base/statistics/frequencies.ts";
import { meanOf, quantileOf } from "../../base/statistics/summary.ts";
import { count, grouped } from "../../base/text.ts";
import { blockOf, type NumberColumn, type Table } from "../../data/table.ts";
import { type Companions, companionsOf, fitOf, normalScores } from "./companions.ts";
import { areTrueZeros } from "./true-zeros.ts";

/** A value that seems to fill in for what was not known. */
export interface CopiedValue {
  readonly name: string;
  readonly value: number;
  /** The rows that have it. */
  readonly found: number;
  /** A sentence without its full stop. */
  readonly summary: string;
}

/** So many other values, and so many different ones among them. */
const [FEWEST_OTHERS, FEWEST_DIFFERENT] = [60, 30];
/** So many cells have the value, the share of them, and how many times those of the next most frequent one. */
const [FEWEST, LEAST_SHARE, MOST_SHARE, SPIKE] = [12, 0.04, 0.9, 5];
/** Such a share of the others lies on either side: where values are cut off at a limit, that one is frequent. */
const INSIDE = 0.05;
/** Nothing lies between 0 and such a share of the way to the farthest of the others, where 0 is none of them. */
const GAP = 0.05;
/** What the other columns expect of these rows is spread so many times as wide as in rows with nearly that value, by so many standard errors. */
const [WIDER, SURELY] = [1.6, 4];
/** Rows with nearly the value: such a share of the others. */
const [NEAR, FEWEST_NEAR] = [0.15, 25];
/** Rounds in which what is expected of the rows in question takes the place of their value. */
const ROUNDS = 10;

/**
 * Looks for values of inputs that stand in many rows whose other columns are as those of all rows: a value that was measured
 * comes with what belongs to it.
 */
export function copiedValues(table: Table, companions: Companions = companionsOf(table)): readonly CopiedValue[] {
  return table.columns
    .filter((column): column is NumberColumn => column.kind === "number" && blockOf(column).length === 0)
    .filter(({ reading }) => reading === undefined || reading.as === "number")
    .flatMap((column) => {
      const found = spikeIn(column);
      if (found === undefined || (found.value === 0 && areTrueZeros(table, column.name))) return [];
      return isCopied(column, found.value, companions) ? [described(column, found)] : [];
    });
}

interface Spike {
  readonly value: number;
  readonly found: number;
  readonly known: number;
  readonly mean: number;
}

/** The most frequent value, where it is far more frequent than any other and lies among them. */
function spikeIn({ values: { data } }: NumberColumn): Spike | undefined {
  const counts = new Map([...frequencies(data)].filter(([value]) => Number.isFinite(value)));
  const [first, second] = [...counts].sort((a, b) => b[1] - a[1]);
  if (first === undefined || second === undefined || counts.size <= FEWEST_DIFFERENT) return undefined;
  const [value, found] = first;
  const known = [...counts.values()].reduce((sum, cells) => sum + cells, 0);
  if (known - found < FEWEST_OTHERS || found < SPIKE * second[1]) return undefined;
  if (found < Math.max(FEWEST, LEAST_SHARE * known) || found > MOST_SHARE * known) return undefined;
  const others = Float64Array.from(data)
    .filter((one) => Number.isFinite(one) && one !== value)
    .sort();
  const inside = quantileOf(others, INSIDE) <= value && quantileOf(others, 1 - INSIDE) >= value;
  const [least, most] = [others[0] ?? 0, others[others.length - 1] ?? 0];
  const apart = value === 0 && (least > GAP * most || most < GAP * least);
  if (value === 0 ? !apart : !inside) return undefined;
  return { value, found, known, mean: meanOf(others) };
}

function isCopied({ name, values: { data } }: NumberColumn, value: number, companions: Companions): boolean {
  const all = Float64Array.from(companions.rows, (row) => data[row] ?? Number.NaN);
  const places = Uint32Array.from(all.keys()).filter((place) => Number.isFinite(all[place] ?? Number.NaN));
  const values = Float64Array.from(places, (place) => all[place] ?? 0);
  const scores = normalScores(values);
  const isSpike = Array.from(values, (one) => one === value);
  const fit = fitOf(companions, { name, values, places });
  let expected = fit.fitted(scores);
  for (let round = 0; round < ROUNDS; round++) {
    const before = expected;
    expected = fit.fitted(scores.map((score, i) => (isSpike[i] ? (before[i] ?? 0) : score)));
  }
  const level = scores[isSpike.indexOf(true)] ?? 0;
  const others = [...scores.keys()].filter((i) => !isSpike[i]);
  const near = others
    .sort((a, b) => Math.abs((scores[a] ?? 0) - level) - Math.abs((scores[b] ?? 0) - level))
    .slice(0, Math.max(FEWEST_NEAR, Math.round(NEAR * others.length)));
  const own = [...scores.keys()].filter((i) => isSpike[i]);
  const middle = meanOf(near.map((i) => expected[i] ?? 0));
  const spread = (rows: readonly number[]): number => meanOf(rows.map((i) => ((expected[i] ?? 0) - middle) ** 2));
  const ratio = spread(own) / spread(near);
  return ratio >= WIDER && Math.log(ratio) >= SURELY * Math.sqrt(2 / own.length + 2 / near.length);
}

/** A value is the mean of the others where it is so near to it, as a share of it. */
const IS_MEAN = 0.005;

function described({ name }: NumberColumn, { value, found, known, mean }: Spike): CopiedValue {
  const is = Math.abs(value - mean) <= IS_MEAN * Math.abs(mean) ? ", the mean of the others," : "";
  const summary = `column ${name}: ${value}${is} stands in ${grouped(found)} of ${count(known, "cell")}, and their rows are otherwise like all; it may fill in for what is not known`;
  return { name, value, found, summary };
}
