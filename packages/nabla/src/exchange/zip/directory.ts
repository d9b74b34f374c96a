/** A zip file's central directory (PKWARE's APPNOTE 6.3.10, 4.3.12 to 4.3.16), checked before anything is unpacked. */
import { NablaError } from "../../base/error.ts";
import { quoted } from "../quoted.ts";
import { decodeUtf8 } from "../utf8.ts";

/** One file of an archive as its directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
  /** Bytes in the archive, and bytes when unpacked. */
  readonly packed: number;
  readonly size: number;
  /** Where its local header starts. */
  readonly header: number;
}

const END = 0x06054b50;
const END_SIZE = 22;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const LOCATOR64_SIZE = 20;
const CENTRAL = 0x02014b50;
const CENTRAL_SIZE = 46;
const LONGEST_COMMENT = 0xffff;
const MARK16 = 0xffff;
const MARK32 = 0xffffffff;
const ENCRYPTED = 1;

/** The entries in the directory's order. Throws `zip/{truncated,header,name,duplicate,method}`. */
export function readDirectory(bytes: Uint8Array): readonly ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { offset, size, count, limit } = findEnd(view);
  if (offset + size > limit) throw damaged("its directory lies outside the file");
  const entries = new Map<string, ZipEntry>();
  let at = offset;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_SIZE > offset + size || view.getUint32(at, true) !== CENTRAL)
      throw damaged(`its directory ends after ${i} of ${count} entries`);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + CENTRAL_SIZE + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > offset + size) throw damaged("an entry of its directory lies outside");
    const nameAt = at + CENTRAL_SIZE;
    const name = nameOf(bytes.subarray(nameAt, nameAt + nameLength));
    if (entries.has(name)) throw new NablaError("zip/duplicate", `the archive holds ${quoted(name)} twice`);
    entries.set(name, entryAt(view, at, name, { from: nameAt + nameLength, length: extraLength }));
    at = next;
  }
  return [...entries.values()];
}

function damaged(why: string): NablaError {
  return new NablaError("zip/header", `the archive is damaged: ${why}`);
}

/** The end record comes last, before a comment of at most 65,535 bytes. */
function findEnd(view: DataView): { offset: number; size: number; count: number; limit: number } {
  const least = Math.max(0, view.byteLength - END_SIZE - LONGEST_COMMENT);
  for (let at = view.byteLength - END_SIZE; at >= least; at--) {
    if (view.getUint32(at, true) !== END || at + END_SIZE + view.getUint16(at + 20, true) !== view.byteLength) continue;
    const found = {
      count: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
      limit: at,
    };
    const large = found.count === MARK16 || found.size === MARK32 || found.offset === MARK32;
    return large ? (largeEnd(view, at) ?? found) : found;
  }
  throw new NablaError(
    "zip/truncated",
    "the archive has no end record: it is no zip file, or only the beginning of one",
  );
}

function largeEnd(view: DataView, end: number): ReturnType<typeof findEnd> | undefined {
  const locator = end - LOCATOR64_SIZE;
  if (locator < 0 || view.getUint32(locator, true) !== LOCATOR64) return undefined;
  const at = count64(view, locator + 8);
  if (at + 56 > locator || view.getUint32(at, true) !== END64)
    throw damaged("its zip64 record is not where it should be");
  return { count: count64(view, at + 32), size: count64(view, at + 40), offset: count64(view, at + 48), limit: at };
}

function count64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value <= Number.MAX_SAFE_INTEGER) return Number(value);
  throw damaged(`it claims ${value} bytes`);
}

function nameOf(bytes: Uint8Array): string {
  const name = decodeUtf8(bytes);
  if (name === undefined) throw new NablaError("zip/name", "a name in the archive is not UTF-8 text");
  const parts = name.split("/");
  const harmless = !name.startsWith("/") && !/[\\\0:]/.test(name) && !parts.includes("..") && name !== "";
  if (harmless) return name;
  throw new NablaError("zip/name", `the archive holds a file named ${quoted(name)}, which could leave its folder`);
}

function entryAt(view: DataView, at: number, name: string, extra: { from: number; length: number }): ZipEntry {
  const sizes = { size: view.getUint32(at + 24, true), packed: view.getUint32(at + 20, true) };
  const header = view.getUint32(at + 42, true);
  if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0)
    throw new NablaError("zip/method", `${quoted(name)} in the archive is encrypted`);
  const method = view.getUint16(at + 10, true);
  if (method !== 0 && method !== 8)
    throw new NablaError("zip/method", `${quoted(name)} is packed by method ${method}; stored and deflate can be read`);
  const crc = view.getUint32(at + 16, true);
  return { name, method, crc, ...largeSizes(view, { ...sizes, header }, extra) };
}

/** Sizes and offsets beyond 32 bits are in the extra field 1, in this order, each only where its short form is full. */
function largeSizes(
  view: DataView,
  short: { size: number; packed: number; header: number },
  { from, length }: { from: number; length: number },
): { size: number; packed: number; header: number } {
  const missing = (["size", "packed", "header"] as const).filter((key) => short[key] === MARK32);
  if (missing.length === 0) return short;
  for (let at = from; at + 4 <= from + length; ) {
    const fieldLength = view.getUint16(at + 2, true);
    const end = at + 4 + fieldLength;
    if (view.getUint16(at, true) === 1 && end <= from + length && fieldLength >= 8 * missing.length) {
      return { ...short, ...Object.fromEntries(missing.map((key, i) => [key, count64(view, at + 4 + 8 * i)])) };
    }
    at = end;
  }
  throw damaged("the size of a large entry is missing");
}
