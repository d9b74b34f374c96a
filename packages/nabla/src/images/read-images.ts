/** Pictures in a page as a table, prepared as the command prepares a folder of them. */
import { wrongArgument } from "../array/check-array.ts";
import { ndarray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import { type FileSource, sourceBytes, sourceName } from "../base/file-source.ts";
import { hostScope } from "../base/host-scope.ts";
import { isRecord } from "../base/value-type.ts";
import { categoryColumn, numberColumn, type Table, table } from "../data/table.ts";
import { type Pixels, resample } from "./resample.ts";

/** Height, width and channels of images: 1 for gray, 3 for red, green and blue. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** What the columns of images are called. */
export const imageColumns = { image: "image", target: "class" } as const;

/** What pictures become. */
export interface ReadImagesOptions {
  /** Height, width and channels, to which each is stretched: `[28, 28, 1]` is gray; a model has its own in `preparation.columns[0].shape`. */
  readonly shape: ImageShape;
  /** The class of each. Default: none, as for predictions. */
  readonly classes?: readonly string[];
}

/** So many pictures are decoded at once. */
const AT_ONCE = 8;

/**
 * Reads pictures (a `File`, a `Response` or bytes: PNG, JPEG, WebP, GIF, BMP and AVIF) as the column `image` [rows, height, width,
 * channels] from 0 to 255, with the target `class` where classes are given: `await readImages([...input.files], { shape: [28, 28, 1] })`.
 * Each is turned as its camera says, transparency becomes white, and of an animation the first frame is taken. Numbers are those of
 * `nabla train` to 2 of 255; of JPEG and WebP files, which the command shrinks as they are decoded, edges differ by more. It runs in pages
 * and workers, whose `createImageBitmap` decodes. Throws `data/damaged-image` with the name of the picture, `data/fetch`,
 * `data/image-size`, and `data/length` where there are not as many classes as pictures.
 */
export async function readImages(sources: readonly FileSource[], options: ReadImagesOptions): Promise<Table> {
  const given: unknown = options;
  if (!Array.isArray(sources)) throw wrongArgument("readImages", "a list of files, responses or bytes", sources);
  if (!isRecord(given)) throw wrongArgument("readImages › options", "{ shape, classes }", options);
  const { shape, classes } = options;
  checkShape(shape);
  if (classes !== undefined && classes.length !== sources.length) {
    const message = `readImages: ${classes.length} classes for ${sources.length} pictures`;
    throw new NablaError("data/length", message, "give the class of each picture, in the same order");
  }
  const [height, width, channels] = shape;
  const length = height * width * channels;
  const pixels = new Float32Array(sources.length * length);
  for (let from = 0; from < sources.length; from += AT_ONCE) {
    const some = sources.slice(from, from + AT_ONCE);
    const read = await Promise.all(some.map((source, i) => imageOf(source, { shape, place: `picture ${from + i}` })));
    for (const [i, one] of read.entries()) pixels.set(one, (from + i) * length);
  }
  const image = numberColumn(imageColumns.image, ndarray(pixels, [sources.length, ...shape]));
  return table([image], classes === undefined ? undefined : categoryColumn(imageColumns.target, classes));
}

function checkShape(shape: unknown): void {
  const [height, width, channels, ...more] = Array.isArray(shape) ? shape : [];
  const sides = [height, width].every((side) => Number.isInteger(side) && side > 0 && side <= 4096);
  if (sides && (channels === 1 || channels === 3) && more.length === 0) return;
  const message = `readImages: an image is [height, width, channels], received ${JSON.stringify(shape)}`;
  throw new NablaError(
    "data/image-size",
    message,
    "1 channel is gray, 3 are red, green and blue: { shape: [28, 28, 1] }",
  );
}

/** The host's pictures, as far as they are used: browsers and their workers have them. */
interface PictureHost {
  readonly Blob: new (parts: readonly Uint8Array[]) => object;
  readonly createImageBitmap?: (file: object, options: object) => Promise<Bitmap>;
  readonly OffscreenCanvas?: new (
    width: number,
    height: number,
  ) => { getContext(kind: "2d", options: object): Canvas | null };
}

interface Bitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}

interface Canvas {
  fillStyle: string;
  fillRect(x: number, y: number, width: number, height: number): void;
  drawImage(image: object, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
}

async function imageOf(
  source: FileSource,
  { shape: [height, width, channels], place }: { readonly shape: ImageShape; readonly place: string },
): Promise<Uint8ClampedArray> {
  const name = sourceName(source) ?? place;
  const { Blob, createImageBitmap, OffscreenCanvas } = hostScope<PictureHost>();
  if (createImageBitmap === undefined || OffscreenCanvas === undefined) {
    const message = "readImages runs in pages and their workers, which decode pictures";
    throw new NablaError(
      "host/pictures",
      message,
      'elsewhere give pixels: numberColumn("image", ndarray(pixels, [rows, height, width, channels]))',
    );
  }
  const bytes = await sourceBytes(source, { caller: "readImages", name });
  const options = { imageOrientation: "from-image", premultiplyAlpha: "none" };
  const bitmap = await createImageBitmap(new Blob([bytes]), options).catch(() => undefined);
  const canvas =
    bitmap && new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
  if (bitmap === undefined || !canvas) {
    const message = `${name} cannot be decoded as a picture${bytes.length === 0 ? ": it is empty" : ""}`;
    throw new NablaError("data/damaged-image", message, "give a PNG, JPEG, WebP, GIF, BMP or AVIF");
  }
  canvas.fillStyle = "white";
  canvas.fillRect(0, 0, bitmap.width, bitmap.height);
  canvas.drawImage(bitmap, 0, 0);
  const { data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
  const opaque: Pixels = { height: bitmap.height, width: bitmap.width, channels: 3, data: withoutAlpha(data) };
  bitmap.close();
  const { data: colors } = resample(opaque, height, width);
  return channels === 3 ? colors : grays(colors);
}

function withoutAlpha(data: Uint8ClampedArray): Uint8ClampedArray {
  const colors = new Uint8ClampedArray((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    colors[to] = data[from] as number;
    colors[to + 1] = data[from + 1] as number;
    colors[to + 2] = data[from + 2] as number;
  }
  return colors;
}

/** The luminance of colors, which is a sum of light (ITU-R BT.709), and not of the numbers that stand for it (IEC 61966-2-1). */
function grays(colors: Uint8ClampedArray): Uint8ClampedArray {
  const light = Float64Array.from({ length: 256 }, (_, value) => {
    const share = value / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const of = (at: number): number => light[colors[at] as number] as number;
  return Uint8ClampedArray.from({ length: colors.length / 3 }, (_, i) => {
    const sum = 0.2126 * of(3 * i) + 0.7152 * of(3 * i + 1) + 0.0722 * of(3 * i + 2);
    return 255 * (sum <= 0.003_130_8 ? 12.92 * sum : 1.055 * sum ** (1 / 2.4) - 0.055);
  });
}
