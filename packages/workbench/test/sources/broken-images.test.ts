import { readdir, readFile, symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { decodeImages } from "../../src/sources/image-decoder.ts";
import { budgetOf, inParallel } from "../../src/sources/parallel.ts";
import { type ReadImagesOptions, readImages } from "../../src/sources/read-images.ts";
import { bmpBytes } from "./bmp-bytes.ts";
import { rejected } from "./files.ts";
import { foldersForTests, headerPng, plainPng } from "./picture-files.ts";

const { home, folder } = await foldersForTests();
const cache = join(home, "cache");
const png = await plainPng(5);
const jpeg = await sharp({
  create: { width: 64, height: 64, channels: 3, background: "#336699" },
  limitInputPixels: false,
})
  .composite([{ input: await plainPng(200, 20, 20), left: 3, top: 30 }])
  .jpeg({ quality: 100 })
  .toBuffer();

const read = async (path: string, options: ReadImagesOptions = {}) => {
  const table = await readImages(path, { image: [2, 2, 1], cache, ...options });
  const [column] = table.columns;
  return { ...table, pixels: column?.kind === "number" ? [...column.values.data] : [] };
};

describe("broken images", () => {
  it("are all named, and left out where that is asked for; rows, classes and pixels are those of the others", async () => {
    const path = await folder("some", {
      "a/1.png": await plainPng(10),
      "a/2.png": png.subarray(0, 60),
      "a/3.png": await plainPng(30),
      "b/1.jpg": jpeg.subarray(0, 900),
      "b/2.png": "",
      "c/1.png": await plainPng(40),
      "c/2.bmp": bmpBytes({ width: 2, height: 2, bits: 24, body: [1, 2, 3] }),
    });
    await symlink(join(home, "nothing"), join(path, "c", "3.png"));
    const error = await rejected(read(path));
    expect(error.code).toBe("data/damaged-image");
    const [first, ...lines] = error.message.split("\n");
    expect(first).toBe("5 images in some cannot be decoded:");
    expect(lines).toEqual([
      "  a/2.png: it is cut off before the end of its pixels",
      "  b/1.jpg: it is cut off before the end of its pixels",
      "  b/2.png: it is empty (0 bytes)",
      "  c/2.bmp: it is cut off: 3 of 16 bytes of pixels are there",
      "  c/3.png: cannot read the file: it does not exist",
    ]);
    expect(error.hint).toContain("--skip-broken");
    for (const again of [false, true]) {
      const table = await read(path, { skipBroken: true });
      expect([again, table.labels]).toEqual([again, ["a/1.png", "a/3.png", "c/1.png"]]);
      expect(table.pixels).toEqual([10, 30, 40].flatMap((shade) => [shade, shade, shade, shade]));
      expect(table.target).toMatchObject({ levels: ["a", "c"], codes: Int32Array.from([0, 0, 1]) });
      expect(table.profile.notices.map(({ message }) => message)).toEqual([
        "5 broken images left out: a/2.png, b/1.jpg, b/2.png, c/2.bmp and c/3.png",
        "the class b left out: every image is broken",
        "classes with few images: a (2) and c (1)",
      ]);
      // from the cache, the same are broken
      expect((await rejected(read(path))).message).toBe(error.message);
    }
    expect(await readdir(cache)).toEqual([expect.stringMatching(/-2x2x1\.pixels$/)]);
  });

  it("are counted beyond ten, and an error where there are no others", async () => {
    const files = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`${10 + i}.png`, "text"]));
    const path = await folder("many", files);
    const error = await rejected(read(path, { skipBroken: true }));
    expect(error.message.split("\n")).toHaveLength(12);
    expect(error.message).toMatch(/^25 images in many .*\n {2}10\.png: it is a text file\n.*\n {2}and 15 others$/s);
    const one = await rejected(read(await folder("one", { "1.png": "text", "2.png": png })));
    expect([one.message, one.hint]).toEqual([
      "the image 1.png cannot be decoded: it is a text file",
      "replace or remove the file; --skip-broken leaves it out",
    ]);
  });

  it("are a fault of the data that its hash covers, whether they are left out or not", async () => {
    const path = await folder("hashed", { "1.png": png, "2.png": "text" });
    const other = await folder("other/hashed", { "1.png": png, "2.png": "texts" });
    const [first, second] = [await read(path, { skipBroken: true }), await read(other, { skipBroken: true })];
    expect(first.sha256).not.toBe(second.sha256);
    expect(first.pixels).toEqual(second.pixels);
  });
});

describe("images with more pixels than there is memory for", () => {
  const huge = { width: 30_000, height: 30_000 } as const;

  it("are refused by their header, without room for their pixels", async () => {
    const path = await folder("huge", {
      "1.png": headerPng(huge.width, huge.height),
      "2.png": headerPng(12_000, 12_000),
      "3.bmp": bmpBytes({ ...huge, bits: 8, compression: 1, palette: [[0, 0, 0]], body: [0, 1] }),
      "4.png": png,
    });
    expect((await readFile(join(path, "1.png"))).length).toBeLessThan(138);
    const before = process.resourceUsage().maxRSS;
    const error = await rejected(readImages(path, { cache }));
    expect(error.message.split("\n").slice(1)).toEqual([
      "  1.png: it says that it has 30,000 x 30,000 pixels, and 100,000,000 are the most that are decoded (--max-pixels)",
      "  2.png: it says that it has 12,000 x 12,000 pixels, and 100,000,000 are the most that are decoded (--max-pixels)",
      "  3.bmp: it says that it has 30,000 x 30,000 pixels, and 100,000,000 are the most that are decoded (--max-pixels)",
    ]);
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(100);
    const table = await read(path, { skipBroken: true });
    expect(table.labels).toEqual(["4.png"]);
  });

  it("are not read whole where their file is large", async () => {
    const path = await folder("large", { "1.png": png, "2.png": "text", "3.png": png });
    for (const name of ["2.png", "3.png"]) await truncate(join(path, name), 2 ** 27);
    const before = process.resourceUsage().maxRSS;
    expect((await rejected(read(path))).message).toMatch(/^the image 2\.png cannot be decoded: its first bytes/);
    const { pixels, labels } = await read(path, { skipBroken: true });
    expect([labels, pixels]).toEqual([["1.png", "3.png"], Array(8).fill(5)]);
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(100);
  });

  it("are as many as the limit says", async () => {
    const path = await folder("limited", { "1.png": await plainPng(1, 10, 10), "2.png": await plainPng(2, 10, 11) });
    expect((await rejected(read(path, { maxPixels: 109 }))).message).toContain("11 x 10 pixels, and 109 are the most");
    expect((await read(path, { maxPixels: 110 })).rows).toBe(2);
    expect((await read(path, { maxPixels: 109, skipBroken: true })).labels).toEqual(["1.png"]);
  });

  it("are refused where all of them together have no room", async () => {
    const header = { format: "png", height: 8, width: 8, gray: true, frames: 1 } as const;
    const images = Array.from({ length: 200_000 }, (_, i) => ({ name: `${i}.png`, sha256: Buffer.alloc(32), header }));
    const error = await rejected(decodeImages({ path: home, images, shape: [4096, 4096, 3], maxPixels: 100 }));
    expect([error.code, error.message]).toEqual([
      "data/image-size",
      expect.stringMatching(/^200,000 images of 4096x4096x3 take 50,332 GB of memory, and there are \d+ GB$/),
    ]);
  });

  it("are decoded one at a time near it", async () => {
    const budget = budgetOf(10);
    const sizes = [4, 4, 9, 3, 25, 6, 4, 1];
    const [most, going]: [number[], Set<number>] = [[], new Set()];
    await inParallel(sizes, async (size, i) => {
      const giveBack = await budget.take(size);
      going.add(i);
      most.push([...going].reduce((sum, one) => sum + (sizes[one] ?? 0), 0));
      if (size === 25) expect(going.size).toBe(1);
      await new Promise((done) => setImmediate(done));
      going.delete(i);
      giveBack();
    });
    expect(most).toHaveLength(sizes.length);
    expect(Math.max(...most.filter((sum) => sum !== 25))).toBeLessThanOrEqual(10);
  });
});
