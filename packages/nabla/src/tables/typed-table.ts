/** A written table as typed columns, read as its survey decided. */
import { ndarray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import { separatorOf } from "../data/joint-targets.ts";
import { wrongWeight } from "../data/row-weights.ts";
import { type Column, type NumberColumn, type Table, takeTable, targetsOf, withTargets } from "../data/table.ts";
import { columnFrom } from "../reading/column-from.ts";
import type { ColumnPlan } from "./column-plan.ts";
import type { Profile, SurveyOptions } from "./profile.ts";
import { survey } from "./survey.ts";
import type { WrittenTable } from "./written-table.ts";

/** A table with what was found in its file. */
export interface ReadTable extends Table {
  readonly profile: Profile;
  /** The columns that group rows, in the requested order. */
  readonly keys?: readonly Column[];
  /** The row of the file, as a spreadsheet shows it, of a row of the table (from 0). */
  readonly fileRow?: (row: number) => Promise<number>;
}

/**
 * Decides and reads a written table. Columns that teach nothing (constant, identifiers, text) are left out with a notice, as are
 * rows without a target. Throws `data/…` errors that name file, row and column and carry the notices.
 */
export async function typedTable(written: WrittenTable, options: SurveyOptions): Promise<ReadTable> {
  const { profile, inputs, keys, weight, targets } = survey(written, options);
  const all = [...inputs, ...keys].map(readAs);
  const weights = weight && readAs(weight);
  const weighted = weights?.kind === "number" ? { weights } : {};
  const read = withTargets({ rows: written.rows, columns: all, ...weighted }, targets.map(readAs));
  const rows = targetedRows(read);
  const { columns, ...table } = rows === undefined ? read : takeTable(read, rows);
  const fileRow = async (row: number): Promise<number> => written.fileRow(rows?.[row] ?? row);
  if (table.weights !== undefined) await checkWeights(table.weights, profile.file, fileRow);
  const grouping = keys.length === 0 ? {} : { keys: columns.slice(inputs.length) };
  return { ...table, columns: columns.slice(0, inputs.length), profile, ...grouping, fileRow };
}

/** Throws `data/weights` for the first row whose weight is none, and where nothing counts. */
async function checkWeights(
  { name, values: { data } }: NumberColumn,
  file: string,
  fileRow: (row: number) => Promise<number>,
): Promise<void> {
  const place = `${file}, column ${name}`;
  const row = wrongWeight(data);
  if (row >= 0) {
    const found = data[row] ?? Number.NaN;
    const what = Number.isNaN(found)
      ? "the weight is missing"
      : `a weight is a number from 0, and this one is ${found}`;
    const message = `${place}, row ${await fileRow(row)}: ${what}`;
    throw new NablaError("data/weights", message, "mend the column, or leave such rows out");
  }
  if (data.length > 0 && !data.some((weight) => weight > 0))
    throw new NablaError("data/weights", `${place}: every weight is 0, so no row counts`, "name another column");
}

// the largest range in which every whole number is a float32
const EXACT_FLOAT32 = 2 ** 24;

function readAs({ column, reading }: ColumnPlan): Column {
  const read = columnFrom(column, reading).column;
  return read.kind === "number" && reading.as === "number" ? narrowed(read) : read;
}

/** Small whole numbers take half the memory. */
function narrowed(column: NumberColumn): NumberColumn {
  const { data } = column.values;
  for (let row = 0; row < data.length; row++) {
    const value = data[row] ?? Number.NaN;
    if (!Number.isNaN(value) && (!Number.isInteger(value) || Math.abs(value) > EXACT_FLOAT32)) return column;
  }
  return { ...column, values: ndarray(Float32Array.from(data), [data.length]) };
}

/** The rows that have all targets, where some have not; a row without labels has an answer. */
function targetedRows(table: Table): Uint32Array | undefined {
  const targets = targetsOf(table).filter((target) => separatorOf(target) === undefined);
  const has = (row: number): boolean =>
    targets.every((target) =>
      target.kind === "number" ? !Number.isNaN(target.values.data[row]) : (target.codes[row] ?? -1) >= 0,
    );
  const found = Uint32Array.from({ length: table.rows }, (_, row) => row).filter(has);
  return found.length === table.rows ? undefined : found;
}
