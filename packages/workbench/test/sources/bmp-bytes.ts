/** BMP files for tests, written from the format's description and independently of its reader. */

export interface BmpOptions {
  readonly width: number;
  /** Negative for rows from the top. */
  readonly height: number;
  readonly bits: number;
  /** The size of the second header; default 40. */
  readonly header?: 12 | 40 | 108 | 124;
  readonly compression?: number;
  /** Blue, green, red of each entry. */
  readonly palette?: readonly (readonly number[])[];
  /** Red, green, blue and, in headers from 108, alpha. */
  readonly masks?: readonly number[];
  /** The rows as they lie in the file, filled up to four bytes; or run-length codes. */
  readonly body: readonly number[];
}

export function bmpBytes(options: BmpOptions): Uint8Array {
  const { width, height, bits, header = 40, compression = 0, palette = [], masks = [], body } = options;
  const behind = header === 40 ? 4 * masks.length : 0;
  const start = 14 + header + behind + palette.length * (header === 12 ? 3 : 4);
  const bytes = Buffer.alloc(start + body.length);
  bytes.write("BM", "latin1");
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(start, 10);
  bytes.writeUInt32LE(header, 14);
  if (header === 12) {
    for (const [i, word] of [width, height, 1, bits].entries()) bytes.writeUInt16LE(word, 18 + 2 * i);
  } else {
    bytes.writeInt32LE(width, 18);
    bytes.writeInt32LE(height, 22);
    bytes.writeUInt16LE(1, 26);
    bytes.writeUInt16LE(bits, 28);
    bytes.writeUInt32LE(compression, 30);
    bytes.writeUInt32LE(palette.length, 46);
    for (const [i, mask] of masks.entries()) bytes.writeUInt32LE(mask >>> 0, 54 + 4 * i);
  }
  let at = 14 + header + behind;
  for (const color of palette) {
    bytes.set(color, at);
    at += header === 12 ? 3 : 4;
  }
  bytes.set(body, start);
  return bytes;
}

/** Words of 16 or 32 bits as bytes, the lowest first. */
export function littleEndian(words: readonly number[], bits: number): readonly number[] {
  return words.flatMap((word) => Array.from({ length: bits / 8 }, (_, i) => (word >>> (8 * i)) & 255));
}
