import { readFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { grouped, NablaError } from "nabla";
import type { ImageShape } from "nabla/images";
import type { Sharp } from "sharp";
import { loadSharp } from "../host/sharp.ts";
import { decodeBmp } from "./bmp.ts";
import { fileOf } from "./image-folder.ts";
import { type ImageFormat, imageFormatOf, otherContent } from "./image-format.ts";
import { faultIn, type ImageHeader, type SurveyedImage, sourceOf, unreadable } from "./image-survey.ts";
import { budgetOf, inParallel } from "./parallel.ts";

/** An image whose header could be read. */
export interface DecodableImage extends SurveyedImage {
  readonly header: ImageHeader;
}

/** Images to decode, and to what. */
export interface Decoding {
  /** The folder that the images lie in. */
  readonly path: string;
  readonly images: readonly DecodableImage[];
  readonly shape: ImageShape;
  /** The most pixels of one image, and of all that are decoded at one time. */
  readonly maxPixels: number;
}

/** Pixels [rows, height, width, channels] from 0 to 255; rows of images that are broken are 0. */
export interface DecodedImages {
  readonly pixels: Uint8Array;
  readonly broken: readonly BrokenImage[];
}

/** An image that could not be decoded. */
export interface BrokenImage {
  readonly row: number;
  readonly fault: string;
}

/**
 * Decodes files, each stretched to the size and turned as it says; transparency becomes white, and of an animation the
 * first frame is taken. Throws `data/image-size` where so many pixels have no room in memory.
 */
export async function decodeImages({ path, images, shape, maxPixels }: Decoding): Promise<DecodedImages> {
  const length = shape.reduce((product, side) => product * side);
  const pixels = roomFor(images.length, shape);
  const broken: BrokenImage[] = [];
  const budget = budgetOf(maxPixels);
  await inParallel(images, async (image, row) => {
    const { format, height: rows, width: columns } = image.header;
    const giveBack = await budget.take(rows * columns);
    const file = fileOf({ path }, image);
    const source = await sourceOf(file).catch((error: unknown) => ({ fault: unreadable(error) }));
    try {
      if (typeof source === "object" && "fault" in source) throw new NablaError("data/damaged-image", source.fault);
      pixels.set(await pixelsOf(source, { format, shape, maxPixels }), row * length);
    } catch (error) {
      broken.push({ row, fault: faultIn(error, { source: Buffer.isBuffer(source) ? source : file, format }) });
    } finally {
      giveBack();
    }
  });
  return { pixels, broken: broken.sort((a, b) => a.row - b.row) };
}

interface PixelOptions extends Pick<Decoding, "shape" | "maxPixels"> {
  readonly format: ImageFormat;
}

/** The pixels of one image at the size. Throws the decoder's own errors. */
async function pixelsOf(source: Buffer | string, { format, shape, maxPixels }: PixelOptions): Promise<Uint8Array> {
  const [height, width, channels] = shape;
  const opened = await open(source, { format, maxPixels });
  const resized = opened.autoOrient().flatten({ background: "white" }).resize(width, height, { fit: "fill" });
  const colored = channels === 1 ? resized.toColourspace("b-w") : resized.toColourspace("srgb");
  const { data, info } = await colored.raw().toBuffer({ resolveWithObject: true });
  if (info.channels === channels) return data;
  const length = height * width * channels;
  return Uint8Array.from({ length }, (_, i) => data[sourceIndex(i, channels, info.channels)] ?? 0);
}

/** The pixels of an image that a program holds, as a file with these bytes would give them. Throws `data/damaged-image`. */
export async function decodePicture(
  bytes: Buffer,
  { shape, maxPixels }: Omit<PixelOptions, "format">,
): Promise<Uint8Array> {
  const format = imageFormatOf(bytes);
  const broken = (fault: string): NablaError =>
    new NablaError(
      "data/damaged-image",
      `the picture cannot be decoded: ${fault}`,
      "send a PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF",
    );
  if (format === undefined) throw broken(bytes.length === 0 ? "it is empty" : otherContent(bytes));
  try {
    return await pixelsOf(bytes, { format, shape, maxPixels });
  } catch (error) {
    throw broken(faultIn(error, { source: bytes, format }));
  }
}

async function open(
  source: Buffer | string,
  { format, maxPixels }: { readonly format: ImageFormat; readonly maxPixels: number },
): Promise<Sharp> {
  const sharp = await loadSharp();
  if (format !== "bmp") return sharp(source, { failOn: "truncated", limitInputPixels: maxPixels });
  const { data, width, height, channels } = decodeBmp(typeof source === "string" ? await readFile(source) : source);
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: maxPixels });
}

/** Where number `i` of an image lies in pixels with another number of channels. */
function sourceIndex(i: number, channels: number, given: number): number {
  return Math.floor(i / channels) * given + Math.min(i % channels, given - 1);
}

/** Bytes that a number takes as long as images are read: one as it is decoded, four in the table. */
const BYTES = 5;

function roomFor(rows: number, shape: ImageShape): Uint8Array {
  const length = shape.reduce((product, side) => product * side, rows);
  // without a limit of its own a process has one beyond all memory, or none
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  if (length * BYTES <= memory) return new Uint8Array(length);
  const [needed, there] = [length * BYTES, memory].map((bytes) => `${grouped(Math.round(bytes / 1e9))} GB`);
  const message = `${grouped(rows)} images of ${shape.join("x")} take ${needed} of memory, and there are ${there}`;
  throw new NablaError("data/image-size", message, "choose a smaller size, such as --image 64x64x3");
}
