/** What the image files of a folder are, before any is decoded: format, size and hash. */

import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { grouped, NablaError } from "nabla";
import { fileFailure } from "../host/file-failure.ts";
import { MISSING_PACKAGE } from "../host/native-package.ts";
import { loadSharp } from "../host/sharp.ts";
import { bmpHeader } from "./bmp.ts";
import { hashFile } from "./file-bytes.ts";
import { imageHead } from "./folder-tree.ts";
import { fileOf, type ImageFile, type ImageFolder } from "./image-folder.ts";
import { type ImageFormat, imageFormatOf, isCutOff, otherContent } from "./image-format.ts";
import { inParallel } from "./parallel.ts";

/** An image as its header describes it; turned as it says it is to be shown. */
export interface ImageHeader {
  readonly format: ImageFormat;
  readonly height: number;
  readonly width: number;
  readonly gray: boolean;
  /** Whether pixels can be transparent; absent where they cannot. */
  readonly alpha?: boolean;
  /** More than 1 for an animation, and for a file of several pages. */
  readonly frames: number;
}

/** A file with the hash of its bytes, which is that of none for a file that cannot be read. */
export interface HashedImage extends ImageFile {
  readonly sha256: Buffer;
  /** Why it cannot be read; absent where it can. */
  readonly fault?: string;
}

/** What the header of a file says, or the reason that it has none that can be decoded. */
export interface HeaderFound {
  /** What the header says; absent where it says nothing that can be read. */
  readonly header?: ImageHeader;
  /** Why it cannot be decoded; absent where it can. */
  readonly fault?: string;
}

/** A file with its header, or with the reason that it is broken. */
export type SurveyedImage = HashedImage & HeaderFound;

/** Reads and hashes all files of a folder. */
export async function hashFiles(folder: ImageFolder): Promise<readonly HashedImage[]> {
  return await inParallel(folder.files, async (file) => {
    try {
      const source = await sourceOf(fileOf(folder, file));
      return {
        ...file,
        sha256: typeof source === "string" ? Buffer.from(await hashFile(source), "hex") : hashOf(source),
      };
    } catch (error) {
      return { ...file, sha256: hashOf(Buffer.alloc(0)), fault: unreadable(error) };
    }
  });
}

/** Reads the headers of files, and decodes none. */
export async function readHeaders(
  folder: ImageFolder,
  images: readonly HashedImage[],
): Promise<readonly HeaderFound[]> {
  return await inParallel(images, async ({ fault, ...file }) => {
    if (fault !== undefined) return { fault };
    const source = await sourceOf(fileOf(folder, file));
    const start = typeof source === "string" ? await imageHead(source) : source;
    const format = imageFormatOf(start);
    if (format === undefined) return { fault: otherContent(start) };
    try {
      return { header: format === "bmp" ? headerOfBmp(start) : await headerOf(source, format) };
    } catch (error) {
      return { fault: faultIn(error, { source, format }) };
    }
  });
}

/** Why an image is not decoded though its header is whole: it has more pixels than may be. */
export function sizeFault({ width, height }: ImageHeader, maxPixels: number): string | undefined {
  if (width * height <= maxPixels) return undefined;
  const pixels = `it says that it has ${grouped(height)} x ${grouped(width)} pixels`;
  return `${pixels}, and ${grouped(maxPixels)} are the most that are decoded (--max-pixels)`;
}

/** Bytes beyond which a file is not read whole, but by its decoder, as much as that needs. */
const LARGE_FILE = 2 ** 26;

/** The bytes of a file, or the path of a large one. Fails with the system's own error. */
export async function sourceOf(file: string): Promise<Buffer | string> {
  const { size } = await stat(file);
  return size > LARGE_FILE ? file : await readFile(file);
}

/** Why a file cannot be read. Throws what is no fault of the file. */
export function unreadable(error: unknown): string {
  const failure = fileFailure(error, "read", "the file");
  if (failure instanceof NablaError && failure.code !== "files/too-many") return failure.message;
  throw failure;
}

function hashOf(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function headerOfBmp(start: Uint8Array): ImageHeader {
  const { width, height, channels } = bmpHeader(start);
  return { format: "bmp", width, height, gray: channels === 1, frames: 1, ...(channels === 4 ? { alpha: true } : {}) };
}

async function headerOf(source: Buffer | string, format: ImageFormat): Promise<ImageHeader> {
  const sharp = await loadSharp();
  const found = await sharp(source, { limitInputPixels: false }).metadata();
  if (found.depth !== "uchar" && found.depth !== "ushort")
    throw new NablaError("data/damaged-image", `its pixels are numbers of type ${found.depth}, not of 8 or 16 bits`);
  if (found.space === "multiband")
    throw new NablaError("data/damaged-image", `its pixels have ${found.channels} channels, not red, green and blue`);
  const { width, height } = found.autoOrient;
  const gray = found.space === "b-w" || found.space === "grey16";
  // every GIF has a color for what is transparent, whether it uses it or not
  const alpha = found.hasAlpha && format !== "gif" ? { alpha: true } : {};
  return { format, width, height, gray, frames: found.pages ?? 1, ...alpha };
}

/** Why an image could not be decoded, as the end of a sentence about its file. Throws where what decodes it is missing. */
export function faultIn(
  error: unknown,
  { source, format }: { readonly source: Buffer | string; readonly format: ImageFormat },
): string {
  if (error instanceof NablaError && error.code === MISSING_PACKAGE) throw error;
  if (error instanceof NablaError) return error.message;
  if (typeof source !== "string" && isCutOff(source, format)) return "it is cut off before the end of its pixels";
  const [reason = ""] = (error instanceof Error ? error.message : String(error)).split(/[:\n]*\n|:$/);
  return reason === "" || reason === "Unknown error" ? "its data is damaged" : `its data is damaged (${reason})`;
}
