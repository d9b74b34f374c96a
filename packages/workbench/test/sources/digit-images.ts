import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import sharp from "sharp";

/** A row of digits.csv: 64 pixels from 0 to 255, and which digit it is. */
export interface Digit {
  readonly pixels: Uint8Array;
  readonly digit: string;
}

/** The first rows of the digits. */
export async function digits(count: number): Promise<readonly Digit[]> {
  const text = await readFile(new URL("../../../../examples/data/digits.csv", import.meta.url), "utf8");
  return text
    .split("\n")
    .slice(1, count + 1)
    .map((line) => {
      const numbers = line.split(",").map(Number);
      return {
        pixels: Uint8Array.from(numbers.slice(0, 64), (x) => Math.min(255, x * 16)),
        digit: String(numbers[64]),
      };
    });
}

/** Writes digits as PNG files of 8 x 8 pixels into a folder for each class. */
export async function writePictures(folder: string, rows: readonly Digit[]): Promise<string> {
  for (const { digit } of rows) await mkdir(join(folder, digit), { recursive: true });
  await Promise.all(
    rows.map(async ({ pixels, digit }, i) => {
      const name = `${String(i).padStart(4, "0")}.png`;
      const png = sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } }).png();
      await writeFile(join(folder, digit, name), await png.toBuffer());
    }),
  );
  return folder;
}

/** Bytes in IDX format. */
export function idxBytes(shape: readonly number[], data: Uint8Array, zipped = false): Uint8Array {
  const bytes = Buffer.alloc(4 + 4 * shape.length + data.length);
  bytes.writeUInt32BE(0x800 + shape.length);
  for (const [i, length] of shape.entries()) bytes.writeUInt32BE(length, 4 + 4 * i);
  bytes.set(data, 4 + 4 * shape.length);
  return zipped ? gzipSync(bytes) : bytes;
}
