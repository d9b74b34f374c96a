import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { isIdx, labelsBeside } from "../../src/sources/idx.ts";
import { imageShapeOf } from "../../src/sources/image-shape.ts";
import { holdsImages, readImages } from "../../src/sources/read-images.ts";
import { digits, idxBytes, writePictures } from "./digit-images.ts";
import { rejected } from "./files.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-images-"));
afterAll(() => rm(home, { recursive: true, force: true }));
const cache = join(home, "cache");
const rows = await digits(40);
const folder = await writePictures(join(home, "pictures"), rows);
const pixels = (table: Awaited<ReturnType<typeof readImages>>) => {
  const [column] = table.columns;
  return column?.kind === "number" ? column.values : undefined;
};

describe("images", () => {
  it("reads a folder with a folder for each class: pixels from 0 to 255, classes in order", async () => {
    const table = await readImages(folder, { cache });
    expect(table.image).toEqual([8, 8, 1]);
    expect(table.rows).toBe(40);
    expect(pixels(table)?.shape).toEqual([40, 8, 8, 1]);
    expect(table.target).toMatchObject({ name: "class", levels: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] });
    for (const [row, label] of table.labels.entries()) {
      const [digit, name = ""] = label.split("/");
      const original = rows[Number.parseInt(name, 10)];
      expect(digit).toBe(original?.digit);
      expect([...(pixels(table)?.data.subarray(row * 64, row * 64 + 64) ?? [])]).toEqual([...(original?.pixels ?? [])]);
    }
    const { sha256 } = await readImages(`${relative(process.cwd(), folder)}/`, { image: [8, 8, 1], cache });
    expect(sha256).toBe(table.sha256);
    expect(table.profile.task?.reason).toBe("images of 10 classes: classification");
  });

  it("decodes once: a second reading takes the pixels from the cache, and other content or another size does not", async () => {
    const own = join(home, "own-cache");
    const first = await readImages(folder, { image: [8, 8, 1], cache: own });
    const pixelFiles = async () => (await readdir(own)).filter((file) => file.endsWith(".pixels"));
    const [name = ""] = await pixelFiles();
    await writeFile(join(own, name), new Uint8Array(40 * 64).fill(7));
    const second = await readImages(folder, { image: [8, 8, 1], cache: own });
    expect(pixels(second)?.data.every((value) => value === 7)).toBe(true);
    expect(second.sha256).toBe(first.sha256);
    await readImages(folder, { image: [4, 4, 1], cache: own });
    expect(await pixelFiles()).toHaveLength(2);
    await writeFile(join(own, name), new Uint8Array(3));
    expect(pixels(await readImages(folder, { image: [8, 8, 1], cache: own }))?.data).toEqual(pixels(first)?.data);
  });

  it("brings images of any kind to one size and number of channels", async () => {
    const mixed = join(home, "mixed");
    const red = { width: 30, height: 20, channels: 3, background: { r: 200, g: 0, b: 0 } } as const;
    const clear = { width: 9, height: 9, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } as const;
    for (const name of ["a", "b"]) await mkdir(join(mixed, name), { recursive: true });
    await sharp({ create: red })
      .jpeg({ quality: 100 })
      .toFile(join(mixed, "a", "red.jpg"));
    await sharp({ create: clear })
      .png()
      .toFile(join(mixed, "b", "clear.png"));
    const colored = pixels(await readImages(mixed, { image: [6, 5, 3], cache }));
    expect(colored?.shape).toEqual([2, 6, 5, 3]);
    expect(Math.abs((colored?.data[0] ?? 0) - 200)).toBeLessThan(4);
    expect(colored?.data[1]).toBeLessThan(4);
    expect(colored?.data[90]).toBe(255);
    expect(pixels(await readImages(mixed, { image: [6, 5, 1], cache }))?.shape).toEqual([2, 6, 5, 1]);
  });

  it("reads IDX, zipped or not, and finds the labels by name; from their folder the training images", async () => {
    const mnist = join(home, "mnist");
    await mkdir(mnist);
    const all = Uint8Array.from(rows.flatMap((row) => [...row.pixels]));
    const classes = Uint8Array.from(rows, ({ digit }) => Number(digit));
    await writeFile(join(mnist, "train-images-idx3-ubyte.gz"), idxBytes([40, 8, 8], all, true));
    await writeFile(join(mnist, "train-labels-idx1-ubyte.gz"), idxBytes([40], classes, true));
    await writeFile(join(mnist, "t10k-images-idx3-ubyte"), idxBytes([2, 8, 8], all.subarray(0, 128)));
    const zipped = await readImages(join(mnist, "train-images-idx3-ubyte.gz"));
    expect(pixels(zipped)).toMatchObject({ shape: [40, 8, 8, 1], data: Float32Array.from(all) });
    expect(zipped.target).toMatchObject({ codes: Int32Array.from(classes) });
    const { profile, ...inFolder } = await readImages(mnist);
    const { profile: alone, ...rest } = zipped;
    expect(inFolder).toEqual(rest);
    const left = "t10k-images-idx3-ubyte left out: nabla evaluate --data measures it";
    expect(profile).toEqual({ ...alone, notices: [{ code: "data/left-out", message: left }] });
    const bare = await readImages(join(mnist, "t10k-images-idx3-ubyte"));
    expect([bare.rows, bare.target, bare.labels]).toEqual([2, undefined, ["0", "1"]]);
    expect(isIdx("train-images.idx3-ubyte")).toBe(true);
    expect(labelsBeside("/a/train-images.idx3-ubyte")).toBe("/a/train-labels.idx1-ubyte");
    expect([await holdsImages(mnist), await holdsImages(folder), await holdsImages("digits.csv")]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("names the file that is damaged, and says what else is wrong", async () => {
    const broken = await writePictures(join(home, "broken"), rows.slice(0, 3));
    await writeFile(
      join(broken, "0", "torn.png"),
      (
        await sharp({ create: { width: 9, height: 9, channels: 3, background: "red" } })
          .png()
          .toBuffer()
      ).subarray(0, 60),
    );
    const damaged = await rejected(readImages(broken, { image: [8, 8, 1], cache }));
    expect(damaged.code).toBe("data/damaged-image");
    expect(damaged.message).toMatch(/^the image 0\/torn\.png cannot be decoded: .*[^:]$/);
    await mkdir(join(home, "empty"));
    expect((await rejected(readImages(join(home, "empty")))).code).toBe("data/no-images");
    expect((await rejected(readImages(join(home, "nowhere"), { image: [8, 8, 1] }))).code).toBe("files/missing");
    const short = join(home, "short-images-idx3-ubyte");
    await writeFile(short, idxBytes([5, 8, 8], new Uint8Array(64)));
    expect((await rejected(readImages(short))).message).toBe(
      "short-images-idx3-ubyte is not whole: its header says 5 x 8 x 8 numbers, which are 320 bytes, and 64 follow",
    );
    await writeFile(short, idxBytes([1, 8, 8], new Uint8Array(65)));
    expect((await rejected(readImages(short))).message).toContain("which are 64 bytes, and more follow");
    const zipped = join(home, "zipped-images-idx3-ubyte.gz");
    // of 64 megabytes of zeros in 64 kilobytes a header of 64 numbers lets almost nothing be unzipped
    const bomb = gzipSync(Buffer.concat([idxBytes([1, 8, 8], new Uint8Array(64)), Buffer.alloc(2 ** 26)]));
    await writeFile(zipped, bomb);
    const before = process.memoryUsage.rss();
    expect((await rejected(readImages(zipped))).message).toContain("which are 64 bytes, and more follow");
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(32);
    await writeFile(short, "hi");
    expect((await rejected(readImages(short))).message).toContain("is not in IDX format");
    await writeFile(short, "hello, I am text");
    expect((await rejected(readImages(short))).message).toContain("is not in IDX format");
    await writeFile(short, idxBytes([1, 8, 8], new Uint8Array(64)));
    await writeFile(join(home, "short-labels-idx1-ubyte"), idxBytes([3], new Uint8Array(3)));
    expect((await rejected(readImages(short))).message).toContain("holds 1 image, short-labels-idx1-ubyte 3 labels");
    expect((await rejected(readImages(short, { image: [9, 9, 1] }))).code).toBe("data/image-size");
  });

  it("reads sizes as people write them", () => {
    expect([imageShapeOf("28x28"), imageShapeOf("64x48x3")]).toEqual([
      [28, 28, 1],
      [64, 48, 3],
    ]);
    for (const wrong of ["28", "0x4", "28x28x2", "axb", "1x2x3x4"]) expect(() => imageShapeOf(wrong)).toThrow(wrong);
  });
});
