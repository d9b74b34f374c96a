import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  type CategoryColumn,
  compact,
  count,
  listing,
  NablaError,
  type Notice,
  type NumberColumn,
  ndarray,
} from "nabla";
import { type ImageShape, imageColumns } from "nabla/images";
import type { ReadTable } from "nabla/tables";
import { holdsParts } from "./data-folder.ts";
import { hashFile } from "./file-bytes.ts";
import { isIdx, labelsBeside, readIdx } from "./idx.ts";
import { inOrder } from "./image-folder.ts";
import { isArrays } from "./numpy-arrays.ts";
import { holdsArrayImages, readArrayImages } from "./numpy-images.ts";
import { type FolderOptions, readFolder } from "./read-folder.ts";

/** How images are read; images in IDX files have a size and labels of their own. */
export type ReadImagesOptions = FolderOptions;

/** Images and their classes, and the hash of all that they come from. */
export interface ReadImages extends ReadTable {
  readonly sha256: string;
  /** What each row is called: its file, or its number. */
  readonly labels: readonly string[];
  /** Height, width and channels. */
  readonly image: ImageShape;
  /** The part of each row (0 for train, 1 for dev, 2 for test), where the folder has folders for them. */
  readonly givenParts?: Uint8Array;
}

/** Whether a path holds images rather than a table: a folder that holds no parts of one, a file in IDX format, or one with an array of images. */
export async function holdsImages(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return !(await holdsParts(path));
  return isIdx(path) || (isArrays(path) && (await holdsArrayImages(path)));
}

/**
 * Reads images as one column `image` of numbers from 0 to 255 [rows, height, width, channels], and their classes as the
 * target `class`, where they are known: a folder of image files with a folder for each class (or none, for predictions),
 * such folders in `train`, `val` and `test`, IDX files (MNIST), images and labels found by name, or arrays of NumPy. What is left out is
 * said in the notices of the profile. Throws `files/…`, `data/no-images`, `data/image-size`, `data/damaged-image`,
 * `data/parts`, `data/damaged`.
 */
export async function readImages(path: string, options: ReadImagesOptions = {}): Promise<ReadImages> {
  if (isIdx(path)) return await fromIdx(path, options);
  if (isArrays(path)) return await fromArrays(path, options);
  const [first, ...others] = await idxIn(path);
  if (first === undefined) return await fromFolder(path, options);
  const found = await fromIdx(first, options);
  if (others.length === 0) return found;
  const message = `${listing(others.map((other) => basename(other)))} left out: nabla evaluate --data measures it`;
  const notices = [...found.profile.notices, { code: "data/left-out", message }];
  return { ...found, profile: { ...found.profile, notices } };
}

/** The files of images in a folder of IDX files, that of training first. */
async function idxIn(path: string): Promise<readonly string[]> {
  const names = (await readdir(path).catch(() => [])).filter((name) => isIdx(name) && /images/i.test(name)).sort();
  const first = names.find((name) => /train/i.test(name)) ?? names[0];
  return first === undefined ? [] : [first, ...names.filter((name) => name !== first)].map((name) => join(path, name));
}

async function fromFolder(path: string, options: ReadImagesOptions): Promise<ReadImages> {
  const { files, classes, givenParts, ...found } = await readFolder(path, options);
  const codeOf = new Map(classes.map((name, code) => [name, code]));
  const codes = files.map(({ label }) => codeOf.get(label ?? "") ?? -1);
  const table = tableOf({ ...found, path, labels: files.map(({ name }) => name), classes, codes });
  return compact({ ...table, givenParts });
}

async function fromArrays(path: string, { image }: ReadImagesOptions): Promise<ReadImages> {
  const { pixels, shape, classes: named, givenParts, notices } = await readArrayImages(path, image);
  const labels = Array.from({ length: pixels.length / (shape[0] * shape[1] * shape[2]) }, (_, row) => String(row));
  const classes = inOrder([...new Set(named)]);
  const codeOf = new Map(classes.map((name, code) => [name, code]));
  const codes = named.map((name) => codeOf.get(name) ?? -1);
  const table = tableOf({ path, pixels, shape, sha256: await hashFile(path), labels, classes, codes, notices });
  return compact({ ...table, givenParts });
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
  const plain = { path, pixels: data, shape: size, sha256, labels, classes: [], codes: [], notices: [] };
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
  readonly notices: readonly Notice[];
}

function tableOf({ path, pixels, shape, sha256, labels, classes, codes, notices }: Found): ReadImages {
  const rows = labels.length;
  const image: NumberColumn = {
    kind: "number",
    name: imageColumns.image,
    values: ndarray(Float32Array.from(pixels), [rows, ...shape]),
  };
  const plain = { missing: 0, distinct: rows, examples: labels.slice(0, 3) };
  const pixel = { as: "number", how: "images", use: "input", minimum: 0, maximum: 255 } as const;
  const input = { ...plain, name: imageColumns.image, ...pixel };
  const profile = { file: basename(path), rows, columns: [input], notices };
  if (classes.length === 0) return { rows, columns: [image], profile, sha256, labels, image: shape };
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
    image: shape,
  };
}
