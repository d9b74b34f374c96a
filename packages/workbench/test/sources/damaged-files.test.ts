/** Files that were cut or changed anywhere: each is read or refused as a NablaError, and none holds the reader up. */
import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { NablaError } from "nabla";
import { afterAll, expect, test } from "vitest";
import { damagedBytes } from "../../../nabla/test/exchange/mutations.ts";
import { openData } from "../../src/sources/data-source.ts";
import { zipOf } from "./zip-of.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-damaged-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILES = 400;
const table = `id,width,class\n${Array.from({ length: 300 }, (_, i) => `${i},${Math.sin(i).toFixed(5)},${"abc"[i % 3]}\n`).join("")}`;

const bzip2 =
  "QlpoOTFBWSZTWZW5GAUAAMdZgAAQAAV/4D4kSAAwAPrYiEgN/qqGgARU/1Sf/qqm0mAAEo9VT/SkBtQGnGjz6VVUVVVRVVVVV59Ovbv43155AAAAAYzGdJiK0iYitJd83LWtR9SCQUEgkG/65xVUACV8osDMzAIVM0qiqJyo5bbbAQDai6zMwCSS80llrTVlqi0q1ZeY5lEkmry7VRVczJKJJOZVcbtUVx+6fOvF70XckU4UJCVuRgFA";
const files: Readonly<Record<string, Uint8Array>> = {
  "gz.csv.gz": Buffer.concat([gzipSync(table), gzipSync(table)]),
  "zst.csv.zst": Buffer.concat([zstdCompressSync(table), zstdCompressSync(table)]),
  "bz2.csv.bz2": Buffer.concat(Array(3).fill(Buffer.from(bzip2, "base64"))),
  "zip.zip": zipOf({ "a.csv": table, "b.csv.gz": gzipSync(table), "c.md": "" }),
  "wide.zip": zipOf({ "a.csv": table, "b.csv": { content: table, method: 0 } }, { wide: true }),
  "exceljs.xlsx": await readFile(join(import.meta.dirname, "../fixtures/workbooks/exceljs.xlsx")),
};

test.each(Object.keys(files))("damaged files: %s", async (name) => {
  const whole = Uint8Array.from(files[name] ?? []);
  const path = join(folder, name);
  const counts = { read: 0, refused: 0 };
  for (let index = 0; index < FILES; index++) {
    await writeFile(path, damagedBytes(whole, index));
    try {
      await using source = await openData(path, { expansion: { times: 100, bytes: 2 ** 24 } });
      for (const part of source.parts) for await (const chunk of part.bytes()) expect(chunk.length).toBeGreaterThan(0);
      counts.read += 1;
    } catch (error) {
      if (!(error instanceof NablaError)) throw error;
      expect(error.message).not.toMatch(/Z_|ZSTD_|undefined|NaN/);
      counts.refused += 1;
    }
  }
  expect(counts.read + counts.refused).toBe(FILES);
  expect(counts.refused).toBeGreaterThan(FILES / 3);
});
