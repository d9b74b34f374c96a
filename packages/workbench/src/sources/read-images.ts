import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type CategoryColumn, compact, count, NablaError, type Notice, type NumberColumn, ndarray } from "nabla";
import { hashFile } from "./file-bytes.ts";
import { isIdx, labelsBeside, readIdx } from "./idx.ts";
import { hashImages, imageFolder, namesOf, pixelsOf } from "./image-folder.ts";
import { type ImageShape, imageColumns } from "./image-shape.ts";
import type { ReadTable } from "./read-table.ts";

/** What to read images for. */
export interface ReadImagesOptions {
  /** The size that they are resized to; images in IDX have a size of their own. */
  readonly image?: ImageShape;
  /** The folder in which decoded images are cached; default `.nabla/cache`. */
  readonly cache?: string;
}

/** Images and their classes, and the hash of all that they come from. */
export interface ReadImages extends ReadTable {
  readonly sha256: string;
  /** What each row is called: its file, or its number. */
  readonly labels: readonly string[];
}

/** Whether a path holds images rather than a table: a folder, or a file in IDX format. */
export async function holdsImages(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true || isIdx(path);
}

/**
 * Reads images as one column `image` of numbers from 0 to 255 [rows, height, width, channels], and their classes as the
 * target `class`, where they are known: a folder of PNG or JPEG files with a folder for each class (or none, for
 * predictions), or IDX files (MNIST), images and labels found by name. Throws `files/…`, `data/no-images`,
 * `data/image-size`, `data/damaged-image`, `data/damaged`.
 */
export async function readImages(path: string, options: ReadImagesOptions = {}): Promise<ReadImages> {
  const idx = isIdx(path) ? path : await idxIn(path);
  return idx === undefined ? await fromFolder(path, options) : await fromIdx(idx, options);
}

/** The file of training images in a folder of IDX files. */
async function idxIn(path: string): Promise<string | undefined> {
  const { readdir } = await import("node:fs/promises");
  const names = (await readdir(path).catch(() => [])).filter((name) => isIdx(name) && /images/i.test(name)).sort();
  const found = names.find((name) => /train/i.test(name)) ?? names[0];
  return found === undefined ? undefined : join(path, found);
}

async function fromFolder(path: string, { image, cache }: ReadImagesOptions): Promise<ReadImages> {
  const folder = await imageFolder(path);
  if (image === undefined) {
    throw new NablaError(
      "data/image-size",
      `${basename(path)} holds ${count(folder.files.length, "image")}, and the size to resize them to is missing`,
      "--image 28x28x1 (height x width x channels)",
    );
  }
  const sha256 = await hashImages(folder);
  const pixels = await pixelsOf(folder, compact({ shape: image, sha256, cache }));
  const labels = namesOf(folder);
  return tableOf({ path, pixels, shape: image, sha256, labels, classes: folder.classes, codes: folder.codes });
}

async function fromIdx(path: string, { image }: ReadImagesOptions): Promise<ReadImages> {
  const { shape, data } = await readIdx(path);
  const [rows = 0, height = 1, width = 1, channels = 1] = shape;
  const size: ImageShape = [height, width, channels];
  if (shape.length < 3) {
    const message = `${basename(path)} holds numbers of shape ${shape.join(" x ")}, not images`;
    throw new NablaError(
      "data/image-size",
      message,
      "name the file of the images; the labels beside it are found by its name",
    );
  }
  if (image !== undefined && String(image) !== String(size)) {
    const message = `${basename(path)} holds images of ${size.join("x")}, not ${image.join("x")}`;
    throw new NablaError("data/image-size", message, "leave the size out, or name the one that they have");
  }
  const labels = Array.from({ length: rows }, (_, row) => String(row));
  const beside = labelsBeside(path);
  const there = beside !== undefined && (await stat(beside).catch(() => undefined)) !== undefined;
  const hashes = await Promise.all([path, ...(there && beside !== undefined ? [beside] : [])].map(hashFile));
  const sha256 = hashes.length === 1 ? (hashes[0] ?? "") : await hashOf(hashes.join());
  const plain = { path, pixels: data, shape: size, sha256, labels, classes: [], codes: [] };
  if (!there || beside === undefined) return tableOf(plain);
  const found = await readIdx(beside);
  if (found.data.length !== rows) {
    const message = `${basename(path)} holds ${count(rows, "image")}, ${basename(beside)} ${count(found.data.length, "label")}`;
    throw new NablaError("data/damaged", message, "take both files from one place");
  }
  const values = [...new Set(found.data)].sort((a, b) => a - b);
  const codeOf = new Map(values.map((value, code) => [value, code]));
  const codes = Array.from(found.data, (value) => codeOf.get(value) ?? -1);
  return tableOf({ ...plain, classes: values.map(String), codes });
}

async function hashOf(text: string): Promise<string> {
  const { sha256 } = await import("../host/hash.ts");
  return sha256(text);
}

interface Found {
  readonly path: string;
  readonly pixels: Uint8Array | Float64Array;
  readonly shape: ImageShape;
  readonly sha256: string;
  readonly labels: readonly string[];
  readonly classes: readonly string[];
  readonly codes: readonly number[];
}

function tableOf({ path, pixels, shape, sha256, labels, classes, codes }: Found): ReadImages {
  const rows = labels.length;
  const image: NumberColumn = {
    kind: "number",
    name: imageColumns.image,
    values: ndarray(Float32Array.from(pixels), [rows, ...shape]),
  };
  const plain = { missing: 0, distinct: rows, examples: labels.slice(0, 3) };
  const pixels255 = { as: "number", how: "images", use: "input", minimum: 0, maximum: 255 } as const;
  const input = { ...plain, name: imageColumns.image, ...pixels255 };
  const profile = { file: basename(path), rows, columns: [input], notices: [] as readonly Notice[] };
  if (classes.length === 0) return { rows, columns: [image], profile, sha256, labels };
  const target: CategoryColumn = {
    kind: "category",
    name: imageColumns.target,
    codes: Int32Array.from(codes),
    levels: classes,
  };
  const labelled = { as: "category", how: "classes", use: "target", distinct: classes.length } as const;
  const output = { ...plain, name: target.name, ...labelled };
  const reason = `images of ${classes.length} classes: classification`;
  return {
    rows,
    columns: [image],
    target,
    profile: {
      ...profile,
      columns: [input, { ...output, examples: classes.slice(0, 3) }],
      target: target.name,
      task: { task: "classification", reason },
    },
    sha256,
    labels,
  };
}
