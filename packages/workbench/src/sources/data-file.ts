import { open, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { NablaError } from "nabla";
import { fileFailure } from "../host/file-failure.ts";
import type { DataFormat } from "./data-format.ts";
import { decompress } from "./decompress.ts";
import { fileBytes } from "./file-bytes.ts";

export { hashFile } from "./file-bytes.ts";

/** A data file that exists, can be opened and is not empty. */
export interface DataFile {
  /** Absolute. */
  readonly path: string;
  /** As messages name it. */
  readonly name: string;
  readonly format: DataFormat;
  readonly zipped: boolean;
  readonly bytes: number;
}

const formats: Readonly<Record<string, DataFormat>> = {
  csv: "csv",
  tsv: "csv",
  parquet: "parquet",
  json: "json",
  jsonl: "json-lines",
  ndjson: "json-lines",
};

/**
 * Checks a data file before anything reads it. Throws `files/…` for one that is missing, a folder or not readable,
 * `data/format` for an extension that is not known, `data/empty` for no bytes, `data/binary` for bytes that are no text.
 */
export async function dataFile(path: string): Promise<DataFile> {
  const name = basename(path);
  const { size, head } = await look(path);
  const [extension = "", zip] = name.toLowerCase().split(".").slice(1).reverse().slice(0, 2);
  const zipped = extension === "gz";
  const format = formats[(zipped ? zip : extension) ?? ""];
  if (format === undefined || (zipped && format === "parquet")) {
    const message = `${name}: data files end in .csv, .tsv, .parquet, .json, .jsonl or .ndjson, this one in "${extension === "" ? "nothing" : `.${extension}`}"`;
    throw new NablaError(
      "data/format",
      message,
      "export the table as CSV, or rename the file if it holds one of these",
    );
  }
  if (size === 0) throw new NablaError("data/empty", `${name} is empty`, "check how it was exported");
  if (format !== "parquet" && !zipped) checkText(name, head);
  return { path: resolve(path), name, format, zipped, bytes: size };
}

async function look(path: string): Promise<{ size: number; head: Buffer }> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw Object.assign(new Error("a folder"), { code: "EISDIR" });
    const file = await open(path, "r");
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
      return { size: found.size, head: buffer.subarray(0, bytesRead) };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileFailure(error, "read", path);
  }
}

const signatures: readonly (readonly [bytes: string, what: string, hint: string])[] = [
  ["PAR1", "a Parquet file", "rename it to end in .parquet"],
  ["PK\x03\x04", "a zip archive or an Excel workbook", "export the table as CSV"],
  ["\x1f\x8b", "compressed with gzip", "rename it to end in .csv.gz"],
  ["\xff\xfe", "UTF-16 text", "save it as UTF-8"],
  ["\xfe\xff", "UTF-16 text", "save it as UTF-8"],
];

function checkText(name: string, head: Buffer): void {
  const start = head.toString("latin1");
  for (const [bytes, what, hint] of signatures) {
    if (start.startsWith(bytes)) throw new NablaError("data/binary", `${name} is ${what}, not plain text`, hint);
  }
  const zero = head.indexOf(0);
  if (zero >= 0) {
    throw new NablaError("data/binary", `${name} is not text: byte ${zero} is 0`, "export the table as CSV in UTF-8");
  }
}

/** The file's bytes in order, unzipped. Throws `files/…`, `data/damaged`. */
export async function* bytesOf({
  path,
  zipped,
}: Pick<DataFile, "path" | "zipped">): AsyncGenerator<Buffer, void, undefined> {
  if (!zipped) return yield* fileBytes(path);
  const found = await stat(path).catch((error: unknown) => {
    throw fileFailure(error, "read", path);
  });
  for await (const { buffer, byteOffset, length } of decompress(fileBytes(path), "gzip", {
    name: basename(path),
    size: found.size,
  }))
    yield Buffer.from(buffer, byteOffset, length);
}
