import { join } from "node:path";
import { expect, it } from "vitest";
import { commonSize } from "../../src/sources/image-size.ts";
import { readImages } from "../../src/sources/read-images.ts";
import { foldersForTests, plainPng, rawPicture } from "./picture-files.ts";

const { home, folder } = await foldersForTests();
const cache = join(home, "cache");
const header = (height: number, width: number) => ({ format: "png", height, width, gray: true, frames: 1 }) as const;

it("takes the size that most files have, within 64 pixels a side, else the middle of their shorter sides", () => {
  expect(commonSize([header(20, 30), header(20, 30)])).toEqual([20, 30]);
  expect(commonSize([header(480, 640)])).toEqual([48, 64]);
  expect(commonSize([header(1000, 10)])).toEqual([64, 1]);
  expect(commonSize([header(20, 30), header(20, 30), header(9, 9), header(8, 8)])).toEqual([20, 30]);
  expect(commonSize([header(20, 30), header(40, 10), header(50, 60)])).toEqual([20, 20]);
  expect(commonSize([header(200, 300), header(400, 100), header(500, 600)])).toEqual([64, 64]);
});

it("announces the size, with one channel where all files show gray, whatever their format says", async () => {
  const read = async (name: string, files: Readonly<Record<string, Uint8Array>>) => {
    const table = await readImages(await folder(name, files), { cache, labeled: false });
    return [table.image, ...table.profile.notices.map(({ message }) => message)];
  };
  const gray = await plainPng(7, 6, 5);
  const grayInColor = await rawPicture([7, 7, 7, 90, 90, 90], 2, 3).png().toBuffer();
  const color = await rawPicture([7, 7, 7, 90, 90, 91], 2, 3).png().toBuffer();
  expect(await read("gray", { "1.png": gray, "2.png": gray })).toEqual([
    [5, 6, 1],
    "the images keep their size, 5x6x1 (height x width x channels)",
  ]);
  expect((await read("both", { "1.png": grayInColor, "2.png": grayInColor }))[0]).toEqual([1, 2, 1]);
  expect(await read("color", { "1.png": grayInColor, "2.png": color, "3.png": gray })).toEqual([
    [1, 2, 3],
    "images of 2 sizes (height 1 to 5, width 2 to 6) are scaled to 1x2x3; --image sets another size",
  ]);
  expect(await read("large", { "1.png": await plainPng(7, 128, 96) })).toEqual([
    [48, 64, 1],
    "images of 96x128 pixels are scaled to 48x64x1; --image 96x128x1 keeps them",
  ]);
});

it("decodes gray images alike, whether one channel was asked for or found", async () => {
  const shades = Array.from({ length: 64 }, (_, i) => 4 * i);
  const png = await rawPicture(
    shades.flatMap((shade) => [shade, shade, shade]),
    8,
    3,
  )
    .png()
    .toBuffer();
  const path = await folder("alike", { "1.png": png });
  const pixels = async (image?: readonly [number, number, number]) => {
    const [column] = (await readImages(path, { cache, labeled: false, ...(image === undefined ? {} : { image }) }))
      .columns;
    return column?.kind === "number" ? [...column.values.data] : [];
  };
  expect(await pixels()).toEqual(shades);
  expect(await pixels([8, 8, 1])).toEqual(shades);
});
