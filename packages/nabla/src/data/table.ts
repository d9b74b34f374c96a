import { type ArrayData, type NdArray, ndarray, takeRows } from "../array/ndarray.ts";
import { elementsOf } from "../array/shape.ts";
import { compact } from "../base/compact.ts";
import { NablaError } from "../base/error.ts";
import { codesOf } from "../base/statistics/frequencies.ts";
import { count, listing, nearest } from "../base/text.ts";
import type { ColumnReading } from "./column-reading.ts";
import { rowWeights } from "./row-weights.ts";

/** Numbers, one (or one block, such as an image) a row: `values` is float32, float64 or int32 [rows, ...shape]; NaN is missing. */
export interface NumberColumn {
  readonly kind: "number";
  readonly name: string;
  readonly values: NdArray;
  /** How its cells were read, where it comes from a file. */
  readonly reading?: ColumnReading;
}

/** One of a few names a row: `codes` [rows] points into `levels`; -1 is missing. */
export interface CategoryColumn {
  readonly kind: "category";
  readonly name: string;
  readonly codes: Int32Array;
  readonly levels: readonly string[];
  /** How its cells were read, where it comes from a file. */
  readonly reading?: ColumnReading;
}

/** A column of a table: numbers, or codes of categories with their names. */
export type Column = NumberColumn | CategoryColumn;

/** Data in memory, column by column. The target, if there is one, is not among `columns`. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
  /** What is to be predicted; absent in rows without labels. */
  readonly target?: Column;
  /** The targets after the first, where several are learned at once. */
  readonly otherTargets?: readonly Column[];
  /** How much each row counts, numbers from 0; by default all rows count alike. */
  readonly weights?: NumberColumn;
}

/** A column of numbers; a plain list or typed array is one number a row. */
export function numberColumn(name: string, values: NdArray | ArrayData | readonly number[]): NumberColumn {
  if ("dtype" in values) return { kind: "number", name, values };
  const wrapped = ArrayBuffer.isView(values)
    ? ndarray(values, [values.length])
    : ndarray(values, [values.length], "float64");
  return { kind: "number", name, values: wrapped };
}

/**
 * A column of names; null and undefined are missing. Levels not given are those found, in alphabetical order.
 * Throws `data/unknown-level` for a value that is not among the given levels.
 */
export function categoryColumn(
  name: string,
  values: readonly (string | null | undefined)[],
  levels: readonly string[] = [...new Set(values.filter((value) => typeof value === "string"))].sort(),
): CategoryColumn {
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  const codes = Int32Array.from(values, (value, row) => {
    if (value === null || value === undefined) return -1;
    const code = codeOf.get(value);
    if (code !== undefined) return code;
    const near = listing(nearest(value, levels), "or");
    throw new NablaError(
      "data/unknown-level",
      `column ${name}, row ${row}: "${value}" is not one of its levels`,
      `did you mean ${near}?`,
    );
  });
  return { kind: "category", name, codes, levels };
}

/**
 * A column of texts, whose words are learned from; null, undefined and texts of blanks are missing. In a table that is a category
 * of which each different text is a level, and whose reading says that they are texts.
 */
export function textColumn(name: string, values: readonly (string | null | undefined)[]): CategoryColumn {
  const given = values.map((value) => (value?.trim() === "" ? null : value));
  return { ...categoryColumn(name, given), reading: { as: "text" } };
}

/** Whether a column of names holds texts, whose words count, rather than kinds. */
export function holdsTexts({ reading }: Pick<CategoryColumn, "reading">): boolean {
  return reading?.as === "text";
}

/** The number of rows of one column. */
function rowsOf(column: Column): number {
  return column.kind === "number" ? (column.values.shape[0] ?? 0) : column.codes.length;
}

/** The targets of a table: none, one or several. */
export function targetsOf({ target, otherTargets = [] }: Pick<Table, "target" | "otherTargets">): readonly Column[] {
  return target === undefined ? otherTargets : [target, ...otherTargets];
}

/** The same table with these targets in place of its own. */
export function withTargets<T extends Table>(
  { target: _, otherTargets: __, ...rest }: T,
  [target, ...otherTargets]: readonly Column[],
): Omit<T, "target" | "otherTargets"> & Pick<Table, "target" | "otherTargets"> {
  return {
    ...rest,
    ...(target === undefined ? {} : { target }),
    ...(otherTargets.length === 0 ? {} : { otherTargets }),
  };
}

/** Options of `table`. */
export interface TableOptions {
  /** How much each row counts in costs and errors: `numberColumn("weight", [1, 0.5, 2])`. Default: all rows count alike. */
  readonly weights?: NumberColumn | undefined;
}

/**
 * A table of columns, with the target or targets. Throws `data/rows` when they differ in length, `data/duplicate-column` when
 * two share a name, and what `rowWeights` throws.
 */
export function table(
  columns: readonly Column[],
  target?: Column | readonly Column[],
  { weights }: TableOptions = {},
): Table {
  const targets = target === undefined ? [] : "kind" in target ? [target] : target;
  const all = [...columns, ...targets, ...(weights === undefined ? [] : [weights])];
  const first = all[0];
  const rows = first === undefined ? 0 : rowsOf(first);
  const names = new Set<string>();
  for (const column of all) {
    if (rowsOf(column) !== rows) {
      const message = `column ${column.name} has ${count(rowsOf(column), "row")}, column ${first?.name} has ${count(rows, "row")}`;
      throw new NablaError("data/rows", message);
    }
    if (names.has(column.name)) throw new NablaError("data/duplicate-column", `two columns are named "${column.name}"`);
    names.add(column.name);
  }
  if (weights !== undefined) rowWeights(weights);
  return withTargets({ rows, columns, ...compact({ weights }) }, targets);
}

/** The rows with the given numbers, in that order, copied. */
function takeColumn<C extends Column>(column: C, indices: ArrayLike<number>): C;
function takeColumn(column: Column, indices: ArrayLike<number>): Column {
  if (column.kind === "number") return { ...column, values: takeRows(column.values, indices) };
  const codes = new Int32Array(indices.length);
  for (let i = 0; i < codes.length; i++) codes[i] = column.codes[indices[i] ?? 0] ?? -1;
  return { ...column, codes };
}

/** The rows with the given numbers of every column, in that order, copied. */
export function takeTable(table: Table, indices: ArrayLike<number>): Table {
  const columns = table.columns.map((column) => takeColumn(column, indices));
  const targets = targetsOf(table).map((column) => takeColumn(column, indices));
  const weights = table.weights && takeColumn(table.weights, indices);
  return withTargets({ rows: indices.length, columns, ...compact({ weights }) }, targets);
}

/** The input column with a name. Throws `data/missing-column` with the nearest names. */
export function columnOf(table: Table, name: string): Column {
  const found = table.columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const names = table.columns.map((column) => column.name);
  const hint =
    names.length === 0 ? "the table has no columns" : `the nearest names are ${listing(nearest(name, names))}`;
  throw new NablaError("data/missing-column", `there is no column "${name}"`, hint);
}

/** The same rows with only the named input columns, in the order of `names`; the target stays. */
export function selectColumns(table: Table, names: readonly string[]): Table {
  return { ...table, columns: names.map((name) => columnOf(table, name)) };
}

/** The shape of one row's value: [] for a plain number. */
export function blockOf(column: NumberColumn): readonly number[] {
  return column.values.shape.slice(1);
}

/** How many numbers one row of a number column holds. */
export function widthOf(column: NumberColumn): number {
  return elementsOf(blockOf(column));
}

/** A code for each different value of a column, in the order they appear; -1 for missing ones. */
export function identityCodes(column: Column): Int32Array {
  if (column.kind === "category") return column.codes;
  return codesOf(column.values.data);
}
