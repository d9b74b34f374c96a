import {
  type CategoryColumn,
  type ColumnReading,
  compact,
  count,
  grouped,
  known,
  listing,
  NablaError,
  type Notice,
  type Source,
  type Table,
  withTargets,
} from "nabla";
import { type CountedText, columnFrom, decideColumn, faultError, type WrittenColumn } from "nabla/reading";
import { missingColumn, type WrittenRows } from "nabla/tables";
import type { FileOptions } from "./profile.ts";
import { shortList } from "./source-files.ts";
import { partNotices, writtenChunks } from "./written-table.ts";

/** A column that a model expects. */
export interface ExpectedColumn {
  readonly name: string;
  readonly kind: "number" | "category";
  /** How its cells are read; left out, as the first rows of the file show it. */
  readonly reading?: ColumnReading;
  /** The levels that the model knows. */
  readonly levels?: readonly string[];
}

/** Options of `scan`. */
export interface ScanOptions extends FileOptions {
  readonly columns: readonly ExpectedColumn[];
  /** Targets, read too where given; rows without one stay, with a missing value. */
  readonly targets?: readonly ExpectedColumn[];
  /** The column that says how much rows count; where it need not be there and is not, rows count alike, as by default. */
  readonly weights?: { readonly column: string; readonly needed: boolean } | undefined;
  /** What becomes of a cell that is not what its column holds; default an error that names it. */
  readonly badCells?: "error" | "missing";
  /** Columns whose cells come as they are written, whatever they hold, beside those that are read. None by default. */
  readonly keep?: readonly string[];
  /** Rows in a chunk, but for the last; default 8,192. */
  readonly chunkRows?: number;
}

/** Levels that a model has never seen, with the cells that hold them. */
export interface UnseenLevels {
  readonly column: string;
  readonly levels: readonly CountedText[];
}

/** Rows of a file. */
export interface ScannedTable extends Table {
  /** The columns that were to be kept, in their order: each different cell is a level, an empty one none. */
  readonly kept: readonly CategoryColumn[];
}

/** Tables of a few thousand rows each, in the file's order; what one needs of memory does not grow with the file. */
export interface Scan extends Source {
  readonly [Symbol.asyncIterator]: () => AsyncIterator<ScannedTable>;
  /** Columns of the file that were not requested. */
  readonly extra: readonly string[];
  /** Levels of categories, and classes of the target, that the model has never seen, in the rows read so far. */
  readonly unseen: () => readonly UnseenLevels[];
  /** How the files were understood that were read so far: what is left out before, between and after their rows. */
  readonly notices: () => readonly Notice[];
  /** Cells that did not fit and are missing, in the rows read so far. */
  readonly gaps: () => number;
  /** How many rows were read so far. */
  readonly read: () => number;
  /** The place of a row (from 0) of all that were read so far: `row 12`, of several files `b.csv, row 12`. */
  readonly placeOf: (row: number) => string;
}

const CHUNK_ROWS = 8192;

/**
 * Opens a file to be read in chunks with the columns that a model expects, in any order in the file. A category with the
 * levels of a model keeps their codes; levels never seen come after them. Throws `files/…` and `data/…`, at once for
 * `data/missing-column` (named, with the nearest names), while reading for a cell of the wrong kind (with its row).
 */
export async function scan(path: string, { columns, targets = [], ...options }: ScanOptions): Promise<Scan> {
  const { chunkRows = CHUNK_ROWS, badCells = "error", keep = [], weights, ...form } = options;
  const asked = [...columns, ...targets];
  const { names, name } = await namesIn(path, { ...form, expected: [...asked.map((column) => column.name), ...keep] });
  const weighs = weights !== undefined && (weights.needed || names.includes(weights.column));
  const expected = weighs ? [...asked, { name: weights.column, kind: "number" as const }] : asked;
  for (const column of [...expected.map((one) => one.name), ...keep]) {
    if (!names.includes(column)) throw missingColumn({ file: name, names }, column);
  }
  const novel = new Map<string, Map<string, number>>();
  const places: { readonly name: string; readonly before: number; readonly fileRow: (row: number) => number }[] = [];
  const noticed = new Map<string, Notice[]>();
  const together: Notice[] = [];
  let [gaps, read] = [0, 0];
  async function* tables(): AsyncGenerator<ScannedTable, void, undefined> {
    const readings = new Map<string, ColumnReading>();
    novel.clear();
    noticed.clear();
    places.length = together.length = gaps = read = 0;
    for await (const rows of writtenChunks(path, { ...form, rowsPerChunk: chunkRows })) {
      together.push(...rows.sourceNotices);
      noticed.set(rows.name, [...(noticed.get(rows.name) ?? []), ...rows.notices]);
      places.push({ name: rows.name, before: read, fileRow: rows.fileRow });
      const cells = expected.map((column) => {
        const written = writtenIn(rows, column.name);
        const reading = column.reading ?? readings.get(column.name) ?? readingFor(written, column);
        readings.set(column.name, reading);
        const { column: found, faults, unseen } = columnFrom(written, reading, compact({ levels: column.levels }));
        if (badCells === "error")
          checkFaults(faults, { rows, column: column.name, reading, learned: column.reading !== undefined });
        gaps += faults.reduce((sum, { count }) => sum + count, 0);
        if (column.levels !== undefined) addUnseen(novel, column.name, unseen);
        return found;
      });
      read += rows.rows;
      const kept = keep.map((column) => keptColumn(writtenIn(rows, column)));
      const counted = weighs ? cells.at(-1) : undefined;
      const inputs = { rows: rows.rows, columns: cells.slice(0, columns.length) };
      yield {
        ...withTargets(inputs, cells.slice(columns.length, asked.length)),
        ...(counted?.kind === "number" ? { weights: counted } : {}),
        kept,
      };
    }
  }
  return {
    extra: names.filter((column) => !keep.includes(column) && expected.every((one) => one.name !== column)),
    unseen: () =>
      [...novel].map(([column, levels]) => ({ column, levels: [...levels].map(([text, count]) => ({ text, count })) })),
    notices: () => [
      ...together,
      ...partNotices([...noticed].map(([part, notices]) => ({ name: part, notices: distinct(notices) }))),
    ],
    gaps: () => gaps,
    read: () => read,
    placeOf: (row) => {
      const {
        name: part,
        before,
        fileRow,
      } = known(
        places.findLast((one) => one.before <= row),
        "a row",
      );
      const several = places.some((one) => one.name !== part);
      return `${several ? `${part}, ` : ""}row ${fileRow(row - before)}`;
    },
    [Symbol.asyncIterator]: tables,
  };
}

const MOST_NAMED = 5;

/** Chunks of one file may repeat what they noticed. */
function distinct(notices: readonly Notice[]): readonly Notice[] {
  return [...new Map(notices.map((notice) => [notice.message, notice])).values()];
}

/** What a person should know of the rows that a scan has read: what was left out, levels never seen, cells that did not fit. */
export function scanNotices(
  { unseen, gaps, read, notices: understood }: Pick<Scan, "unseen" | "gaps" | "read" | "notices">,
  expected: readonly ExpectedColumn[],
): readonly Notice[] {
  const rows = read();
  const inputs = unseen().filter(({ column }) => expected.some(({ name }) => name === column));
  const levelNotices = inputs.map(({ column, levels }) => {
    const cells = levels.reduce((sum, level) => sum + level.count, 0);
    const shown = levels.toSorted((a, b) => b.count - a.count).slice(0, MOST_NAMED);
    const more = levels.length > shown.length ? [`${grouped(levels.length - shown.length)} more`] : [];
    const named = listing([...shown.map((level) => `"${level.text}" (${grouped(level.count)})`), ...more]);
    const seen = expected.find(({ name }) => name === column)?.levels ?? [];
    const hold =
      cells === 1 ? "1 cell holds a level" : `${cells === rows ? "all " : ""}${grouped(cells)} cells hold levels`;
    const rest = cells === rows ? `; the model knows ${shortList(seen)}` : "";
    return {
      code: "predict/unseen",
      message: `column ${column}: ${hold} that the model has never seen: ${named}${rest}`,
    };
  });
  const left = gaps();
  const notices: readonly Notice[] = [...understood(), ...levelNotices];
  if (left === 0) return notices;
  const message = `${count(left, "cell")} that ${left === 1 ? "is" : "are"} not what the column holds, read as missing`;
  return [...notices, { code: "data/bad-cells", message }];
}

/** The names of a file's columns, read from its first rows. Throws `files/…` and `data/…`. */
export async function columnNames(path: string, options: FileOptions = {}): Promise<readonly string[]> {
  return (await namesIn(path, { ...options, expected: [] })).names;
}

/** The names of columns by the first rows, or by all of them while one is not found: later objects may have further keys. */
async function namesIn(
  path: string,
  { expected, ...options }: FileOptions & { readonly expected: readonly string[] },
): Promise<{ readonly name: string; readonly names: readonly string[] }> {
  const names = new Set<string>();
  let file = path;
  for await (const { name, columns } of writtenChunks(path, { ...options, rowsPerChunk: CHUNK_ROWS })) {
    file = name;
    for (const column of columns) names.add(column.name);
    if (expected.every((column) => names.has(column))) break;
  }
  return { name: file, names: [...names] };
}

/** The cells of a column as they are written: no word means a missing value, and each text is a level. */
function keptColumn(written: WrittenColumn): CategoryColumn {
  const { column } = columnFrom(written, { as: "text", missing: [""] });
  if (column.kind === "category") return column;
  throw new NablaError("data/column-kind", `column ${column.name} was not read as text`);
}

function writtenIn({ columns, rows }: WrittenRows, name: string): WrittenColumn {
  return columns.find((column) => column.name === name) ?? emptyColumn(name, rows);
}

/** A column without a value, where no object of a chunk has its key. */
function emptyColumn(name: string, rows: number): WrittenColumn {
  const numbers = new Float64Array(rows).fill(Number.NaN);
  return { name, rows, numbers, texts: [], counts: [], spellings: new Map() };
}

/** How a column is read that a model of an earlier version expects, which kept no readings. */
function readingFor(written: WrittenColumn, { kind }: ExpectedColumn): ColumnReading {
  const { reading } = decideColumn(written);
  if (kind === "category")
    return reading.as === "category" ? reading : decideColumn(written, { as: "category" }).reading;
  return reading.as === "number" || reading.as === "date" ? reading : { as: "number" };
}

interface ReadCells {
  readonly rows: WrittenRows;
  readonly column: string;
  readonly reading: ColumnReading;
  /** The reading is that of a model. */
  readonly learned: boolean;
}

function checkFaults(faults: Parameters<typeof faultError>[0], { rows, ...cells }: ReadCells): void {
  const error = faultError(faults, { ...cells, source: `${rows.name}, `, rowOf: rows.fileRow });
  if (error !== undefined) throw error;
}

function addUnseen(found: Map<string, Map<string, number>>, column: string, unseen: readonly CountedText[]): void {
  if (unseen.length === 0) return;
  const levels = found.get(column) ?? new Map<string, number>();
  found.set(column, levels);
  for (const { text, count } of unseen) levels.set(text, (levels.get(text) ?? 0) + count);
}
