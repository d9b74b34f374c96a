/** A table as it was written, whichever format its files have: the columns of all parts, before anything is decided. */
import { compact, known, NablaError, type Notice } from "nabla";
import { textRows, type WrittenRows, type WrittenTable } from "nabla/tables";
import { columnsFormats } from "./columns-formats.ts";
import { formatNames } from "./data-format.ts";
import type { DataPart } from "./data-part.ts";
import { type DataSource, hashData, openData } from "./data-source.ts";
import { joinParts } from "./join-parts.ts";
import { pathsIn } from "./paths-in.ts";
import type { FileOptions } from "./profile.ts";
import { sourceFiles } from "./source-files.ts";
import { spool } from "./spool.ts";

/** A chunk of a table; the first one carries what is noticed of all files together. */
interface SourceRows extends WrittenRows {
  readonly sourceNotices: readonly Notice[];
}

/** Reads a whole table. Throws `files/…` and `data/…` errors that name file and row. */
export async function readWritten(path: string, options: FileOptions = {}): Promise<WrittenTable> {
  await using source = await openTable(path, options);
  const parts: WrittenRows[] = [];
  for (const part of source.parts) parts.push(await readPart(part, options));
  const [first] = parts;
  if (first === undefined) throw new NablaError("data/no-rows", `${source.name} has no rows`);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const partOf = (row: number): { readonly part: WrittenRows; readonly row: number } => {
    let before = 0;
    for (const part of parts) {
      if (row < before + part.rows) return { part, row: row - before };
      before += part.rows;
    }
    return { part: first, row };
  };
  return {
    name: source.name,
    columns: joinParts(parts),
    rows,
    form: first.form,
    unreadable: first.unreadable,
    notices: [...source.notices, ...partNotices(parts)],
    placeOf: (row) => {
      const found = partOf(row);
      return `${found.part.name}, row ${found.part.fileRow(found.row)}`;
    },
    fileRow: (row) => {
      const found = partOf(row);
      return found.part.fileRow(found.row);
    },
  };
}

async function openTable(path: string, { sheet, format, maxExpansion }: FileOptions = {}): Promise<DataSource> {
  const expansion = maxExpansion === undefined ? undefined : { times: maxExpansion };
  return await openData(await pathsIn(path), compact({ sheet, format, expansion }));
}

/** SHA-256 of the files that a path means, in hexadecimal, whatever they hold. Throws `files/…`. */
export async function hashTable(path: string): Promise<string> {
  await using kept = spool();
  return await hashData(await sourceFiles(await pathsIn(path), { kept }));
}

/** The notices of files, each once, with the file's name where there are several. */
export function partNotices(parts: readonly Pick<WrittenRows, "name" | "notices">[]): readonly Notice[] {
  const [only, ...others] = parts;
  if (others.length === 0) return only?.notices ?? [];
  const seen = new Map<string, Notice>();
  for (const { name, notices } of parts) {
    for (const { code, message } of notices) {
      if (!seen.has(`${code} ${message}`)) seen.set(`${code} ${message}`, { code, message: `${name}: ${message}` });
    }
  }
  return [...seen.values()];
}

/** The rows of a table in order, so many at once, in memory for those alone; a chunk holds rows of one file. */
export async function* writtenChunks(
  path: string,
  { rowsPerChunk, ...options }: FileOptions & { readonly rowsPerChunk: number },
): AsyncGenerator<SourceRows, void, undefined> {
  await using source = await openTable(path, options);
  let sourceNotices = source.notices;
  for (const part of source.parts) {
    for await (const rows of partRows(part, options, rowsPerChunk)) {
      yield { ...rows, sourceNotices };
      sourceNotices = [];
    }
  }
}

async function readPart(part: DataPart, options: FileOptions): Promise<WrittenRows> {
  for await (const rows of partRows(part, options, Number.POSITIVE_INFINITY)) return rows;
  throw new NablaError("data/no-rows", `${part.name} has no rows`, "check how it was exported");
}

/** The rows of a part, so many at once. */
async function* partRows(
  part: DataPart,
  options: FileOptions,
  rowsPerChunk: number,
): AsyncGenerator<WrittenRows, void, undefined> {
  const { name, format } = part;
  if (format !== "csv" && format !== "json" && format !== "json-lines") {
    const open = columnsFormats[format];
    const { chunks, unreadable, notices } = await open(known(part.path, "the path of a file of columns"), name);
    const form = formatNames[format].replace(/^an? /, "");
    let before = 0;
    for await (const { columns, rows } of chunks(rowsPerChunk)) {
      const from = before + 2;
      yield { name, columns, rows, form, unreadable, notices, fileRow: (row) => from + row };
      before += rows;
    }
    return;
  }
  const file = compact({ name, format, bytes: () => part.bytes(), size: part.size, plain: part.plain });
  yield* textRows(file, options, rowsPerChunk);
}
