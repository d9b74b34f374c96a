/** The arrays of a `.npz` or `.npy` file, as those of the same rows: parts joined, inputs beside their targets. */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { listing, NablaError, type Notice } from "nabla";
import { openNpz, readNpyArray } from "nabla/exchange";
import type { UnreadableColumn } from "nabla/tables";
import { partNames } from "./image-folder.ts";

/** An array of numbers or of texts, row by row. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number> | readonly string[];
}

/** Arrays that share their first axis. */
export interface RowArrays {
  readonly rows: number;
  /** At least one. */
  readonly arrays: readonly NamedArray[];
  /** What the columns of an array are called, where a list of as many texts says it. */
  readonly columnNames: readonly string[];
  /** The part of each row (0 for train, 1 for dev, 2 for test), where arrays come in parts. */
  readonly parts?: Uint8Array;
  readonly unreadable: readonly UnreadableColumn[];
  readonly notices: readonly Notice[];
}

/** Whether a file holds arrays, by its name. */
export function isArrays(path: string): boolean {
  return /\.np[yz]$/i.test(path);
}

/** An array of texts. */
type TextRows = NamedArray & { readonly values: readonly string[] };

/** Whether an array holds texts. */
export function holdsTexts(array: NamedArray): array is TextRows {
  return typeof array.values[0] === "string";
}

/** Reads a file, whole. Throws `files/…`, `data/unreadable` for one that is damaged or holds no rows. */
export async function readArrays(path: string, name = basename(path)): Promise<RowArrays> {
  const unreadable: UnreadableColumn[] = [];
  const found = await read(path, name, unreadable);
  const { arrays, parts } = joined(found);
  const largest = arrays.reduce<NamedArray | undefined>(
    (most, array) => (array.shape.length > 0 && array.values.length > (most?.values.length ?? 0) ? array : most),
    undefined,
  );
  const rows = largest?.shape[0] ?? 0;
  if (rows === 0) {
    const why = unreadable.map((one) => `${one.name} (${one.reason})`);
    const message = `${name} holds no arrays of rows${why.length === 0 ? "" : `: ${listing(why)}`}`;
    throw new NablaError("data/unreadable", message, 'numpy.savez("data.npz", X=x, y=y) writes two');
  }
  const columns = arrays.filter(({ shape }) => shape[0] === rows);
  const others = arrays.filter((array) => !columns.includes(array));
  const widths = columns.map(({ shape }) => (shape.length === 2 ? shape[1] : 0));
  const names = others.find(
    (array) => holdsTexts(array) && array.shape.length === 1 && widths.includes(array.shape[0]),
  );
  const left = others.filter((array) => array !== names).map((array) => array.name);
  const message = `${listing(left)} left out: of another length than ${rows} rows`;
  return {
    rows,
    arrays: columns,
    columnNames: names !== undefined && holdsTexts(names) ? names.values : [],
    ...(parts === undefined || parts.length !== rows ? {} : { parts }),
    unreadable,
    notices: left.length === 0 ? [] : [{ code: "data/left-out", message }],
  };
}

async function read(path: string, name: string, unreadable: UnreadableColumn[]): Promise<readonly NamedArray[]> {
  try {
    if (/\.npy$/i.test(path) || !(await isPacked(path))) return await single(path);
    const archive = openNpz(await readFile(path), { inflate });
    return archive.names.flatMap((array) => {
      try {
        return [named(array, archive.read(array))];
      } catch (error) {
        if (!(error instanceof NablaError) || !["npy/objects", "npy/dtype"].includes(error.code)) throw error;
        unreadable.push({ name: array, reason: error.sentence });
        return [];
      }
    });
  } catch (error) {
    if (!(error instanceof NablaError) || !/^(npy|npz|zip)\//.test(error.code)) throw error;
    throw new NablaError("data/unreadable", `${name}: ${error.message}`, error.hint ?? "check how it was written");
  }
}

const inflate = (bytes: Uint8Array, limit: number): Uint8Array =>
  inflateRawSync(bytes, { maxOutputLength: Math.max(1, limit) });

async function isPacked(path: string): Promise<boolean> {
  return (await readFile(path)).subarray(0, 2).toString("latin1") === "PK";
}

function named(name: string, array: ReturnType<typeof readNpyArray>): NamedArray {
  return { name, shape: array.shape, values: "texts" in array ? array.texts : array.data };
}

/** One array; beside `X.npy` the `y.npy` that belongs to it, beside `X_train.npy` `y_train.npy`. */
async function single(path: string): Promise<readonly NamedArray[]> {
  const called = basename(path).replace(/\.npy$/i, "");
  const own = named(called, readNpyArray(await readFile(path)));
  const [, upper, lower, rest] = /^(?:(X)|(x))($|[_-].*)/.exec(called) ?? [];
  if (upper === undefined && lower === undefined) return [own];
  for (const other of [`y${rest}`, `Y${rest}`]) {
    const beside = join(dirname(path), `${other}.npy`);
    if ((await stat(beside).catch(() => undefined)) === undefined) continue;
    return [{ ...own, name: "X" }, named("y", readNpyArray(await readFile(beside)))];
  }
  return [own];
}

const PARTS: readonly string[] = ["train", "dev|val|valid|validation", "test"];

/** `x_train` and `train_x` as `x` of the part 0; undefined for a name that says no part. */
function inPart({ name }: NamedArray): { readonly of: string; readonly part: number } | undefined {
  for (const [part, words] of PARTS.entries()) {
    const [, before, after] = new RegExp(`^(?:(.+)[_-](?:${words})|(?:${words})[_-](.+))$`, "i").exec(name) ?? [];
    const of = before ?? after;
    if (of !== undefined) return { of, part };
  }
  return undefined;
}

/** Arrays that come in parts put together, train first. */
function joined(arrays: readonly NamedArray[]): {
  readonly arrays: readonly NamedArray[];
  readonly parts?: Uint8Array;
} {
  const found = arrays.map((array) => ({ array, ...(inPart(array) ?? { of: array.name, part: -1 }) }));
  const used = [...new Set(found.filter(({ part }) => part >= 0).map(({ part }) => part))].sort();
  if (used.length < 2 || used[0] !== 0) return { arrays };
  const groups = Map.groupBy(found, ({ of }) => of);
  const together: NamedArray[] = [];
  let parts: Uint8Array | undefined;
  for (const [name, all] of groups) {
    const pieces = used.flatMap((part) => all.filter((one) => one.part === part));
    const [first] = pieces;
    if (first === undefined || pieces.length !== used.length) {
      together.push(...all.map(({ array }) => array));
      continue;
    }
    const lengths = pieces.map(({ array }) => array.shape[0] ?? 0);
    parts ??= Uint8Array.from(used.flatMap((part, i) => new Array<number>(lengths[i] ?? 0).fill(part)));
    together.push(
      pouredTogether(
        name,
        pieces.map(({ array }) => array),
      ),
    );
  }
  return parts === undefined ? { arrays } : { arrays: together, parts };
}

function pouredTogether(name: string, pieces: readonly NamedArray[]): NamedArray {
  const shapes = pieces.map(({ shape }) => shape.slice(1).join(" x "));
  if (new Set(shapes).size > 1) {
    const message = `${name} has rows of different shapes in ${listing(partNames.slice(0, pieces.length))}: ${listing([...new Set(shapes)])}`;
    throw new NablaError("data/unreadable", message, "write parts whose rows are alike");
  }
  const rows = pieces.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const shape = [rows, ...(pieces[0]?.shape.slice(1) ?? [])];
  if (pieces.every(holdsTexts))
    return { name, shape, values: pieces.flatMap(({ values }) => Array.from(values, String)) };
  const values = new Float64Array(pieces.reduce((sum, piece) => sum + piece.values.length, 0));
  let at = 0;
  for (const piece of pieces) {
    values.set(Float64Array.from(piece.values, Number), at);
    at += piece.values.length;
  }
  return { name, shape, values };
}
