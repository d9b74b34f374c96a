import { join } from "node:path";
import type { ImageShape } from "nabla/images";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { readImages } from "../../src/sources/read-images.ts";
import { bmpBytes } from "./bmp-bytes.ts";
import { rejected } from "./files.ts";
import { foldersForTests, rawPicture } from "./picture-files.ts";

const { home, folder } = await foldersForTests();
const cache = join(home, "cache");
let folders = 0;

/** The pixels of one file and what is said of it. */
async function read(name: string, bytes: Uint8Array, image?: ImageShape) {
  const path = await folder(`f${folders++}`, { [name]: bytes });
  const table = await readImages(path, { cache, labeled: false, ...(image === undefined ? {} : { image }) });
  const [column] = table.columns;
  const data = column?.kind === "number" ? [...column.values.data] : [];
  return { data, image: table.image, notices: table.profile.notices.map(({ message }) => message) };
}
const pixels = async (name: string, bytes: Uint8Array, image: ImageShape) => (await read(name, bytes, image)).data;

const rgb = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30];
const color = () => rawPicture(rgb, 2, 3);
const lossless = { lossless: true } as const;
const bmp = bmpBytes({
  width: 2,
  height: -2,
  bits: 24,
  body: [0, 0, 255, 0, 255, 0, 0, 0, 255, 0, 0, 30, 20, 10, 0, 0],
});

describe("formats of images", () => {
  it("reads each without loss, whatever the case of its extension, and at its own size", async () => {
    const files: Readonly<Record<string, Uint8Array>> = {
      "a.png": await color().png().toBuffer(),
      "a.PNG": await color().png({ palette: true }).toBuffer(),
      "a.WebP": await color().webp(lossless).toBuffer(),
      "a.gif": await color().gif().toBuffer(),
      "a.Tif": await color().tiff({ compression: "lzw" }).toBuffer(),
      "a.tiff": await color().tiff({ compression: "none" }).toBuffer(),
      "a.avif": await color()
        .avif({ ...lossless, chromaSubsampling: "4:4:4" })
        .toBuffer(),
      "a.bmp": bmp,
      "a.BMP": bmp,
    };
    for (const [name, bytes] of Object.entries(files)) {
      expect([name, await read(name, bytes)]).toEqual([
        name,
        { data: rgb, image: [2, 2, 3], notices: ["the images keep their size, 2x2x3 (height x width x channels)"] },
      ]);
    }
    const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#c81e28" } })
      .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
      .toBuffer();
    for (const name of ["a.jpg", "a.JPEG", "a.jfif"]) {
      const [red = 0, green = 0, blue = 0] = await pixels(name, jpeg, [1, 1, 3]);
      expect(Math.max(Math.abs(red - 0xc8), Math.abs(green - 0x1e), Math.abs(blue - 0x28))).toBeLessThan(2);
    }
  });

  it("goes by the content of a file, not by its name", async () => {
    expect(await pixels("bmp.png", bmp, [2, 2, 3])).toEqual(rgb);
    expect(await pixels("png.jpg", await color().png().toBuffer(), [2, 2, 3])).toEqual(rgb);
    expect(await pixels("webp", await color().webp(lossless).toBuffer(), [2, 2, 3])).toEqual(rgb);
    const svg =
      '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4"/></svg>';
    const faults = {
      [svg]: "it is an SVG drawing, not an image of pixels",
      "<svg/>": "it is an SVG drawing, not an image of pixels",
      "hello there": "it is a text file",
      "<!DOCTYPE html><p>404": "it is an HTML page",
      "version https://git-lfs.github.com/spec/v1\noid": "it is a Git LFS pointer, not the image itself (git lfs pull)",
      "\0\0\0\x18ftypheic\0\0\0\0mif1heic": "it is in HEIC format, which is not read",
      "": "it is empty (0 bytes)",
      "\0\0\0\0": "its first bytes are zeros, as a failed download leaves them",
      "\x89PGN\r\n\x01": "its first bytes are those of no image format",
    };
    for (const [content, fault] of Object.entries(faults)) {
      const error = await rejected(read("x.png", Buffer.from(content, "latin1"), [2, 2, 3]));
      expect([error.code, error.message]).toEqual([
        "data/damaged-image",
        `the image x.png cannot be decoded: ${fault}`,
      ]);
    }
  });

  it("takes the first frame of an animation and the first page of a document, and says so", async () => {
    const frames = await Promise.all(
      [0, 100].map(
        async (shade) => await rawPicture([shade, shade, shade, shade, shade, shade], 2, 3).png().toBuffer(),
      ),
    );
    const gif = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [10, 10] })
      .toBuffer();
    const found = await read("moving.gif", gif);
    expect(found.data).toEqual([0, 0]);
    expect(found.notices[0]).toBe("moving.gif has 2 frames or pages: the first is taken");
  });

  it("brings 16 bits to 8, and gray and color to each other", async () => {
    const wide = Uint16Array.from([0, 256, 514, 25_700, 65_535, 51_400]);
    const gray = sharp(wide, { raw: { width: 3, height: 2, channels: 1 } }).toColourspace("grey16");
    expect(await pixels("gray.png", await gray.png().toBuffer(), [2, 3, 1])).toEqual([0, 1, 2, 100, 255, 200]);
    expect((await read("gray.png", await gray.png().toBuffer())).image).toEqual([2, 3, 1]);
    const colored = sharp(wide, { raw: { width: 2, height: 1, channels: 3 } }).toColourspace("rgb16");
    expect(await pixels("color.png", await colored.png().toBuffer(), [1, 2, 3])).toEqual([0, 1, 2, 100, 255, 200]);
    const shades = await rawPicture([7, 100, 255], 3, 1).png().toBuffer();
    expect(await pixels("shades.png", shades, [1, 3, 3])).toEqual([7, 7, 7, 100, 100, 100, 255, 255, 255]);
    // luminance of linear light by the weights of sRGB
    expect(await pixels("rgb.png", await color().png().toBuffer(), [2, 2, 1])).toEqual([127, 220, 76, 19]);
  });

  it("lays what is transparent on white", async () => {
    const clear = rawPicture([255, 0, 0, 255, 255, 0, 0, 102, 0, 0, 0, 0, 0, 0, 255, 51], 2, 4);
    const white = [255, 0, 0, 255, 153, 153, 255, 255, 255, 204, 204, 255];
    expect(await pixels("clear.png", await clear.png().toBuffer(), [2, 2, 3])).toEqual(white);
    const gray = await rawPicture([0, 255, 0, 51, 0, 0], 3, 2).png().toBuffer();
    expect(await pixels("gray.png", gray, [1, 3, 1])).toEqual([0, 204, 255]);
    const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
    const body = [0, 0, 255, 255, 0, 0, 255, 102, 0, 0, 0, 0, 255, 0, 0, 51];
    const file = bmpBytes({ width: 2, height: -2, bits: 32, header: 124, compression: 3, masks, body });
    expect(await pixels("clear.bmp", file, [2, 2, 3])).toEqual(white);
  });

  it("turns images as their EXIF orientation says, their size too", async () => {
    // as EXIF 2.32 describes tag 274: where the first row and the first column of the file are to be seen
    const turned: Readonly<Record<number, readonly number[]>> = {
      1: [1, 2, 3, 4, 5, 6],
      2: [3, 2, 1, 6, 5, 4],
      3: [6, 5, 4, 3, 2, 1],
      4: [4, 5, 6, 1, 2, 3],
      5: [1, 4, 2, 5, 3, 6],
      6: [4, 1, 5, 2, 6, 3],
      7: [6, 3, 5, 2, 4, 1],
      8: [3, 6, 2, 5, 1, 4],
    };
    for (const [orientation, data] of Object.entries(turned)) {
      const picture = rawPicture([1, 2, 3, 4, 5, 6], 3, 1).withMetadata({ orientation: Number(orientation) });
      const found = await read("x.png", await picture.png().toBuffer());
      expect([orientation, found.data, found.image]).toEqual([
        orientation,
        data,
        Number(orientation) > 4 ? [3, 2, 1] : [2, 3, 1],
      ]);
    }
    // a camera's JPEG: black on the left of the file, which is above when turned by a quarter
    const halves = rawPicture(
      Array.from({ length: 16 * 32 }, (_, i) => (i % 32 < 16 ? 0 : 255)),
      32,
      1,
    );
    const jpeg = await halves.withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer();
    const found = await read("camera.jpg", jpeg);
    expect([found.image, found.data[0], found.data.at(-1)]).toEqual([[32, 16, 1], 0, 255]);
  });

  it("turns CMYK into red, green and blue", async () => {
    const picture = sharp({ create: { width: 16, height: 16, channels: 3, background: { r: 200, g: 30, b: 40 } } });
    const jpeg = await picture.toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(jpeg).metadata()).space).toBe("cmyk");
    const [red = 0, green = 0, blue = 0] = await pixels("x.jpg", jpeg, [1, 1, 3]);
    expect(Math.max(Math.abs(red - 200), Math.abs(green - 30), Math.abs(blue - 40))).toBeLessThan(30);
    expect((await read("x.jpg", jpeg)).image).toEqual([16, 16, 3]);
  });

  it("refuses pixels that are no bytes, rather than clipping them", async () => {
    const error = await rejected(read("heights.tif", floatTiff([0.1, 0.5, 1, 900]), [1, 4, 1]));
    expect(error.message).toBe(
      "the image heights.tif cannot be decoded: its pixels are numbers of type float, not of 8 or 16 bits",
    );
  });
});

/** An uncompressed TIFF with one row of 32-bit floating-point numbers. */
function floatTiff(values: readonly number[]): Uint8Array {
  const tags = [
    [256, values.length],
    [257, 1],
    [258, 32],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, 1],
    [279, 4 * values.length],
    [339, 3],
  ] as const;
  const directory = 8 + 4 * values.length;
  const bytes = Buffer.alloc(directory + 2 + 12 * tags.length + 4);
  bytes.write("II*\0", "latin1");
  bytes.writeUInt32LE(directory, 4);
  for (const [i, value] of values.entries()) bytes.writeFloatLE(value, 8 + 4 * i);
  bytes.writeUInt16LE(tags.length, directory);
  for (const [i, [tag, value]] of tags.entries()) {
    const at = directory + 2 + 12 * i;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(4, at + 2);
    bytes.writeUInt32LE(1, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  }
  return bytes;
}
