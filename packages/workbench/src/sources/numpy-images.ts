/** Images in arrays of NumPy: [rows, height, width] or [rows, height, width, channels], and their classes. */
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { compact, NablaError, type Notice } from "nabla";
import type { ImageShape } from "nabla/images";
import { holdsTexts, type NamedArray, type RowArrays, readArrays } from "./numpy-arrays.ts";

/** Images and their classes by name. */
export interface ArrayImages {
  readonly pixels: Float64Array;
  readonly shape: ImageShape;
  /** The class of each row; empty where none is known. */
  readonly classes: readonly string[];
  /** The part of each row (0 for train, 1 for dev, 2 for test); absent where arrays come in no parts. */
  readonly givenParts?: Uint8Array;
  readonly notices: readonly Notice[];
}

/** A matrix a row with shorter sides is a few measurements, and no image. */
const SHORTEST = 8;
const CHANNELS: readonly number[] = [1, 3];
const TARGET = /^(y|labels?|targets?|class(es)?|digits?)$/i;

/** What files held when they were last looked at, since reading one takes a while. */
const looked = new Map<string, boolean>();

/** Whether a file holds images. Throws what `readArrays` throws. */
export async function holdsArrayImages(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return false;
  const key = `${resolve(path)} ${found.mtimeMs} ${found.size}`;
  const known = looked.get(key);
  if (known !== undefined) return known;
  const holds = picturesIn(await readArrays(path)) !== undefined;
  looked.set(key, holds);
  return holds;
}

/** Reads them. Throws `data/image-size` for another size than theirs, and what `readArrays` throws. */
export async function readArrayImages(path: string, image: ImageShape | undefined): Promise<ArrayImages> {
  const file = await readArrays(path);
  const found = picturesIn(file);
  const name = basename(path);
  if (found === undefined)
    throw new NablaError("data/image-size", `${name} holds no images [rows, height, width, channels]`);
  const { array, shape, isChannelsFirst } = found;
  if (image !== undefined && String(image) !== String(shape)) {
    const message = `${name} holds images of ${shape.join("x")}, not ${image.join("x")}`;
    throw new NablaError("data/image-size", message, "leave the size out, or name the one that they have");
  }
  const numbers = Float64Array.from(array.values, Number);
  const pixels = isChannelsFirst ? channelsLast(numbers, shape) : numbers;
  const notices = [...file.notices];
  if (isChannelsFirst)
    notices.push({ code: "data/channels-first", message: `${array.name} has its channels first: turned` });
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of pixels) [least, most] = [Math.min(least, value), Math.max(most, value)];
  if (least >= 0 && most <= 1 && pixels.some((value) => value % 1 !== 0)) {
    notices.push({ code: "data/pixel-range", message: `${array.name} holds numbers from 0 to 1: taken as 0 to 255` });
    for (let i = 0; i < pixels.length; i++) pixels[i] = (pixels[i] ?? 0) * 255;
  }
  const target = targetOf(file, array);
  const classes = target === undefined ? [] : Array.from(target.values as ArrayLike<unknown>, String);
  return compact({ pixels, shape, classes, notices, givenParts: file.parts });
}

interface Pictures {
  readonly array: NamedArray;
  readonly shape: ImageShape;
  readonly isChannelsFirst: boolean;
}

function picturesIn({ arrays }: RowArrays): Pictures | undefined {
  for (const array of arrays) {
    const [, a = 0, b = 0, c = 0] = array.shape;
    if (holdsTexts(array)) continue;
    if (array.shape.length === 4 && CHANNELS.includes(c)) return { array, shape: [a, b, c], isChannelsFirst: false };
    if (array.shape.length === 4 && CHANNELS.includes(a)) return { array, shape: [b, c, a], isChannelsFirst: true };
    if (array.shape.length === 3 && Math.min(a, b) >= SHORTEST)
      return { array, shape: [a, b, 1], isChannelsFirst: false };
  }
  return undefined;
}

/** The array of one value a row that is called as targets are, or the only such array. */
function targetOf({ arrays, rows }: RowArrays, pictures: NamedArray): NamedArray | undefined {
  const single = arrays.filter((array) => array !== pictures && array.values.length === rows);
  return single.find(({ name }) => TARGET.test(name)) ?? (single.length === 1 ? single[0] : undefined);
}

function channelsLast(values: Float64Array, [height, width, channels]: ImageShape): Float64Array {
  const [plane, length] = [height * width, height * width * channels];
  return values.map((_, i) => {
    const [row, within] = [Math.floor(i / length), i % length];
    return values[row * length + (within % channels) * plane + Math.floor(within / channels)] ?? 0;
  });
}
