/** Image files for tests. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { afterAll } from "vitest";

/** Pixels from the left, rows from the top: 1 to 4 numbers a pixel. */
export function rawPicture(data: readonly number[], width: number, channels: 1 | 2 | 3 | 4): Sharp {
  const raw = { width, height: data.length / channels / width, channels };
  const picture = sharp(Uint8Array.from(data), { raw });
  return channels < 3 ? picture.toColourspace("b-w") : picture;
}

/** A PNG of one shade. */
export async function plainPng(shade: number, width = 8, height = 8): Promise<Buffer> {
  const data = Array.from({ length: width * height }, () => shade);
  return await rawPicture(data, width, 1).png().toBuffer();
}

/** A PNG file that is a header and no pixels. */
export function headerPng(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const bytes = Buffer.alloc(12 + data.length);
    bytes.writeUInt32BE(data.length);
    bytes.write(type, 4, "latin1");
    bytes.set(data, 8);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
    return bytes;
  };
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(64))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A function that makes folders of files, which go when the tests are done, and says where they lie. */
export async function foldersForTests(): Promise<{
  readonly home: string;
  readonly folder: (name: string, files: Readonly<Record<string, string | Uint8Array>>) => Promise<string>;
}> {
  const home = await mkdtemp(join(tmpdir(), "nabla-folders-"));
  afterAll(async () => rm(home, { recursive: true, force: true }));
  return {
    home,
    folder: async (name, files) => {
      const path = join(home, name);
      await mkdir(path, { recursive: true });
      for (const [file, content] of Object.entries(files)) {
        const place = join(path, file);
        await mkdir(file.endsWith("/") ? place : dirname(place), { recursive: true });
        if (!file.endsWith("/")) await writeFile(place, content);
      }
      return path;
    },
  };
}
