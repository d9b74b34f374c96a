/** Numbers that stand for a missing value, among the others or beside them: 0 where nobody has none, -1, 99, 999. */
import { frequencies } from "../../base/statistics/frequencies.ts";
import { quantileOf } from "../../base/statistics/summary.ts";
import { count } from "../../base/text.ts";
import { blockOf, type NumberColumn, type Table, targetsOf } from "../../data/table.ts";
import { type Companions, companionsOf, fitOf, robustFit, spreadOf } from "./companions.ts";
import { areTrueZeros } from "./true-zeros.ts";

/** A number that seems to stand for a missing value. */
export interface CodedMissing {
  readonly name: string;
  readonly value: number;
  /** The rows that have it. */
  readonly found: number;
  /** Whether it stands in other columns too as an ordinary value. */
  readonly elsewhere: boolean;
  /** A sentence without its full stop. */
  readonly summary: string;
}

// a declared table: numbers that files of surveys, sensors and programs write where there is none
const CODES: ReadonlySet<number> = new Set([
  ...[-1, -2, -9, -99, -999, -9999, -99999, -999999, -99.9, -99.99, -999.9, -999.99, -999.25],
  ...[99, 999, 9999, 99999, 999999, 9999999, 99.9, 999.9, 9999.9, 99.99, 999.99, 9999.99, 88, 888, 8888, 77, 777],
]);

const FEWEST_ROWS = 50;
const FEWEST_VALUES = 12;
/** So many cells have it at least, and at most. */
const [FEWEST, LEAST_SHARE, MOST_SHARE] = [3, 0.004, 0.5];
/** Beyond all others by so many times the range of their middle half: numbers on the list, and 0. */
const [BEYOND, BEYOND_ZERO] = [0.5, 0.9];
/** Among the others it is so many times as frequent as the next most frequent value. */
const SPIKE = 5;
/** Cells that have it are so much farther from what the other columns lead to expect than others are. */
const FARTHER = 2.5;

/** Looks for numbers that stand for a missing value, in the targets too. */
export function codedMissing(table: Table, companions: Companions = companionsOf(table)): readonly CodedMissing[] {
  const numbers = [...table.columns, ...targetsOf(table)]
    .filter((column): column is NumberColumn => column.kind === "number" && blockOf(column).length === 0)
    .filter(({ reading }) => reading === undefined || reading.as === "number");
  return numbers.flatMap((column) =>
    codesIn(column, companions)
      .filter(({ value }) => value !== 0 || !areTrueZeros(table, column.name))
      .map((found) => ({
        ...found,
        elsewhere: numbers.some(
          (other) => other !== column && other.values.data.some((value) => value === found.value),
        ),
      })),
  );
}

function codesIn(
  { name, values: { data } }: NumberColumn,
  companions: Companions,
): readonly Omit<CodedMissing, "elsewhere">[] {
  const counts = new Map(frequencies(data));
  counts.delete(Number.NaN);
  const known = [...counts.values()].reduce((sum, cells) => sum + cells, 0);
  if (known < FEWEST_ROWS || counts.size < FEWEST_VALUES) return [];
  const candidates = [...counts].filter(
    ([value, cells]) =>
      (value === 0 || CODES.has(value)) &&
      cells >= Math.max(FEWEST, LEAST_SHARE * known) &&
      cells <= MOST_SHARE * known,
  );
  if (candidates.length === 0) return [];
  const others = Float64Array.from(
    data.filter((value) => !Number.isNaN(value) && candidates.every(([code]) => code !== value)),
  ).sort();
  if (others.length < FEWEST_ROWS / 2) return [];
  const [least, most] = [others[0] ?? 0, others[others.length - 1] ?? 0];
  const middleHalf = quantileOf(others, 0.75) - quantileOf(others, 0.25);
  const commonest = Math.max(
    ...[...counts].filter(([value]) => candidates.every(([code]) => code !== value)).map(([, cells]) => cells),
  );
  return candidates.flatMap(([value, found]) => {
    const beyond = value < least ? least - value : value > most ? value - most : 0;
    const isolated =
      middleHalf > 0 &&
      beyond >= (value === 0 ? BEYOND_ZERO : BEYOND) * middleHalf &&
      found >= 2 * atEdge(counts, value < least ? least : most);
    const spike = value !== 0 && found >= SPIKE * commonest && strays(name, value, data, companions);
    if (!isolated && !spike) return [];
    const range = `the others are from ${least} to ${most}`;
    return [
      {
        name,
        value,
        found,
        summary: `column ${name}: ${value} stands in ${count(found, "cell")}, and ${range}; it may stand for a missing value`,
      },
    ];
  });
}

/** How often the outermost of the other values stands there: where values are cut off at a limit, that one is frequent. */
function atEdge(counts: ReadonlyMap<number, number>, edge: number): number {
  return counts.get(edge) ?? 0;
}

/** Whether rows with a value have little to do with what the other columns lead to expect of them. */
function strays(name: string, code: number, data: ArrayLike<number>, companions: Companions): boolean {
  const all = Float64Array.from(companions.rows, (row) => data[row] ?? Number.NaN);
  const places = Uint32Array.from(all.keys()).filter((place) => !Number.isNaN(all[place] ?? Number.NaN));
  const values = Float64Array.from(places, (place) => all[place] ?? 0);
  const fit = fitOf(companions, { name, values, places });
  const expected = robustFit(values, fit);
  const residuals = values.map((value, i) => value - (expected[i] ?? 0));
  const [own, others] = [
    residuals.filter((_, i) => values[i] === code),
    residuals.filter((_, i) => values[i] !== code),
  ];
  const meanSquare = own.reduce((sum, value) => sum + value * value, 0) / Math.max(1, own.length);
  return own.length > 0 && Math.sqrt(meanSquare) >= FARTHER * spreadOf(others);
}
