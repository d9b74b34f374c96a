/** Bytes of UTF-8 as strings, and what a hash of them is; short texts of ASCII are most of what tables hold. */
import { textDecoder } from "./text-decoder.ts";

/** The start of a hash of bytes (FNV-1a). */
export const HASH_START = 0x811c9dc5 | 0;
/** What the hash is multiplied with after each byte, by `Math.imul(hash ^ byte, HASH_PRIME)`. */
export const HASH_PRIME = 0x01000193;

/** The hash of a range of bytes. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_START;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), HASH_PRIME);
  return hash;
}

const SHORT = 64;

/** The text of a range of UTF-8 bytes; bytes that are none become U+FFFD. */
export function textOfBytes(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT) return decodeBytes(bytes, start, end);
  let text = "";
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80) return decodeBytes(bytes, start, end);
    text += String.fromCharCode(byte);
  }
  return text;
}

function decodeBytes(bytes: Uint8Array, start: number, end: number): string {
  return textDecoder("utf-8", false).decode(bytes.subarray(start, end));
}

/**
 * The first position in a range of bytes where they stop being UTF-8 (Unicode 16, table 3-7: no overlong forms, no surrogates),
 * or -1.
 */
export function invalidUtf8At(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; ) {
    const lead = bytes[i] as number;
    if (lead < 0x80) {
      i++;
      continue;
    }
    const length =
      lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
    if (length === 0 || i + length > end) return i;
    const second = bytes[i + 1] as number;
    const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest) return i;
    for (let k = 2; k < length; k++) if (((bytes[i + k] as number) & 0xc0) !== 0x80) return i;
    i += length;
  }
  return -1;
}
