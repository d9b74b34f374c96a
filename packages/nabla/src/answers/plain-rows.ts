/** Rows of plain cells as inputs, without a table in between: numbers and levels as they were learned. */
import { type NdArray, zeros } from "../array/ndarray.ts";
import { preparedInputs } from "../data/apply-preparation.ts";
import type { WantedColumn } from "../data/column-reading.ts";
import { featureFiller } from "../data/fill-features.ts";
import {
  type CategoryPreparation,
  featureCount,
  type NumberPreparation,
  type Preparation,
} from "../data/preparation.ts";
import { scaledNumber } from "../data/scaling.ts";
import type { TextPreparation } from "../data/text-preparation.ts";
import { type Cell, numberCellReader } from "../reading/cell-reader.ts";
import { isGivenWord, missingWords } from "../reading/missing-words.ts";
import type { GivenRows, RowsTable } from "../reading/row-reader.ts";
import { isPlainNumber } from "../reading/written-cells.ts";

/** Writes a cell's features from a place on; false for a cell that the whole way has to look at. */
type WriteCell = (cell: unknown, into: Float32Array, at: number) => boolean;

/** Levels that are looked up by their very text; a column of more of them takes the whole way. */
const MOST_LEVELS = 4096;

/** The inputs of rows, the very numbers that `preparedInputs` gives of their table; undefined for rows that only a table can tell of. */
export type PlainRows = (rows: GivenRows) => NdArray | undefined;

/**
 * A reader of plain rows, which is some tens of times as fast for a single one; `readOne` reads the rows of one column. Undefined
 * for a model with columns of other sorts: dates, or some that were learned without a reading.
 */
export function plainRows(
  preparation: Preparation,
  wanted: readonly WantedColumn[],
  readOne: (column: WantedColumn, rows: GivenRows) => RowsTable,
): PlainRows | undefined {
  const columns = preparation.columns.filter(({ kind }) => kind !== "constant");
  const writers: { readonly name: string; readonly at: number; readonly write: WriteCell }[] = [];
  let features = 0;
  for (const [i, column] of columns.entries()) {
    const own = wanted[i];
    if (own === undefined) return undefined;
    const write =
      column.kind === "number"
        ? numberWriter(column, own)
        : column.kind === "category"
          ? levelWriter(column, { preparation, own, readOne })
          : column.kind === "text"
            ? textWriter(column, own)
            : undefined;
    if (write === undefined) return undefined;
    writers.push({ name: column.name, at: features, write });
    features += featureCount(column);
  }
  return (rows) => {
    const inputs = zeros([rows.length, features]);
    const into = inputs.data as Float32Array;
    for (const [row, cells] of rows.entries()) {
      for (const { name, at, write } of writers)
        if (!Object.hasOwn(cells, name) || !write(cells[name], into, row * features + at)) return undefined;
    }
    return inputs;
  };
}

function numberWriter(preparation: NumberPreparation, { reading }: WantedColumn): WriteCell | undefined {
  if (reading?.as !== "number") return undefined;
  const read = numberCellReader(reading);
  const { indicator, zero = false } = preparation;
  const isPlain = (cell: unknown): cell is Cell =>
    typeof cell === "number" || typeof cell === "string" || typeof cell === "boolean" || cell === null;
  return (cell, into, at) => {
    const value = isPlain(cell) ? read(cell) : undefined;
    if (value === undefined) return false;
    if (value === null || Number.isNaN(value)) {
      if (indicator) into[at + 1] = 1;
    } else {
      into[at] = scaledNumber(preparation, value);
      if (zero && value === 0) into[at + (indicator ? 2 : 1)] = 1;
    }
    return true;
  };
}

/** Numbers, gaps and what is no text are left to the table. */
function textWriter(column: TextPreparation, { name, reading }: WantedColumn): WriteCell | undefined {
  if (reading?.as !== "text") return undefined;
  const words = missingWords(reading.missing);
  const fill = featureFiller(column);
  const codes = Int32Array.of(0);
  return (cell, into, at) => {
    if (typeof cell !== "string") return false;
    const text = cell.trim();
    if (text === "" || isGivenWord(text, words) || isPlainNumber(text)) return false;
    fill({ kind: "category", name, codes, levels: [text] }, { into, at, features: 0 });
    return true;
  };
}

interface LevelSource {
  readonly preparation: Preparation;
  readonly own: WantedColumn;
  readonly readOne: (column: WantedColumn, rows: GivenRows) => RowsTable;
}

/** What each level gives is found the whole way once. */
function levelWriter(column: CategoryPreparation, { preparation, own, readOne }: LevelSource): WriteCell | undefined {
  const { levels, name } = column;
  if (levels.length === 0 || levels.length > MOST_LEVELS) return undefined;
  const table = readOne(
    own,
    levels.map((level) => ({ [name]: level })),
  );
  const [found] = table.columns;
  if (found?.kind !== "category") return undefined;
  const { data } = preparedInputs({ ...preparation, columns: [column] }, table);
  const width = featureCount(column);
  const placeOf = new Map(
    levels.flatMap((level, i) => {
      const place = data.subarray(i * width, (i + 1) * width).indexOf(1);
      return found.codes[i] === i && place >= 0 ? [[level, place] as const] : [];
    }),
  );
  return (cell, into, at) => {
    const place = typeof cell === "string" ? placeOf.get(cell) : undefined;
    if (place === undefined) return false;
    into[at + place] = 1;
    return true;
  };
}
