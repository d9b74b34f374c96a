import { ndarray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import {
  blockOf,
  type CategoryColumn,
  type Column,
  columnOf,
  type NumberColumn,
  type Table,
  table,
  targetsOf,
} from "./table.ts";

/**
 * The rows of one table, then those of another with the same columns. Categories get the levels of both. Throws
 * `data/missing-column` for a column that the second lacks, `data/column-kind` where it holds something else.
 */
export function joinTables(first: Table, second: Table): Table {
  const columns = first.columns.map((column) => joinColumns(column, columnOf(second, column.name)));
  const others = targetsOf(second);
  const targets = targetsOf(first).flatMap((target, i) => {
    const other = others[i];
    return other === undefined ? [] : [joinColumns(target, other)];
  });
  return table(columns, targets, { weights: joinWeights(first, second) });
}

/** Where one of the tables says how much its rows count, those of the other count 1. */
function joinWeights(first: Table, second: Table): NumberColumn | undefined {
  const { name } = first.weights ?? second.weights ?? {};
  if (name === undefined) return undefined;
  const of = ({ weights, rows }: Table): NumberColumn =>
    weights ?? { kind: "number", name, values: ndarray(new Float32Array(rows).fill(1), [rows]) };
  return joinNumbers(of(first), of(second));
}

/** The values of one column, then those of another of its kind. Throws `data/column-kind`. */
export function joinColumns(first: Column, second: Column): Column {
  if (first.kind === "category" && second.kind === "category") return joinCategories(first, second);
  if (first.kind === "number" && second.kind === "number" && String(blockOf(first)) === String(blockOf(second)))
    return joinNumbers(first, second);
  const message = `column ${first.name} is ${showKind(first)} in one table and ${showKind(second)} in the other`;
  throw new NablaError("data/column-kind", message);
}

function showKind(column: Column): string {
  if (column.kind === "category") return "names";
  const block = blockOf(column);
  return block.length === 0 ? "numbers" : `blocks of ${block.join("x")} numbers`;
}

function joinCategories(first: CategoryColumn, second: CategoryColumn): CategoryColumn {
  const levels = [...new Set([...first.levels, ...second.levels])];
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  const slots = second.levels.map((level) => codeOf.get(level) ?? -1);
  const codes = new Int32Array(first.codes.length + second.codes.length);
  codes.set(first.codes);
  for (const [row, code] of second.codes.entries()) codes[first.codes.length + row] = slots[code] ?? -1;
  return { ...first, codes, levels };
}

function joinNumbers(first: NumberColumn, second: NumberColumn): NumberColumn {
  const [a, b] = [first.values, second.values];
  const same = a.dtype === "float32" && b.dtype === "float32";
  const data = same ? new Float32Array(a.data.length + b.data.length) : new Float64Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  const rows = (a.shape[0] ?? 0) + (b.shape[0] ?? 0);
  return { ...first, values: ndarray(data, [rows, ...blockOf(first)]) };
}
