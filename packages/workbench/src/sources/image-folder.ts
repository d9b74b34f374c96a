import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { NablaError } from "nabla";
import { writeFileAtomic } from "../host/atomic-files.ts";
import { fileFailure } from "../host/file-failure.ts";
import { decodeImages } from "./image-decoder.ts";
import type { ImageShape } from "./image-shape.ts";

const EXTENSIONS = /\.(png|jpe?g|webp|gif|tiff?|avif)$/i;

/** The image files of a folder: all in one folder, or in one folder per class. */
export interface ImageFolder {
  readonly path: string;
  /** In the order of their names. */
  readonly files: readonly string[];
  /** For each file the number of its class; empty where there are no folders. */
  readonly codes: readonly number[];
  readonly classes: readonly string[];
}

/** What each image is called: its path within the folder, with slashes. */
export function namesOf({ path, files }: ImageFolder): readonly string[] {
  return files.map((file) => relative(path, file).split(sep).join("/"));
}

/** Lists the images of a folder. Throws `files/…`, `data/no-images`. */
export async function imageFolder(place: string): Promise<ImageFolder> {
  const path = resolve(place);
  const entries = await list(path);
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
  const beside = imagesAmong(entries).map((name) => join(path, name));
  if (beside.length > 0 || folders.length === 0) {
    if (beside.length > 0) return { path, files: beside, codes: [], classes: [] };
    throw new NablaError("data/no-images", `${basename(path)} holds no images`, "images end in .png, .jpg or .webp");
  }
  const found = await Promise.all(
    folders.map(async ({ name }) => ({ name, files: imagesAmong(await list(join(path, name))) })),
  );
  const classes = inOrder(found.filter(({ files }) => files.length > 0).map(({ name }) => name));
  if (classes.length === 0)
    throw new NablaError(
      "data/no-images",
      `the folders in ${basename(path)} hold no images`,
      "images end in .png, .jpg or .webp",
    );
  const rows = classes.flatMap((name, code) =>
    (found.find((folder) => folder.name === name)?.files ?? []).map((file) => ({ file: join(path, name, file), code })),
  );
  return { path, files: rows.map(({ file }) => file), codes: rows.map(({ code }) => code), classes };
}

async function list(path: string): Promise<Awaited<ReturnType<typeof entriesOf>>> {
  try {
    return await entriesOf(path);
  } catch (error) {
    throw fileFailure(error, "read", path);
  }
}

const entriesOf = (path: string) => readdir(path, { withFileTypes: true });

function imagesAmong(entries: Awaited<ReturnType<typeof entriesOf>>): readonly string[] {
  return entries
    .filter((entry) => entry.isFile() && EXTENSIONS.test(entry.name) && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
}

/** Numbers by value, names by character. */
function inOrder(names: readonly string[]): readonly string[] {
  const numeric = names.every((name) => name.trim() !== "" && Number.isFinite(Number(name)));
  return names.toSorted(numeric ? (a, b) => Number(a) - Number(b) : undefined);
}

/** SHA-256 of the names and bytes of all files, in their order. Throws `files/…`. */
export async function hashImages(folder: ImageFolder): Promise<string> {
  const hash = createHash("sha256");
  const names = namesOf(folder);
  for (const [i, file] of folder.files.entries()) {
    try {
      hash.update(`${names[i]}\0`).update(
        createHash("sha256")
          .update(await readFile(file))
          .digest(),
      );
    } catch (error) {
      throw fileFailure(error, "read", file);
    }
  }
  return hash.digest("hex");
}

/** What decoding needs to know of the place where its results are stored. */
export interface CacheOptions {
  readonly shape: ImageShape;
  /** The hash of the images. */
  readonly sha256: string;
  /** The folder of the cache; default `.nabla/cache` in the working folder. */
  readonly cache?: string;
}

/**
 * The pixels [rows, height, width, channels] of all images: decoded once, then read from a file that is named after their
 * content. A cache that cannot be written costs the next decoding and nothing else.
 */
export async function pixelsOf(folder: ImageFolder, options: CacheOptions): Promise<Uint8Array> {
  const { shape, sha256, cache = join(".nabla", "cache") } = options;
  const length = folder.files.length * shape.reduce((product, side) => product * side, 1);
  const place = join(cache, `${sha256.slice(0, 32)}-${shape.join("x")}.pixels`);
  const kept = await readFile(place).catch(() => undefined);
  if (kept !== undefined && kept.length === length) return kept;
  const pixels = await decodeImages({ folder: folder.path, files: folder.files, shape });
  await writeFileAtomic(place, pixels).catch(() => {});
  return pixels;
}
