/** A folder of images, decoded: what can be used, and what is said of the rest. */
import { basename } from "node:path";
import { compact, count, listing, NablaError, type Notice } from "nabla";
import type { ImageShape } from "nabla/images";
import { checkParts, classNotices } from "./class-checks.ts";
import { cachedImages, hashImages, surveyImages } from "./image-cache.ts";
import type { DecodableImage } from "./image-decoder.ts";
import { classesOf, type ImageFile, imageFolder } from "./image-folder.ts";
import { mostPixels } from "./image-shape.ts";
import { commonSize, isGray, sizeNotice } from "./image-size.ts";
import type { SurveyedImage } from "./image-survey.ts";
import { named } from "./left-out.ts";

/** How a folder of images is read. */
export interface FolderOptions {
  /** The size that they are scaled to; default that of the files, at most 64 pixels a side. */
  readonly image?: ImageShape;
  /** The folder in which decoded images are cached; default `.nabla/cache`. */
  readonly cache?: string;
  /** Whether folders name classes and parts; default true. Else every image of the folder is taken. */
  readonly labeled?: boolean;
  /** Whether files that cannot be decoded are left out, with a notice; default false: they are an error. */
  readonly skipBroken?: boolean;
  /** The pixels beyond which an image counts as broken; default 100 million. */
  readonly maxPixels?: number;
}

/** The images of a folder. */
export interface FolderImages {
  readonly files: readonly ImageFile[];
  /** [rows, height, width, channels] from 0 to 255. */
  readonly pixels: Uint8Array;
  readonly shape: ImageShape;
  readonly classes: readonly string[];
  /** The number of the part of each row, where the folder is divided into parts. */
  readonly givenParts?: Uint8Array;
  /** Of the names and bytes of all files, broken ones included. */
  readonly sha256: string;
  readonly notices: readonly Notice[];
}

/** Reads a folder. Throws what `imageFolder` throws, and `data/damaged-image` that names the broken files. */
export async function readFolder(path: string, options: FolderOptions): Promise<FolderImages> {
  const { image, cache, labeled = true, skipBroken = false, maxPixels = mostPixels } = options;
  const folder = await imageFolder(path, { labeled });
  const surveyed = await surveyImages(folder, { maxPixels, cache });
  const images = surveyed.filter((one): one is DecodableImage => one.header !== undefined);
  const headers = images.map(({ header }) => header);
  const decode = async (shape: ImageShape): ReturnType<typeof cachedImages> =>
    await cachedImages({ path: folder.path, images, shape, maxPixels }, cache);
  let shape = image ?? ([...commonSize(headers), headers.every(({ gray }) => gray) ? 1 : 3] as const);
  let decoded = await decode(shape);
  if (image === undefined && shape[2] === 3 && images.length > 0 && isGray(decoded.pixels)) {
    shape = [shape[0], shape[1], 1];
    decoded = await decode(shape);
  }
  const faults = new Map(surveyed.flatMap(({ name, fault }) => (fault === undefined ? [] : [[name, fault] as const])));
  for (const { row, fault } of decoded.broken) faults.set(images[row]?.name ?? "", fault);
  const good = images.filter(({ name }) => !faults.has(name));
  const broken = surveyed.flatMap(({ name }) => (faults.has(name) ? [{ name, fault: faults.get(name) ?? "" }] : []));
  if (broken.length > 0 && (!skipBroken || good.length === 0)) throw brokenError(broken, basename(folder.path));
  if (folder.parts !== undefined) checkParts(good, basename(folder.path));
  const classes = classesOf(good);
  const lost = classesOf(surveyed).filter((name) => !classes.includes(name));
  return compact({
    files: good,
    pixels: pixelsOf(decoded.pixels, { images, good, length: shape[0] * shape[1] * shape[2] }),
    shape,
    classes,
    givenParts: folder.parts === undefined ? undefined : Uint8Array.from(good, ({ part = 0 }) => part),
    sha256: hashImages(surveyed),
    notices: [
      ...folder.notices,
      ...(broken.length === 0 ? [] : [skippedNotice(broken)]),
      ...(lost.length === 0 ? [] : [lostNotice(lost)]),
      ...classNotices(good),
      ...framesNotices(good),
      ...alphaNotices(good),
      ...(image === undefined ? [sizeNotice(headers, shape)] : []),
    ],
  });
}

interface Taken {
  readonly images: readonly SurveyedImage[];
  readonly good: readonly SurveyedImage[];
  readonly length: number;
}

function pixelsOf(pixels: Uint8Array, { images, good, length }: Taken): Uint8Array {
  if (good.length === images.length) return pixels;
  const taken = new Uint8Array(good.length * length);
  const wanted = new Set(good);
  let to = 0;
  for (const [row, one] of images.entries())
    if (wanted.has(one)) taken.set(pixels.subarray(row * length, (row + 1) * length), length * to++);
  return taken;
}

type Broken = Required<Pick<SurveyedImage, "name" | "fault">>;

/** Broken files that a message names. */
const MOST_BROKEN = 10;

function brokenError(broken: readonly Broken[], folder: string): NablaError {
  const [first, ...others] = broken;
  const code = "data/damaged-image";
  const hint = "replace or remove them; --skip-broken leaves them out";
  if (first !== undefined && others.length === 0) {
    const message = `the image ${first.name} cannot be decoded: ${first.fault}`;
    return new NablaError(code, message, "replace or remove the file; --skip-broken leaves it out");
  }
  const shown = broken.slice(0, MOST_BROKEN).map(({ name, fault }) => `${name}: ${fault}`);
  const rest = broken.length - shown.length;
  const lines = [...shown, ...(rest === 0 ? [] : [`and ${count(rest, "other")}`])].map((line) => `\n  ${line}`);
  return new NablaError(
    code,
    `${count(broken.length, "image")} in ${folder} cannot be decoded:${lines.join("")}`,
    hint,
  );
}

function skippedNotice(broken: readonly Broken[]): Notice {
  const names = named(
    broken.map(({ name }) => name),
    MOST_BROKEN,
  );
  return { code: "data/damaged-image", message: `${count(broken.length, "broken image")} left out: ${names}` };
}

function lostNotice(lost: readonly string[]): Notice {
  const which = lost.length === 1 ? "the class" : "the classes";
  return { code: "data/empty-class", message: `${which} ${listing(lost)} left out: every image is broken` };
}

function framesNotices(images: readonly DecodableImage[]): readonly Notice[] {
  const many = images.filter(({ header }) => header.frames > 1);
  const [first, ...others] = many;
  if (first === undefined) return [];
  const names = named(many.map(({ name }) => name));
  const message =
    others.length === 0
      ? `${names} has ${first.header.frames} frames or pages: the first is taken`
      : `${count(many.length, "image")} have several frames or pages, of which the first is taken: ${names}`;
  return [{ code: "data/frames", message }];
}

function alphaNotices(images: readonly DecodableImage[]): readonly Notice[] {
  const many = images.filter(({ header }) => header.alpha === true);
  if (many.length === 0) return [];
  const which = many.length === images.length ? "the images" : count(many.length, "image");
  const message = `${which} can be transparent, and what is seen through them is taken as white: ${named(many.map(({ name }) => name))}`;
  return [{ code: "data/transparent", message }];
}
