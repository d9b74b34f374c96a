import { readdir, stat } from "node:fs/promises";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { count, listing, NablaError, type Notice, nearest } from "nabla";
import { fileFailure } from "../host/file-failure.ts";
import { dataFolder } from "./data-folder.ts";
import type { Bytes } from "./decompress.ts";
import { type FetchOptions, isAddress, localFile } from "./fetched.ts";
import { fileBytes } from "./file-bytes.ts";
import { fixedFolder, glob, isPattern } from "./glob.ts";
import type { Spool } from "./spool.ts";

/** A file that data lies in. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** As messages show it: its name, or its path within the folder of all files where names repeat. */
  readonly name: string;
}

/** Where the files of data are, what was left out, and how they came. */
export interface SourceFiles {
  readonly files: readonly SourceFile[];
  readonly notices: readonly Notice[];
}

/** How the paths of data are followed. */
export interface SourceFilesOptions extends FetchOptions {
  /** Where `-` is read from; default standard input. */
  readonly input?: (Bytes & { readonly isTTY?: boolean }) | undefined;
  /** Where that is kept. */
  readonly kept: Spool;
}

/** What `-` is called in messages. */
const STANDARD_INPUT = "standard input";
const MOST_NAMED = 4;

interface Found {
  readonly path: string;
  /** The name of a file that is not called by its path. */
  readonly name?: string;
}

/**
 * The files that paths name, in the order of the paths: files, patterns such as `parts/*.csv`, folders of parts, addresses
 * and `-` for standard input. Files of one pattern or folder come in natural order of their names, and a file that is
 * named twice comes once. Throws `files/…`, `data/fetch`, and what `dataFolder` throws.
 */
export async function sourceFiles(paths: readonly string[], options: SourceFilesOptions): Promise<SourceFiles> {
  const notices: Notice[] = [];
  const found: Found[] = [];
  for (const path of paths) found.push(...(await follow(path, options, notices)));
  const once = new Map(found.map((file) => [file.path, file]));
  const repeated = found.length - once.size;
  if (repeated > 0)
    notices.push({ code: "data/parts", message: `${count(repeated, "file")} named more than once, taken once` });
  const files = named([...once.values()]);
  if (files.length > 1) {
    const names = shortList(files.map(({ name }) => name));
    notices.push({ code: "data/parts", message: `${files.length} files, read one after another: ${names}` });
  }
  return { files, notices };
}

async function follow(given: string, options: SourceFilesOptions, notices: Notice[]): Promise<readonly Found[]> {
  const path = /^\s*[a-z][a-z0-9+.-]+:\/\//i.test(given) ? given.trim() : given;
  if (path === "-") return [await fromInput(options)];
  if (isAddress(path)) return [{ path: resolve(await localFile(path, options)) }];
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(path)?.[1]?.toLowerCase();
  if (scheme === "file") return await follow(fileURLToPath(path), options, notices);
  if (scheme !== undefined) {
    const message = `addresses of data begin with http: or https:, this one with ${scheme}:`;
    throw new NablaError("data/fetch", message, "download the file, and name it, or pipe it into standard input: -");
  }
  const entry = await stat(path).catch((error: unknown) => {
    if (isPattern(path)) return undefined;
    return missing(error, path);
  });
  if (entry === undefined) {
    const files = await glob(path);
    if (files.length === 0) throw await noMatch(path);
    return files.map((file) => ({ path: resolve(file) }));
  }
  if (entry.isDirectory()) {
    const { files, skipped } = await dataFolder(path);
    if (skipped.length > 0)
      notices.push({
        code: "data/left-out",
        message: `${basename(resolve(path))}: left out ${shortList(skipped)}`,
      });
    return files.map((file) => ({ path: resolve(file) }));
  }
  if (entry.isFile()) return [{ path: resolve(path) }];
  // a pipe, such as <(zcat …), gives its bytes once
  if (entry.isFIFO()) return [{ path: await options.kept.keep(fileBytes(path), basename(path)), name: path }];
  throw new NablaError(
    "files/not-a-file",
    `cannot read ${path}: it is a device, not a file`,
    "name a file, or - for standard input",
  );
}

async function fromInput({ input = process.stdin, kept }: SourceFilesOptions): Promise<Found> {
  if (input.isTTY === true)
    throw new NablaError(
      "data/no-data",
      "standard input is the keyboard",
      "pipe data into it: zcat data.csv.gz | nabla …",
    );
  return { path: await kept.keep(input, "input"), name: STANDARD_INPUT };
}

/** Throws the error about a path that cannot be followed, with the names that are there. */
async function missing(error: unknown, path: string): Promise<never> {
  const failed = fileFailure(error, "read", path);
  if (!(failed instanceof NablaError) || failed.code !== "files/missing") throw failed;
  const names = await readdir(dirname(path)).catch(() => undefined);
  const near = nearest(basename(path), names ?? []);
  const hint = names === undefined ? `there is no folder ${dirname(path)}` : `the nearest names are ${listing(near)}`;
  throw new NablaError(failed.code, failed.message, near.length === 0 && names !== undefined ? undefined : hint);
}

async function noMatch(pattern: string): Promise<NablaError> {
  const folder = fixedFolder(pattern);
  const there = await stat(folder).catch(() => undefined);
  const inside = there === undefined ? [] : (await glob(`${folder}/*`)).map((path) => basename(path));
  const hint =
    there === undefined
      ? `there is no folder ${folder}`
      : inside.length === 0
        ? `${folder} holds no files`
        : `${folder} holds ${shortList(inside)}`;
  return new NablaError("files/missing", `no file matches ${pattern}`, hint);
}

/** Names of files: as short as they can be while no two are alike. */
function named(found: readonly Found[]): readonly SourceFile[] {
  const folders = found.map(({ path }) => dirname(path));
  const common = folders.reduce((folder, other) => shared(folder, other), folders[0] ?? "");
  const short = found.map(({ path, name }) => name ?? basename(path));
  const alike = new Set(short).size < short.length;
  return found.map(({ path, name }, i) => ({
    path,
    name: name ?? (alike ? relative(common, path).split(sep).join("/") : (short[i] ?? path)),
  }));
}

function shared(folder: string, other: string): string {
  let common = folder;
  while (common !== dirname(common) && other !== common && !other.startsWith(common + sep)) common = dirname(common);
  return common;
}

/** The first names of a list, and how many more there are. */
export function shortList(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return listing(more > 1 ? [...names.slice(0, MOST_NAMED - 1), `${more + 1} more`] : names);
}
