/** Excel workbooks (.xlsx): Office Open XML, ECMA-376 part 1, chapter 18. */
import { posix } from "node:path";
import { count, listing, NablaError, type Notice, nearest } from "nabla";
import type { DataPart } from "./data-part.ts";
import type { Bytes, ExpansionLimit } from "./decompress.ts";
import { builtInFormat, formatOfCode, type NumberFormat, plainNumber } from "./number-format.ts";
import {
  CELL_END,
  type DeclaredTable,
  declaredTable,
  SheetFault,
  type SheetRows,
  sheetRows,
  unescaped,
  type WorkbookContext,
} from "./sheet-rows.ts";
import { readXml } from "./xml-events.ts";
import type { ZipEntry } from "./zip-archive.ts";

/** Which sheet of a workbook is read. */
export interface SheetChoice {
  /** Its name, or its number from 1; default the first that is not hidden. */
  readonly sheet?: string | number;
}

interface Sheet {
  readonly name: string;
  readonly hidden: boolean;
  /** Where its cells are in the archive. */
  readonly place: string;
}

interface Workbook extends Pick<WorkbookContext, "from1904"> {
  readonly sheets: readonly Sheet[];
  readonly strings?: string;
  readonly styles?: string;
}

/** Whether the files of a zip archive are those of a workbook. */
export function isWorkbook(entries: readonly ZipEntry[]): boolean {
  return (
    has(entries, /^\[content_types\]\.xml$/i) && has(entries, /^xl\/.*\.xml$/i) && !has(entries, /^xl\/workbook\.bin$/i)
  );
}

const documents: readonly (readonly [file: RegExp, what: string, hint: string])[] = [
  [/^xl\/workbook\.bin$/i, "a binary Excel workbook (.xlsb)", "open it in a spreadsheet, and save it as .xlsx or CSV"],
  [/^word\//i, "a Word document", "copy its table into a spreadsheet, and save it as .xlsx or CSV"],
  [/^ppt\//i, "a PowerPoint presentation", "copy its table into a spreadsheet, and save it as .xlsx or CSV"],
  [/^Index\/Document\.iwa$|^Index\.zip$/i, "a Numbers spreadsheet", "export it as .xlsx or CSV"],
  [/^content\.xml$/i, "an OpenDocument file (.ods)", "open it in a spreadsheet, and save it as .xlsx or CSV"],
  [/(?:^|\/)data\.pkl$/i, "a PyTorch file", "it holds tensors, not a table: write them as CSV in Python"],
  [/^META-INF\/MANIFEST\.MF$/i, "a Java archive", "name a data file"],
];

/** The error about an archive that is a document of another program. */
export function unreadableDocument(entries: readonly ZipEntry[], name: string): NablaError | undefined {
  const found = documents.find(([file]) => has(entries, file));
  return found && new NablaError("data/binary", `${name} is ${found[1]}`, found[2]);
}

function has(entries: readonly ZipEntry[], file: RegExp): boolean {
  return entries.some(({ name }) => file.test(name));
}

/**
 * A sheet of a workbook as CSV: numbers with a decimal point, dates in ISO form, true and false, the stored results of
 * formulas; errors such as #DIV/0! are missing. Row n of the CSV is row n of the sheet, and columns without any value are
 * left out. Throws `data/sheet` for a sheet that is not there, `data/empty` for one without cells, `data/damaged`.
 */
export async function sheetPart(
  entries: readonly ZipEntry[],
  { name, sheet: asked, limit = {} }: SheetChoice & { readonly name: string; readonly limit?: ExpansionLimit },
): Promise<{ readonly part: DataPart; readonly notices: readonly Notice[] }> {
  try {
    const contents = new Map(entries.map((entry) => [entry.name.toLowerCase(), () => entry.bytes(limit)]));
    const { sheets, strings, styles, from1904 } = await readWorkbook(contents);
    const sheet = chosen(sheets, asked, name);
    const context = {
      from1904,
      strings: strings === undefined ? [] : await readStrings(contentOf(contents, strings)),
      formats: styles === undefined ? [] : await readFormats(contentOf(contents, styles)),
    };
    const found = await sheetRows(contentOf(contents, sheet.place), context);
    const { table, totals } = withoutTotals(found, await readTables(contents, sheet.place));
    const others = sheets.filter((other) => other !== sheet && !other.hidden).map((other) => other.name);
    const called = sheets.length > 1 ? `${name} (${sheet.name})` : name;
    if (table.rows.length === 0) throw emptySheet(sheet.name, name, others);
    const notices = noticesOf(table, called);
    if (totals !== undefined)
      notices.push({
        code: "data/left-out",
        message: `${called}: row ${totals} left out: it holds the totals of a table`,
      });
    if (asked === undefined && others.length > 0) {
      const message = `${name} holds ${sheets.length} sheets, and ${sheet.name} is read; --sheet names another: ${listing(others, "or")}`;
      notices.unshift({ code: "data/sheet", message });
    }
    return { part: { name: called, format: "csv", plain: true, bytes: () => csvOf(table) }, notices };
  } catch (error) {
    if (error instanceof NablaError || !(error instanceof Error)) throw error;
    const why = error instanceof SheetFault ? error.message : `its XML is not whole: ${error.message}`;
    throw new NablaError(
      "data/damaged",
      `${name}: the workbook is damaged: ${why}`,
      "open it in a spreadsheet, and save it anew",
    );
  }
}

/** The tables that a sheet declares. */
async function readTables(contents: Contents, place: string): Promise<readonly DeclaredTable[]> {
  const relations = await readRelations(contents, place);
  const tables: DeclaredTable[] = [];
  for (const { kind, target } of relations.values()) {
    const table = kind === "table" ? await declaredTable(contentOf(contents, target)) : undefined;
    if (table !== undefined) tables.push(table);
  }
  return tables;
}

/** The rows without the totals below the only table, and which row of the sheet they are. */
function withoutTotals(
  found: SheetRows,
  tables: readonly DeclaredTable[],
): { readonly table: SheetRows; readonly totals?: number } {
  const [table] = tables;
  if (table?.totals !== true || tables.length > 1 || table.last > found.rows.length) return { table: found };
  const below = found.rows.slice(table.last);
  const rows = below.every((row) => row === "")
    ? found.rows.slice(0, table.last - 1)
    : found.rows.with(table.last - 1, "");
  return { table: { ...found, rows }, totals: table.last };
}

function chosen(sheets: readonly Sheet[], asked: string | number | undefined, name: string): Sheet {
  const byName = (test: (sheet: string) => boolean): Sheet | undefined => sheets.find((sheet) => test(sheet.name));
  const found =
    asked === undefined
      ? (sheets.find(({ hidden }) => !hidden) ?? sheets[0])
      : (byName((sheet) => sheet === String(asked)) ??
        byName((sheet) => sheet.trim().toLowerCase() === String(asked).trim().toLowerCase()) ??
        (/^\d+$/.test(String(asked)) ? sheets[Number(asked) - 1] : undefined));
  if (found !== undefined) return found;
  if (asked === undefined)
    throw new NablaError("data/empty", `${name} holds no sheets with cells`, "check how it was exported");
  const names = sheets.map((sheet) => sheet.name);
  const message = `${name} holds no sheet "${asked}"; it holds ${listing(names)}`;
  const [near = names[0] ?? "1"] = nearest(String(asked), names);
  throw new NablaError("data/sheet", message, `--sheet "${near}"`);
}

function emptySheet(sheet: string, name: string, others: readonly string[]): NablaError {
  const [other] = others;
  return new NablaError(
    "data/empty",
    `${name}: the sheet ${sheet} is empty`,
    other === undefined ? "check how it was exported" : `--sheet "${other}" reads another; it holds ${listing(others)}`,
  );
}

function noticesOf(table: SheetRows, name: string): Notice[] {
  const notices: Notice[] = [];
  const note = (message: string): void => void notices.push({ code: "data/sheet", message: `${name}: ${message}` });
  const errors = [...table.errors.values()].reduce((sum, many) => sum + many, 0);
  if (errors > 0)
    note(`${count(errors, "cell")} with an error (${listing([...table.errors.keys()])}), read as missing`);
  if (table.uncomputed > 0)
    note(
      `${count(table.uncomputed, "formula")} without a stored result, read as missing; a spreadsheet stores them when it saves the file`,
    );
  if (table.merged > 0) note(`${count(table.merged, "merged cell")} over several rows, read in each of them`);
  if (table.durations > 0) note(`${count(table.durations, "duration")}, read in days`);
  if (table.hiddenRows > 0) note(`${count(table.hiddenRows, "hidden row")}, read like the others`);
  return notices;
}

/** What the files of a workbook hold, by their paths in lower case. */
type Contents = ReadonlyMap<string, () => Bytes>;

function contentOf(contents: Contents, place: string): Bytes {
  const entry = contents.get(place.toLowerCase());
  if (entry === undefined) throw new SheetFault(`it lacks ${place}`);
  return entry();
}

interface Relation {
  readonly kind: string;
  readonly target: string;
}

/** What a part of the workbook refers to, by identifier; empty where it refers to nothing. */
async function readRelations(contents: Contents, of: string): Promise<ReadonlyMap<string, Relation>> {
  const folder = posix.dirname(of);
  const place = posix.join(folder, "_rels", `${posix.basename(of)}.rels`);
  const found = new Map<string, Relation>();
  if (!contents.has(place.toLowerCase())) return found;
  await readXml(contentOf(contents, place), {
    open: (name, { Id = "", Type = "", Target = "" }) => {
      if (name !== "Relationship") return;
      const target = Target.startsWith("/") ? Target.slice(1) : posix.join(folder, Target);
      found.set(Id, { kind: posix.basename(Type), target });
    },
  });
  return found;
}

async function readWorkbook(contents: Contents): Promise<Workbook> {
  const root = await readRelations(contents, "");
  const place = [...root.values()].find(({ kind }) => kind === "officeDocument")?.target ?? "xl/workbook.xml";
  const relations = await readRelations(contents, place);
  const sheets: Sheet[] = [];
  let from1904 = false;
  await readXml(contentOf(contents, place), {
    open: (name, attributes) => {
      if (name === "workbookPr") from1904 = ["1", "true"].includes(attributes.date1904 ?? "");
      if (name !== "sheet") return;
      const id = Object.entries(attributes).find(([key]) => /:id$/.test(key))?.[1] ?? "";
      const relation = relations.get(id);
      // sheets of charts and macros have no cells
      if (relation?.kind === "worksheet")
        sheets.push({
          name: attributes.name ?? "",
          hidden: (attributes.state ?? "visible") !== "visible",
          place: relation.target,
        });
    },
  });
  const targetOf = (kind: string): string | undefined =>
    [...relations.values()].find((relation) => relation.kind === kind)?.target;
  const [strings, styles] = [targetOf("sharedStrings"), targetOf("styles")];
  return {
    sheets,
    from1904,
    ...(strings === undefined ? {} : { strings }),
    ...(styles === undefined ? {} : { styles }),
  };
}

/** The texts that cells refer to, formatting and pronunciation left out. */
async function readStrings(source: Bytes): Promise<readonly string[]> {
  const strings: string[] = [];
  let [text, inside, phonetic] = ["", false, 0];
  await readXml(source, {
    open: (name) => {
      if (name === "si") text = "";
      else if (name === "rPh") phonetic += 1;
      else if (name === "t") inside = phonetic === 0;
    },
    text: (piece) => {
      if (inside) text += piece;
    },
    close: (name) => {
      if (name === "t") inside = false;
      else if (name === "rPh") phonetic -= 1;
      else if (name === "si") strings.push(unescaped(text));
    },
  });
  return strings;
}

/** The number formats of the styles of cells. */
async function readFormats(source: Bytes): Promise<readonly NumberFormat[]> {
  const codes = new Map<number, NumberFormat>();
  const formats: NumberFormat[] = [];
  let within = false;
  await readXml(source, {
    open: (name, attributes) => {
      const id = Number(attributes.numFmtId ?? 0);
      if (name === "numFmt") codes.set(id, formatOfCode(attributes.formatCode ?? ""));
      else if (name === "cellXfs") within = true;
      else if (name === "xf" && within) formats.push(codes.get(id) ?? builtInFormat(id) ?? plainNumber);
    },
    close: (name) => {
      if (name === "cellXfs") within = false;
    },
  });
  return formats;
}

const CHUNK_CHARACTERS = 1 << 16;

/**
 * A sheet as CSV, its rows where they are in the sheet; rows without cells are empty lines, and titles above the table are
 * lines of one value.
 */
async function* csvOf({ rows, columns }: SheetRows): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  let text = "";
  let above = columns.length > 1;
  for (const row of rows) {
    const cells = row.split(CELL_END);
    above &&= cells.filter((cell) => cell !== "").length < 2;
    if (above) text += quoted(cells.find((cell) => cell !== "") ?? "");
    else if (row !== "") text += columns.map((column) => quoted(cells[column] ?? "")).join(",");
    text += "\n";
    if (text.length < CHUNK_CHARACTERS) continue;
    yield encoder.encode(text);
    text = "";
  }
  if (text !== "") yield encoder.encode(text);
}

function quoted(cell: string): string {
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
