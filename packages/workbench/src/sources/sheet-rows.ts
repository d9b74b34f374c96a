import type { Bytes } from "./decompress.ts";
import { formatted, type NumberFormat, plainNumber } from "./number-format.ts";
import { readXml } from "./xml-events.ts";

/** What the cells of a sheet refer to. */
export interface WorkbookContext {
  readonly strings: readonly string[];
  /** By the number of the style of a cell. */
  readonly formats: readonly NumberFormat[];
  /** Days are counted from 1904, as in workbooks of old Macs. */
  readonly from1904: boolean;
}

/** A sheet as texts. */
export interface SheetRows {
  /** By their number less 1, up to the last that holds something: its cells joined by CELL_END, without empty ones at its end. */
  readonly rows: readonly string[];
  /** The columns that hold something, in order. */
  readonly columns: readonly number[];
  /** Cells that are errors such as #DIV/0!, by which, and how many. */
  readonly errors: ReadonlyMap<string, number>;
  /** Formulas whose result is not stored. */
  readonly uncomputed: number;
  readonly durations: number;
  readonly hiddenRows: number;
  /** Cells that reach over several rows. */
  readonly merged: number;
}

/** Stands between the cells of a row: XML cannot hold it. */
export const CELL_END = "\x1f";

const MOST_ROWS = 1_048_576;
const MOST_COLUMNS = 16_384;
const MOST_FILLED = 20_000_000;

/** Why a sheet cannot be read. */
export class SheetFault extends Error {}

/** A cell while it is read. */
interface Cell {
  readonly column: number;
  readonly type: string;
  readonly style: number;
  value: string | undefined;
  formula: boolean;
}

/** Reads the cells of a sheet. Throws SheetFault, and what `readXml` throws. */
export async function sheetRows(source: Bytes, context: WorkbookContext): Promise<SheetRows> {
  const rows: string[] = [];
  const used: boolean[] = [];
  const merges: string[] = [];
  const errors = new Map<string, number>();
  const counts = { uncomputed: 0, durations: 0, hiddenRows: 0 };
  let [row, next] = [0, 0];
  let cells: string[] = [];
  let cell: Cell | undefined;
  let text: string | undefined;
  let phonetic = 0;
  const put = (found: Cell): void => {
    const value = textOf(found, context, errors, counts);
    if (value === "") return;
    while (cells.length < found.column) cells.push("");
    cells[found.column] = value;
    used[found.column] = true;
  };
  await readXml(source, {
    open: (name, attributes) => {
      if (name === "row") {
        const number = attributes.r === undefined ? row + 1 : Number(attributes.r);
        if (!Number.isInteger(number) || number <= row || number > MOST_ROWS)
          throw new SheetFault(`row ${attributes.r} does not follow row ${row}`);
        if (attributes.hidden === "1" || attributes.hidden === "true") counts.hiddenRows += 1;
        [row, next, cells] = [number, 0, []];
      } else if (name === "c") {
        const column = attributes.r === undefined ? next : columnOf(attributes.r);
        if (column >= MOST_COLUMNS)
          throw new SheetFault(`row ${row} has a cell ${attributes.r ?? ""} beyond the last column`);
        next = column + 1;
        cell = {
          column,
          type: attributes.t ?? "n",
          style: Number(attributes.s ?? 0),
          value: undefined,
          formula: false,
        };
      } else if (name === "v" || name === "t") text = "";
      else if (name === "f" && cell !== undefined) cell.formula = true;
      else if (name === "rPh") phonetic += 1;
      else if (name === "mergeCell") merges.push(attributes.ref ?? "");
    },
    text: (piece) => {
      if (text !== undefined) text += piece;
    },
    close: (name) => {
      if ((name === "v" || name === "t") && text !== undefined) {
        if (cell !== undefined && phonetic === 0) cell.value = name === "t" ? (cell.value ?? "") + text : text;
        text = undefined;
      } else if (name === "rPh") phonetic -= 1;
      else if (name === "c" && cell !== undefined) {
        put(cell);
        cell = undefined;
      } else if (name === "row" && cells.length > 0) {
        while (rows.length < row - 1) rows.push("");
        rows.push(cells.join(CELL_END));
      }
    },
  });
  const merged = fillMerged(rows, merges);
  const columns = Array.from(used.entries()).flatMap(([column, there]) => (there ? [column] : []));
  return { rows, columns, errors, merged, ...counts };
}

/** The column of a cell from 0 by its address: 27 of AB12. */
function columnOf(address: string): number {
  let column = 0;
  for (let i = 0; i < address.length; i++) {
    const letter = address.charCodeAt(i) & ~32;
    if (letter < 65 || letter > 90) break;
    column = 26 * column + letter - 64;
  }
  if (column === 0) throw new SheetFault(`a cell has the address ${address}`);
  return column - 1;
}

function textOf(
  { type, style, value, formula }: Cell,
  { strings, formats, from1904 }: WorkbookContext,
  errors: Map<string, number>,
  counts: { uncomputed: number; durations: number },
): string {
  if (value === undefined || value === "") {
    if (formula && value === undefined) counts.uncomputed += 1;
    return "";
  }
  if (type === "s") {
    const text = strings[Number(value)];
    if (text === undefined) throw new SheetFault(`a cell holds text ${value}, and there are ${strings.length} texts`);
    return text;
  }
  if (type === "b") return value === "1" || value === "true" ? "true" : "false";
  if (type === "e") {
    errors.set(value, (errors.get(value) ?? 0) + 1);
    return "";
  }
  if (type !== "n") return unescaped(value);
  const number = Number(value);
  if (!Number.isFinite(number)) throw new SheetFault(`a number is written as ${value}`);
  const format = formats[style] ?? plainNumber;
  if (format.duration) counts.durations += 1;
  return formatted(number, format, from1904);
}

/** A text of a workbook, which spells signs that XML cannot hold as _x000D_, with its blanks trimmed. */
export function unescaped(text: string): string {
  const plain = text.includes("_x")
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;
  return plain.replaceAll(CELL_END, " ").trim();
}

/** A table that a sheet declares. */
export interface DeclaredTable {
  readonly name: string;
  /** The number of its last row from 1. */
  readonly last: number;
  /** Its last row holds totals, not a record. */
  readonly totals: boolean;
}

/** The table of a part of the workbook that declares one; undefined where that says nothing of its place. */
export async function declaredTable(source: Bytes): Promise<DeclaredTable | undefined> {
  let found: DeclaredTable | undefined;
  await readXml(source, {
    open: (name, { ref = "", totalsRowCount = "0", displayName = "" }) => {
      const last = Number(/\d+$/.exec(ref)?.[0]);
      if (name === "table" && last > 0) found = { name: displayName, last, totals: Number(totalsRowCount) > 0 };
    },
  });
  return found;
}

/** Writes the value of each cell that reaches over several rows into all of them; says how many there are. */
function fillMerged(rows: string[], merges: readonly string[]): number {
  let [merged, filled] = [0, 0];
  for (const reference of merges) {
    const match = /^([A-Z]{1,3})(\d+):[A-Z]{1,3}(\d+)$/i.exec(reference);
    if (match === null) continue;
    const [, letters = "", first = "", last = ""] = match;
    const [top, bottom, column] = [Number(first) - 1, Math.min(Number(last), rows.length), columnOf(letters)];
    const value = rows[top]?.split(CELL_END)[column] ?? "";
    if (value === "" || bottom <= top + 1) continue;
    merged += 1;
    filled += bottom - top;
    if (filled > MOST_FILLED) throw new SheetFault("its merged cells lie on each other");
    for (let row = top + 1; row < bottom; row++) {
      const cells = rows[row]?.split(CELL_END) ?? [];
      while (cells.length <= column) cells.push("");
      if (cells[column] !== "") continue;
      cells[column] = value;
      rows[row] = cells.join(CELL_END);
    }
  }
  return merged;
}
