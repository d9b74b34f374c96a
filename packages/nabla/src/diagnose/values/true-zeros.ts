/** Zeros that are values and stand for nothing missing: rows that have them differ from the others elsewhere too. */
import { meanOf, midranks, populationVariance } from "../../base/statistics/summary.ts";
import { blockOf, type Column, type NumberColumn, type Table, targetsOf } from "../../data/table.ts";

/** Means of the two kinds of rows lie so many standard errors apart. */
const SURELY = 4;
const FEWEST_ROWS = 8;
/** A column of which zeros are such a share has them by nature, unless they lie apart from the others. */
const NATURAL = 0.02;
/** Zeros belong to a table in which so many columns have them, and such a share of its numbers. */
const [MANY, MANY_SHARE] = [4, 0.4];

/** A column and whether each row has a zero there. */
interface Zeros {
  readonly column: NumberColumn;
  readonly found: number;
  /** Whether nothing lies between 0 and the others, as far as those reach among themselves. */
  readonly apart: boolean;
}

/**
 * Whether the zeros of a column are true ones: what is unknown says nothing of its row, so that rows with a zero look like
 * the others in all other columns. Where they differ surely in one, 0 is a value, as the share of what a mixture lacks.
 */
export function areTrueZeros(table: Table, name: string): boolean {
  const others = [...table.columns, ...targetsOf(table)];
  const zeros = others.flatMap((column) => zerosOf(column));
  const own = zeros.find(({ column }) => column.name === name);
  if (own === undefined) return true;
  const numbers = others.filter((column) => column.kind === "number").length;
  const natural = zeros.filter(({ found, apart, column }) => !apart && found >= NATURAL * column.values.data.length);
  if (natural.length >= Math.max(MANY, MANY_SHARE * numbers)) return true;
  const { data } = own.column.values;
  return others
    .filter((column) => column.name !== name)
    .some((column) => listsOf(column).some((list) => differs(list, data)));
}

function zerosOf(column: Column): readonly Zeros[] {
  if (column.kind !== "number" || blockOf(column).length > 0) return [];
  const { data } = column.values;
  let found = 0;
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const value of data) {
    if (value === 0) found += 1;
    else if (!Number.isNaN(value)) {
      least = Math.min(least, Math.abs(value));
      most = Math.max(most, Math.abs(value));
    }
  }
  return found === 0 ? [] : [{ column, found, apart: least > (most - least) * GAP }];
}

/** Zeros lie apart where the least of the others is such a share of their range away. */
const GAP = 0.15;

/** Ranks of a column of numbers, without its zeros (which may be missing too), or of each level of a category whether a row has it. */
function listsOf(column: Column): readonly Float64Array[] {
  if (column.kind === "category")
    return column.levels.map((_, level) =>
      Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : Number(code === level))),
    );
  if (blockOf(column).length > 0) return [];
  const { data } = column.values;
  const rows = [...data.keys()].filter((row) => !Number.isNaN(data[row]) && data[row] !== 0);
  const ranks = midranks(rows.map((row) => data[row] ?? 0));
  const list = new Float64Array(data.length).fill(Number.NaN);
  for (const [at, row] of rows.entries()) list[row] = ranks[at] ?? 0;
  return [list];
}

function differs(list: Float64Array, data: ArrayLike<number>): boolean {
  const known = list.filter((value, row) => !Number.isNaN(value) && !Number.isNaN(data[row] ?? Number.NaN));
  const at = list.filter((value, row) => !Number.isNaN(value) && data[row] === 0);
  const rest = known.length - at.length;
  if (Math.min(at.length, rest) < FEWEST_ROWS) return false;
  const spread = Math.sqrt(populationVariance(known));
  const [all, own] = [meanOf(known), meanOf(at)];
  const away = ((own - all) * known.length) / rest;
  return Math.abs(away) > SURELY * spread * Math.sqrt(1 / at.length + 1 / rest);
}
