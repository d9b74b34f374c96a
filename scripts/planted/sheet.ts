/** A table as text, as a file holds it. */
export interface Sheet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly target: string;
}

/** The rows that nabla is given, and rows with their true values that it never sees. */
export interface Dealt {
  readonly train: Sheet;
  readonly fresh: Sheet;
}

export type Record = Readonly<{ [column: string]: string | number }>;

/** A sheet of records, numbers with four digits after the point at most. */
export function sheetOf(records: readonly Record[], target: string): Sheet {
  const columns = Object.keys(records[0] ?? {});
  return { columns, target, rows: records.map((record) => columns.map((name) => written(record[name] ?? ""))) };
}

/** A value as a cell. */
function written(value: string | number): string {
  return typeof value === "number" ? `${Number(value.toFixed(4))}` : value;
}

function placeOf(sheet: Sheet, column: string): number {
  const place = sheet.columns.indexOf(column);
  if (place < 0) throw new RangeError(`the sheet has no column ${column}, but ${sheet.columns.join(", ")}`);
  return place;
}

/** The cells of a column. */
export function cellsOf(sheet: Sheet, column: string): string[] {
  const place = placeOf(sheet, column);
  return sheet.rows.map((row) => row[place] ?? "");
}

/** The sheet with other cells in a column; empty cells stay empty. */
export function mapColumn(sheet: Sheet, column: string, change: (cell: string, row: number) => string | number): Sheet {
  const place = placeOf(sheet, column);
  const rows = sheet.rows.map((row, index) =>
    row.map((cell, at) => (at === place && cell !== "" ? written(change(cell, index)) : cell)),
  );
  return { ...sheet, rows };
}

/** The sheet with one more column, before all others. */
export function addColumn(sheet: Sheet, column: string, cells: readonly (string | number)[]): Sheet {
  const rows = sheet.rows.map((row, index) => [written(cells[index] ?? ""), ...row]);
  return { ...sheet, columns: [column, ...sheet.columns], rows };
}

/** The sheet without a column. */
export function dropColumn(sheet: Sheet, column: string): Sheet {
  const place = placeOf(sheet, column);
  const without = (list: readonly string[]): string[] => list.filter((_, at) => at !== place);
  return { ...sheet, columns: without(sheet.columns), rows: sheet.rows.map(without) };
}

/** A sheet as CSV. */
export function toCsv({ columns, rows }: Sheet): string {
  const line = (cells: readonly string[]): string => cells.map(quoted).join(",");
  return `${[columns, ...rows].map(line).join("\n")}\n`;
}

function quoted(cell: string): string {
  return /[",\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** The records of a CSV text, quotes taken off. */
export function fromCsv(text: string): string[][] {
  const cells = text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g);
  const records: string[][] = [[]];
  for (const [all, cell = "", end = ""] of cells) {
    if (all === "") break;
    records.at(-1)?.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end !== ",") records.push([]);
  }
  return records.filter((record) => record.length > 0);
}
