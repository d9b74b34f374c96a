/** Zip archives, which `.keras`, `.pt` and `.npz` files are. */
import { known, NablaError } from "../../base/error.ts";
import { quoted } from "../quoted.ts";
import { crc32 } from "./crc32.ts";
import { readDirectory, type ZipEntry } from "./directory.ts";

/** Unpacks raw deflate data to at most `limit` bytes; throws anything where they are more, or damaged. */
export type Inflate = (bytes: Uint8Array, limit: number) => Uint8Array;

/** Options of `readZip`. */
export interface ZipOptions {
  readonly inflate: Inflate;
  /** The most bytes that all entries together may unpack to. Default 2^31. */
  readonly limit?: number;
}

/** An archive whose directory was checked; entries are unpacked when they are read. */
export interface Zip {
  readonly names: readonly string[];
  /** Throws `zip/{missing,header,bomb,damaged}`. */
  readonly read: (name: string) => Uint8Array;
}

const LOCAL = 0x04034b50;
const LOCAL_SIZE = 30;
const LIMIT = 2 ** 31;
// A deflate block of 258 bytes takes at least two bits: nothing honest unpacks to more than 1,032 times its size.
const MOST_PACKED = 1032;

/** Whether bytes start as a zip file does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/**
 * Opens an archive. What would unpack to more than the limit, entries that share bytes (as bombs do) and names that leave
 * their folder are refused before anything is unpacked. Throws `zip/{truncated,header,name,duplicate,method,bomb,overlap}`.
 */
export function readZip(bytes: Uint8Array, { inflate, limit = LIMIT }: ZipOptions): Zip {
  const entries = new Map(readDirectory(bytes).map((entry) => [entry.name, entry]));
  const places = new Map(checkedPlaces(bytes, [...entries.values()]));
  let total = 0;
  for (const { name, size, packed, method } of entries.values()) {
    total += size;
    const most = method === 0 ? packed : packed * MOST_PACKED;
    if (size > most || (method === 0 && size !== packed))
      throw new NablaError("zip/bomb", `${quoted(name)} claims to unpack from ${packed} bytes to ${size}`);
    if (total > limit)
      throw new NablaError("zip/bomb", `the archive would unpack to more than the ${limit} bytes allowed`);
  }
  return {
    names: [...entries.keys()],
    read: (name) => {
      const entry = entries.get(name);
      if (entry === undefined) throw new NablaError("zip/missing", `the archive holds no ${quoted(name)}`);
      const from = known(places.get(name), name);
      return unpacked(entry, bytes.subarray(from, from + entry.packed), inflate);
    },
  };
}

/** Where each entry's data starts. Throws where entries lie outside the file or overlap. */
function checkedPlaces(bytes: Uint8Array, entries: readonly ZipEntry[]): (readonly [name: string, at: number])[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let filled = 0;
  return entries
    .toSorted((a, b) => a.header - b.header)
    .map(({ name, header, packed }) => {
      if (header < filled)
        throw new NablaError("zip/overlap", `${quoted(name)} lies over another entry of the archive`);
      if (header + LOCAL_SIZE > bytes.length || view.getUint32(header, true) !== LOCAL)
        throw new NablaError("zip/header", `the archive is damaged: ${quoted(name)} is not where its directory says`);
      const at = header + LOCAL_SIZE + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
      filled = at + packed;
      if (filled > bytes.length)
        throw new NablaError(
          "zip/truncated",
          `${quoted(name)} ends at byte ${filled}, and the archive has ${bytes.length}`,
        );
      return [name, at] as const;
    });
}

function unpacked({ name, method, size, crc }: ZipEntry, packed: Uint8Array, inflate: Inflate): Uint8Array {
  const content = method === 0 ? packed : inflated(name, packed, size, inflate);
  if (content.length !== size || crc32(content) !== crc)
    throw new NablaError("zip/damaged", `${quoted(name)} in the archive is damaged: its checksum is not right`);
  return content;
}

function inflated(name: string, packed: Uint8Array, size: number, inflate: Inflate): Uint8Array {
  try {
    return inflate(packed, size);
  } catch {
    throw new NablaError(
      "zip/damaged",
      `${quoted(name)} in the archive cannot be unpacked to the ${size} bytes it claims`,
    );
  }
}
