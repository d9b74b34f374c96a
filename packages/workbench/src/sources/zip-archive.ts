/** Zip archives by their table of contents (APPNOTE 6.3.9), with those of more than 4 GiB. No field is trusted. */
import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { NablaError } from "nabla";
import { fileFailure } from "../host/file-failure.ts";
import { decompress, type ExpansionLimit, limited, type Packed } from "./decompress.ts";
import { fileBytes } from "./file-bytes.ts";

/** A file in a zip archive. */
export interface ZipEntry {
  /** Its path in the archive, with slashes. */
  readonly name: string;
  /** Its bytes when unpacked, as the archive says. */
  readonly size: number;
  /** Why it cannot be unpacked. */
  readonly fault?: NablaError;
  /** Its content. Throws `data/damaged` where it is not whole, `data/expansion` beyond the limit, and `fault`. */
  bytes(limit?: ExpansionLimit): AsyncGenerator<Uint8Array, void, undefined>;
}

/** How an archive is named in messages, and how far it may grow. */
export interface ZipOptions {
  readonly name: string;
  /** How much larger than the archive its files may be; the usual limit by default. */
  readonly limit?: ExpansionLimit;
}

/** What the table of contents says of a file. */
interface Listed {
  readonly name: string;
  readonly method: number;
  readonly flags: number;
  readonly checksum: number;
  readonly packed: number;
  readonly size: number;
  /** Where its header is. */
  readonly start: number;
}

/** Where the table of contents is, and how far what came before the archive has moved it. */
interface Directory {
  readonly start: number;
  readonly length: number;
  readonly entries: number;
  readonly shift: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const WIDE_LOCATOR = 0x07064b50;
const WIDE_LOCATOR_BYTES = 20;
const WIDE_END = 0x06064b50;
const WIDE_END_BYTES = 56;
const LISTED = 0x02014b50;
const LISTED_BYTES = 46;
const HEADER = 0x04034b50;
const HEADER_BYTES = 30;
const MOST_COMMENT = 0xffff;
const UTF8 = 0x800;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
const AGAIN = "download or copy the file again, or pack it again";

const cutOff = "the zip file is cut off: its table of contents is missing or not whole";

/** Why an archive cannot be read. */
class ZipFault extends Error {}

/** The files of a zip archive, folders left out, in its order. Throws `files/…`, `data/damaged`. */
export async function zipEntries(path: string, { name, limit }: ZipOptions): Promise<readonly ZipEntry[]> {
  const file = await open(path, "r").catch((error: unknown) => {
    throw fileFailure(error, "read", path);
  });
  try {
    const { size } = await file.stat();
    const directory = await findDirectory(file, size);
    const bytes = await read(file, directory.start + directory.shift, directory.length);
    return list(bytes, directory)
      .filter((entry) => !entry.name.endsWith("/"))
      .map((listed) => {
        const called = `${name}/${listed.name}`;
        const fault = faultOf(listed, called);
        return {
          name: listed.name,
          size: listed.size,
          ...(fault === undefined ? {} : { fault }),
          bytes: (own = limit) => {
            const packed = { name: called, size, ...(own === undefined ? {} : { limit: own }) };
            return contentOf(path, { ...listed, start: listed.start + directory.shift }, packed);
          },
        };
      });
  } catch (error) {
    throw failure(error, path, name);
  } finally {
    await file.close();
  }
}

/** So many bytes at a place, all of them. */
async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { size } = await file.stat();
  if (!(position >= 0 && length >= 0 && position + length <= size)) throw new ZipFault(cutOff);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new ZipFault(cutOff);
  return buffer;
}

async function findDirectory(file: FileHandle, size: number): Promise<Directory> {
  const tail = Math.min(size, END_BYTES + MOST_COMMENT);
  const bytes = await read(file, size - tail, tail);
  for (let at = tail - END_BYTES; at >= 0; at--) {
    if (bytes.readUInt32LE(at) !== END || at + END_BYTES + bytes.readUInt16LE(at + 20) > tail) continue;
    const end = size - tail + at;
    const short = {
      entries: bytes.readUInt16LE(at + 10),
      length: bytes.readUInt32LE(at + 12),
      start: bytes.readUInt32LE(at + 16),
    };
    const found = (await wideDirectory(file, end)) ?? { ...short, end };
    if (found.entries === 0) return { ...found, length: 0, shift: 0 };
    // what a program put before the archive, to unpack itself, moves all of it
    for (const shift of [0, found.end - found.length - found.start]) {
      const signature = await read(file, found.start + shift, Math.min(4, found.length)).catch(() => undefined);
      if (signature?.length === 4 && signature.readUInt32LE(0) === LISTED) return { ...found, shift };
    }
    throw new ZipFault(cutOff);
  }
  throw new ZipFault(cutOff);
}

/** The table of contents of an archive of 64 bits; undefined where it has none. */
async function wideDirectory(
  file: FileHandle,
  end: number,
): Promise<(Omit<Directory, "shift"> & { readonly end: number }) | undefined> {
  if (end < WIDE_LOCATOR_BYTES + WIDE_END_BYTES) return undefined;
  const locator = await read(file, end - WIDE_LOCATOR_BYTES, WIDE_LOCATOR_BYTES);
  if (locator.readUInt32LE(0) !== WIDE_LOCATOR) return undefined;
  // it stands right before its locator, wherever what came before has moved it
  for (const at of [Number(locator.readBigUInt64LE(8)), end - WIDE_LOCATOR_BYTES - WIDE_END_BYTES]) {
    if (at + WIDE_END_BYTES > end) continue;
    const bytes = await read(file, at, WIDE_END_BYTES);
    if (bytes.readUInt32LE(0) !== WIDE_END) continue;
    return {
      entries: Number(bytes.readBigUInt64LE(32)),
      length: Number(bytes.readBigUInt64LE(40)),
      start: Number(bytes.readBigUInt64LE(48)),
      end: at,
    };
  }
  throw new ZipFault(cutOff);
}

function list(bytes: Buffer, { entries, length }: Directory): readonly Listed[] {
  const found: Listed[] = [];
  for (let at = 0; found.length < entries; ) {
    if (at + LISTED_BYTES > length) throw new ZipFault(cutOff);
    if (bytes.readUInt32LE(at) !== LISTED)
      throw new ZipFault("the zip file is damaged: its table of contents is not whole");
    const lengths = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    const [named = 0, extra = 0, comment = 0] = lengths;
    const next = at + LISTED_BYTES + named + extra + comment;
    if (next > length) throw new ZipFault(cutOff);
    const flags = bytes.readUInt16LE(at + 8);
    const label = bytes.subarray(at + LISTED_BYTES, at + LISTED_BYTES + named);
    const fields = extraFields(bytes.subarray(at + LISTED_BYTES + named, at + LISTED_BYTES + named + extra));
    found.push({
      name: nameOf(label, flags, fields.get(UNICODE_PATH)),
      method: bytes.readUInt16LE(at + 10),
      flags,
      checksum: bytes.readUInt32LE(at + 16),
      ...wideFields(bytes, at, fields.get(WIDE_FIELDS)),
    });
    at = next;
  }
  return found;
}

const WIDE_FIELDS = 1;
const UNICODE_PATH = 0x7075;

function extraFields(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at + 2);
    if (at + 4 + length > bytes.length) break;
    fields.set(bytes.readUInt16LE(at), bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields;
}

/** The sizes and the place of a file; those that do not fit into 32 bits follow in a field of their own. */
function wideFields(bytes: Buffer, at: number, field: Buffer | undefined): Pick<Listed, "packed" | "size" | "start"> {
  let next = 0;
  const [size = 0, packed = 0, start = 0] = [24, 20, 42].map((place) => {
    const value = bytes.readUInt32LE(at + place);
    if (value !== 0xffffffff || field === undefined || next + 8 > field.length) return value;
    next += 8;
    return Number(field.readBigUInt64LE(next - 8));
  });
  return { size, packed, start };
}

/** The name of a file in UTF-8 where the archive says so, else in the signs of the first PCs. */
function nameOf(label: Buffer, flags: number, path: Buffer | undefined): string {
  const unicode = path !== undefined && path.length > 5 && path.readUInt32LE(1) === crc32(label);
  const text = unicode
    ? path.toString("utf8", 5)
    : (flags & UTF8) !== 0
      ? label.toString()
      : Array.from(label, (byte) => (byte < 128 ? String.fromCharCode(byte) : (pcSigns[byte - 128] ?? ""))).join("");
  return text.replaceAll("\\", "/").replace(/\p{Cc}/gu, "?");
}

/** Code page 437, from byte 128 on. */
const pcSigns = [
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
  "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ",
].join("");

function faultOf({ flags, method }: Listed, name: string): NablaError | undefined {
  const hint = "unpack the archive, and name the file";
  if ((flags & ENCRYPTED) !== 0)
    return new NablaError(
      "data/encrypted",
      `${name} is encrypted`,
      "unpack the archive with its password, and name the file",
    );
  if (method === STORED || method === DEFLATED) return undefined;
  const message = `${name} is packed by method ${method}, and zip files are read that store (0) or deflate (8)`;
  return new NablaError("data/format", message, hint);
}

async function* contentOf(path: string, entry: Listed, packed: Packed): AsyncGenerator<Uint8Array, void, undefined> {
  const fault = faultOf(entry, packed.name);
  if (fault !== undefined) throw fault;
  try {
    const start = await dataStart(path, entry.start);
    const stored = fileBytes(path, { start, length: entry.packed });
    let [length, sum] = [0, 0];
    for await (const chunk of entry.method === STORED
      ? limited(stored, packed)
      : decompress(stored, "deflate", packed)) {
      length += chunk.length;
      if (length > entry.size) break;
      sum = crc32(chunk, sum);
      yield chunk;
    }
    if (length !== entry.size)
      throw new ZipFault(
        `the zip file is damaged: it says ${entry.size} bytes, and holds ${length > entry.size ? "more" : length}`,
      );
    if (sum !== entry.checksum) throw new ZipFault("the zip file is damaged: its checksum does not fit");
  } catch (error) {
    throw failure(error, path, packed.name);
  }
}

/** Where the content of a file begins, after its header. */
async function dataStart(path: string, at: number): Promise<number> {
  const file = await open(path, "r");
  try {
    const header = await read(file, at, HEADER_BYTES);
    if (header.readUInt32LE(0) !== HEADER)
      throw new ZipFault("the zip file is damaged: its table of contents names no file");
    return at + HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await file.close();
  }
}

/** Errors about the archive as sentences; those of the system name its path. */
function failure(error: unknown, path: string, name: string): unknown {
  if (error instanceof NablaError || !(error instanceof Error)) return error;
  if (error instanceof ZipFault) return new NablaError("data/damaged", `${name}: ${error.message}`, AGAIN);
  return fileFailure(error, "read", path);
}
