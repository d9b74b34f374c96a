/** Pictures of every sort that browsers and the command both read, and what the command makes of them. */
import sharp, { type Sharp } from "sharp";
import { decodePicture } from "../../src/sources/image-decoder.ts";
import { mostPixels } from "../../src/sources/image-shape.ts";

const [width, height] = [60, 90];
/** Colors that change slowly, so that decoders agree, with an edge. */
const raw = Buffer.from(
  Array.from({ length: height * width }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return [20 + 3 * x, 240 - 2 * y, y < 30 ? 200 : 30 + x];
  }).flat(),
);
const picture = (): Sharp => sharp(raw, { raw: { width, height, channels: 3 } });
const fine = { quality: 100, chromaSubsampling: "4:4:4" } as const;
const frames = { width, height: 2 * height, channels: 3, pageHeight: height } as const;

/** Their bytes by name. */
export async function oddPictures(): Promise<Readonly<Record<string, Buffer<ArrayBuffer>>>> {
  const moving = sharp(Buffer.concat([raw, Buffer.alloc(raw.length, 255)]), { raw: frames });
  const made: Readonly<Record<string, Sharp>> = {
    "plain.png": picture().png(),
    "deep.png": picture().toColourspace("rgb16").png(),
    "glass.png": picture().ensureAlpha(0.5).png(),
    "gray.png": picture().greyscale().toColourspace("b-w").png(),
    "turned.jpg": picture().rotate(90).withMetadata({ orientation: 8 }).jpeg(fine),
    "mirrored.jpg": picture().flop().withMetadata({ orientation: 2 }).jpeg(fine),
    "exact.webp": picture().webp({ lossless: true }),
    "palette.png": picture().png({ palette: true, dither: 0 }),
    "moving.gif": moving.gif({ dither: 0 }),
  };
  const all = Object.entries(made).map(async ([name, one]) => [name, Buffer.from(await one.toBuffer())] as const);
  return Object.fromEntries(await Promise.all(all));
}

/** The numbers that a folder with the picture would give. */
export async function pixelsByCommand(
  bytes: Buffer,
  shape: readonly [number, number, number],
): Promise<readonly number[]> {
  return Array.from(await decodePicture(bytes, { shape, maxPixels: mostPixels }));
}
