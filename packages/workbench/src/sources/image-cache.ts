/**
 * What reading images found, kept in files that are named after the content of the images. `cache` is their folder,
 * `.nabla/cache` in the working folder unless given. What cannot be written is found anew the next time, and costs
 * nothing else.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { compact, known, read } from "nabla";
import { writeFileAtomic } from "../host/atomic-files.ts";
import { type BrokenImage, type DecodedImages, type Decoding, decodeImages } from "./image-decoder.ts";
import type { ImageFolder } from "./image-folder.ts";
import { IMAGE_FORMATS } from "./image-format.ts";
import {
  type HashedImage,
  type HeaderFound,
  hashFiles,
  type ImageHeader,
  readHeaders,
  type SurveyedImage,
  sizeFault,
} from "./image-survey.ts";

/** SHA-256 of the names and bytes of files, in their order. */
export function hashImages(images: readonly HashedImage[]): string {
  const hash = createHash("sha256");
  for (const { name, sha256 } of images) hash.update(`${name}\0`).update(sha256);
  return hash.digest("hex");
}

function placeFor(images: readonly HashedImage[], { cache, end }: { cache: string | undefined; end: string }): string {
  return join(cache ?? join(".nabla", "cache"), `${hashImages(images).slice(0, 32)}${end}`);
}

const readHeaderList = read.list(
  read.record<HeaderFound>({
    header: read.optional(
      read.record<ImageHeader>({
        format: read.word(IMAGE_FORMATS),
        height: read.whole,
        width: read.whole,
        gray: read.flag,
        alpha: read.optional(read.flag),
        frames: read.whole,
      }),
    ),
    fault: read.optional(read.text),
  }),
);

/** Options of a survey of images. */
export interface SurveyOptions {
  readonly maxPixels: number;
  /** The folder of what was found; by default `.nabla/cache` in the working folder. */
  readonly cache?: string | undefined;
}

/** Hashes the files of a folder and reads their headers; nothing is decoded. */
export async function surveyImages(
  folder: ImageFolder,
  { maxPixels, cache }: SurveyOptions,
): Promise<readonly SurveyedImage[]> {
  const hashed = await hashFiles(folder);
  const place = placeFor(hashed, { cache, end: ".headers.json" });
  const bytes = await readFile(place).catch(() => undefined);
  const kept = bytes === undefined ? undefined : parsed(bytes, readHeaderList);
  const found = kept?.length === hashed.length ? kept : await readHeaders(folder, hashed);
  // what cannot be read now may be readable later
  if (found !== kept && hashed.every(({ fault }) => fault === undefined))
    await writeFileAtomic(place, Buffer.from(JSON.stringify(found)), "owner").catch(() => {});
  return hashed.map((image, i) => {
    const { header, fault } = known(found[i], "a header");
    const tooLarge = header === undefined ? undefined : sizeFault(header, maxPixels);
    return compact({ ...image, header: tooLarge === undefined ? header : undefined, fault: fault ?? tooLarge });
  });
}

const readBroken = read.list(read.record<BrokenImage>({ row: read.whole, fault: read.text }));

/** Decodes images, once; what is broken stands behind the pixels in their file. */
export async function cachedImages(decoding: Decoding, cache?: string): Promise<DecodedImages> {
  const { images, shape } = decoding;
  const length = shape.reduce((product, side) => product * side, images.length);
  const place = placeFor(images, { cache, end: `-${shape.join("x")}.pixels` });
  const kept = await readFile(place).catch(() => undefined);
  const behind = kept?.subarray(length);
  const broken = behind === undefined || behind.length === 0 ? [] : parsed(behind, readBroken);
  if (kept !== undefined && kept.length >= length && broken?.every(({ row }) => row < images.length) === true)
    return { pixels: kept.subarray(0, length), broken };
  const decoded = await decodeImages(decoding);
  const list = decoded.broken.length === 0 ? "" : JSON.stringify(decoded.broken);
  const bytes = list === "" ? decoded.pixels : Buffer.concat([decoded.pixels, Buffer.from(list)]);
  await writeFileAtomic(place, bytes, "owner").catch(() => {});
  return decoded;
}

/** What bytes of JSON say; undefined where that is something else. */
function parsed<T>(bytes: Buffer, reader: read.Reader<T>): T | undefined {
  try {
    return reader(JSON.parse(bytes.toString("utf8")), "");
  } catch {
    return undefined;
  }
}
