import { stat } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { NablaError } from "nabla";
import type { Entry, ZipFile } from "yauzl";
import { fileFailure, systemCode } from "../host/file-failure.ts";
import { type ExpansionLimit, limited } from "./decompress.ts";

/** A file in a zip archive. */
export interface ZipEntry {
  /** Its path in the archive, with slashes. */
  readonly name: string;
  /** Its bytes when unpacked, as the archive says. */
  readonly size: number;
  /** Why it cannot be unpacked. */
  readonly fault?: NablaError;
  /** Its content. Throws `data/damaged` where it is not whole, `data/expansion` beyond the limit, and `fault`. */
  bytes(): AsyncGenerator<Uint8Array, void, undefined>;
}

/** How an archive is named in messages, and how far it may grow. */
export interface ZipOptions {
  readonly name: string;
  readonly limit?: ExpansionLimit;
}

const AGAIN = "download or copy the file again, or pack it again";
const DEFLATE = 8;

/** The files of a zip archive, folders left out, in its order. Throws `files/…`, `data/damaged`. */
export async function zipEntries(path: string, { name, limit = {} }: ZipOptions): Promise<readonly ZipEntry[]> {
  const entries: ZipEntry[] = [];
  const archive = await opened(path, name);
  try {
    const size = (await stat(path)).size;
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName.endsWith("/")) continue;
      const called = `${name}/${entry.fileName}`;
      const fault = faultOf(entry, called);
      entries.push({
        name: entry.fileName,
        size: entry.uncompressedSize,
        ...(fault === undefined ? {} : { fault }),
        bytes: () => limited(contentOf(path, entry, called), { name: called, size, limit }),
      });
    }
    return entries;
  } catch (error) {
    throw failure(error, path, name);
  } finally {
    archive.close();
  }
}

async function opened(path: string, name: string): Promise<ZipFile> {
  const { openPromise } = await import("yauzl");
  try {
    return await openPromise(path, { autoClose: false, lazyEntries: true });
  } catch (error) {
    throw failure(error, path, name);
  }
}

function faultOf(entry: Entry, name: string): NablaError | undefined {
  if (entry.isEncrypted())
    return new NablaError(
      "data/encrypted",
      `${name} is encrypted`,
      "unpack the archive with its password, and name the file",
    );
  if (entry.compressionMethod === 0 || entry.compressionMethod === DEFLATE) return undefined;
  const message = `${name} is packed by method ${entry.compressionMethod}, and zip files are read that store or deflate`;
  return new NablaError("data/format", message, "unpack the archive, and name the file");
}

async function* contentOf(path: string, entry: Entry, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  const fault = faultOf(entry, name);
  if (fault !== undefined) throw fault;
  const archive = await opened(path, name);
  try {
    const stream = await archive.openReadStreamPromise(entry);
    let sum = 0;
    try {
      for await (const chunk of stream) {
        sum = crc32(chunk, sum);
        yield chunk;
      }
    } finally {
      stream.destroy();
    }
    if (sum !== entry.crc32) throw new NablaError("data/damaged", `${name}: its checksum does not fit`, AGAIN);
  } catch (error) {
    throw failure(error, path, name);
  } finally {
    archive.close();
  }
}

/** Errors about the archive as sentences; those of the system name its path. */
function failure(error: unknown, path: string, name: string): unknown {
  if (error instanceof NablaError || !(error instanceof Error)) return error;
  const code = systemCode(error);
  if (code !== "" && !/^(Z_|ERR_)/.test(code)) return fileFailure(error, "read", path);
  const message = /End of central directory|unexpected EOF|truncated/i.test(error.message)
    ? "the zip file is cut off: its table of contents is missing or reaches beyond its end"
    : `the zip file is damaged: ${error.message.toLowerCase()}`;
  return new NablaError("data/damaged", `${name}: ${message}`, AGAIN);
}
