/** Pictures as cameras and programs write them: turned, transparent, gray, of 16 bits, with a palette, animated. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterAll, expect, test } from "vitest";
import { readImages } from "../../src/sources/read-images.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-image-kinds-"));
const before = process.cwd();
process.chdir(home);
afterAll(async () => {
  process.chdir(before);
  await rm(home, { recursive: true, force: true });
});

const [width, height] = [6, 9];
const [bright, dark] = [
  [200, 100, 10],
  [40, 20, 10],
] as const;
/** Three bright rows above six dark ones. */
const raw = Buffer.from(Array.from({ length: height * width }, (_, i) => (i < 3 * width ? bright : dark)).flat());
const picture = (): Sharp => sharp(raw, { raw: { width, height, channels: 3 } });
const fine = { quality: 100, chromaSubsampling: "4:4:4" } as const;

await mkdir(join(home, "kinds", "a"), { recursive: true });
await mkdir(join(home, "kinds", "b"), { recursive: true });
const file = (name: string): string => join(home, "kinds", name);
const frames = { width, height: 2 * height, channels: 3, pageHeight: height } as const;
await Promise.all([
  picture().png().toFile(file("a/plain.png")),
  picture().png({ palette: true }).toFile(file("a/palette.png")),
  picture().toColourspace("rgb16").png().toFile(file("a/deep.png")),
  picture().rotate(90).withMetadata({ orientation: 8 }).jpeg(fine).toFile(file("a/turned.jpg")),
  picture().rotate(270).withMetadata({ orientation: 6 }).jpeg(fine).toFile(file("a/turned-back.jpg")),
  picture().flop().withMetadata({ orientation: 2 }).jpeg(fine).toFile(file("a/mirrored.jpg")),
  picture().ensureAlpha(0.5).png().toFile(file("b/glass.png")),
  picture().greyscale().toColourspace("grey16").png().toFile(file("b/gray-deep.png")),
  picture().greyscale().toColourspace("b-w").png().toFile(file("b/gray.png")),
  sharp(Buffer.concat([raw, Buffer.alloc(raw.length, 255)]), { raw: frames })
    .gif()
    .toFile(file("b/moving.gif")),
]);

test("every kind of picture is read as it is shown, and what is not obvious is said", async () => {
  const { columns, labels, image, profile } = await readImages(file(""));
  expect(image).toEqual([height, width, 3]);
  const [column] = columns;
  if (column?.kind !== "number") throw new Error("no pixels");
  const pixel = (name: string, y: number): readonly number[] => {
    const at = ((labels.indexOf(name) * height + y) * width + 2) * 3;
    return Array.from(column.values.data.slice(at, at + 3));
  };
  const near = (found: readonly number[], wanted: readonly number[]): void => {
    for (const [i, value] of wanted.entries()) expect(Math.abs((found[i] ?? 0) - value)).toBeLessThan(4);
  };
  for (const name of ["plain.png", "palette.png", "deep.png", "turned.jpg", "turned-back.jpg", "mirrored.jpg"]) {
    near(pixel(`a/${name}`, 1), bright);
    near(pixel(`a/${name}`, 7), dark);
  }
  near(pixel("b/moving.gif", 1), bright);
  // half of it is white
  near(pixel("b/glass.png", 1), [227, 177, 132]);
  near(pixel("b/gray-deep.png", 7), pixel("b/gray.png", 7));
  const [red, green, blue] = pixel("b/gray.png", 1);
  expect([green, blue]).toEqual([red, red]);
  const said = profile.notices.map(({ code, message }) => `${code}: ${message}`);
  expect(said).toContain("data/frames: b/moving.gif has 2 frames or pages: the first is taken");
  expect(said).toContainEqual(expect.stringMatching(/^data\/transparent: .*white: b\/glass\.png/));
});
