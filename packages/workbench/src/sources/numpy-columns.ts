/** Arrays of NumPy as written columns: each array a column, a matrix as many as it has. */
import { type ColumnCells, numberCells, textCells } from "nabla/tables";
import { type ColumnsFile, chunksOfColumns } from "./columns-file.ts";
import { holdsTexts, type NamedArray, readArrays } from "./numpy-arrays.ts";

/** Opens a `.npz` or `.npy` file. Throws what `readArrays` throws. */
export async function numpyFile(path: string, name: string): Promise<ColumnsFile> {
  const { rows, arrays, columnNames, parts, unreadable, notices } = await readArrays(path, name);
  const columns = arrays.flatMap((array) => columnsOf(array, { rows, columnNames }));
  const message =
    "train, dev and test arrays are read one after another, and divided anew; --split says how, a file of each keeps them";
  return {
    unreadable,
    notices: parts === undefined ? notices : [...notices, { code: "data/parts", message }],
    chunks: (size) => chunksOfColumns(columns, { rows, size }),
  };
}

interface Rows {
  readonly rows: number;
  readonly columnNames: readonly string[];
}

function columnsOf(array: NamedArray, { rows, columnNames }: Rows): readonly ColumnCells[] {
  const { name, shape, values } = array;
  const width = rows === 0 ? 0 : values.length / rows;
  const isNamed = shape.length === 2 && columnNames.length === width;
  return Array.from({ length: width }, (_, k) => {
    const called = isNamed ? (columnNames[k] ?? name) : width === 1 ? name : `${name}[${k}]`;
    const cell = (_value: unknown, row: number): unknown => values[row * width + k];
    return holdsTexts(array)
      ? textCells(
          called,
          Array.from({ length: rows }, (value, row) => String(cell(value, row))),
          "text",
        )
      : numberCells(
          called,
          Float64Array.from({ length: rows }, (value, row) => Number(cell(value, row))),
          "number",
        );
  });
}
