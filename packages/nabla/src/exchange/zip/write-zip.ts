import { encodeUtf8 } from "../utf8.ts";
import { crc32 } from "./crc32.ts";

const VERSION = 20;
const UTF8_NAMES = 0x0800;
/** 1980-01-01, the first day that the format knows: the same model gives the same bytes at any time. */
const DATE = 0x0021;
const ALIGNMENT = 64;

/** An archive of uncompressed files, each starting at a multiple of 64 bytes: weights do not compress well. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const put = (part: Uint8Array): void => {
    parts.push(part);
    at += part.length;
  };
  for (const [name, content] of files) {
    const text = encodeUtf8(name);
    const common = commonFields(content, text.length);
    const header = at;
    const bare = at + 30 + text.length;
    // an extra field has four bytes before its content
    const padding = ((ALIGNMENT - ((bare + 4) % ALIGNMENT)) % ALIGNMENT) + 4;
    put(record([[4, 0x04034b50], [2, VERSION], ...common, [2, padding]], 30));
    put(text);
    put(
      record(
        [
          [2, 0x4e4e],
          [2, padding - 4],
        ],
        padding,
      ),
    );
    put(content);
    directory.push(
      record(
        [[4, 0x02014b50], [2, VERSION], [2, VERSION], ...common, [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, header]],
        46,
      ),
      text,
    );
  }
  const offset = at;
  for (const part of directory) put(part);
  put(
    record(
      [
        [4, 0x06054b50],
        [2, 0],
        [2, 0],
        [2, files.size],
        [2, files.size],
        [4, at - offset],
        [4, offset],
        [2, 0],
      ],
      22,
    ),
  );
  const bytes = new Uint8Array(at);
  let filled = 0;
  for (const part of parts) {
    bytes.set(part, filled);
    filled += part.length;
  }
  return bytes;
}

type Numbers = readonly (readonly [width: 2 | 4, value: number])[];

function commonFields(content: Uint8Array, nameLength: number): Numbers {
  const size = content.length;
  return [
    [2, UTF8_NAMES],
    [2, 0],
    [2, 0],
    [2, DATE],
    [4, crc32(content)],
    [4, size],
    [4, size],
    [2, nameLength],
  ];
}

/** Little-endian numbers one after the other, and zeros up to the length. */
function record(numbers: Numbers, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of numbers) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return bytes;
}
