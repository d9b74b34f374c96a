import { type ArrayData, type NdArray, ndarray, rows as rowsBetween, takeRows, zeros } from "../array/ndarray.ts";
import { elementsOf } from "../array/shape.ts";
import { known, NablaError } from "../base/error.ts";
import { isNamed, mapNamed, namedValue, type OneOrNamed } from "../base/named.ts";
import { rowWeights } from "./row-weights.ts";
import { blockOf, type Column, type NumberColumn, type Table, widthOf } from "./table.ts";

/** What a network trains on: one array of inputs and one of targets, or several of either by name. */
export interface Examples<I extends Arrays = NdArray, T extends Arrays = NdArray> {
  readonly rows: number;
  /** float32 [rows, ...features] */
  readonly inputs: I;
  /** int32 [rows, …] class codes, or float32 [rows, …, k] numbers */
  readonly targets: T;
  /**
   * What counts: [rows] or [rows, …] with 1 for an example or position that is learned from and measured, 0 for one
   * that is not, as after the end of a sentence. One for all targets, or one for each of some by name. Losses and
   * errors know it; layers do not: batch norm computes mean and variance over everything. Default: all count.
   */
  readonly mask?: Arrays;
  /**
   * Which inputs are sequences, as "inputs" or "inputs.words": their second axis is that of a mask [rows, time], and
   * each batch is cut after the last position that counts in it. A model for them takes any length. Default: none are
   * cut.
   */
  readonly sequences?: readonly string[];
  /** The names of the class codes. */
  readonly classes?: readonly string[];
  /** The names of the features. */
  readonly names?: readonly string[];
}

/** An array, or several by name. */
export type Arrays = OneOrNamed<NdArray>;

/** Any examples that are in memory. */
export type AnyExamples = Examples<Arrays, Arrays>;

/** Examples whose inputs are not in memory, but read row by row from where they are, such as a file. */
export interface StoredExamples extends Omit<Examples, "inputs"> {
  /** What the inputs would be: float32 [rows, ...features] */
  readonly inputs: Pick<NdArray, "dtype" | "shape">;
  /** Copies the inputs of the rows with these numbers, in that order, to the front of `into`. */
  readonly read: (indices: ArrayLike<number>, into: ArrayData) => void;
}

/** Copies the inputs of the rows with these numbers, in that order, to the front of `into`. */
export function readInputs(examples: AnyExamples | StoredExamples, indices: ArrayLike<number>, into: Arrays): void {
  if (!("read" in examples)) copyRows(examples.inputs, indices, into);
  else if (!isNamed(into)) examples.read(indices, into.data);
}

/** Storage for so many rows like these. */
export function storageLike(like: OneOrNamed<Pick<NdArray, "dtype" | "shape">>, rows: number): Arrays {
  return mapNamed(like, ({ dtype, shape }: Pick<NdArray, "dtype" | "shape">) =>
    zeros([rows, ...shape.slice(1)], dtype),
  );
}

/** The examples with the given row numbers, in that order, copied into memory. */
export function takeExamples<I extends Arrays, T extends Arrays>(
  examples: Examples<I, T> | StoredExamples,
  indices: ArrayLike<number>,
): Examples<I, T>;
export function takeExamples(examples: AnyExamples | StoredExamples, indices: ArrayLike<number>): AnyExamples {
  const { classes, names, mask, sequences } = examples;
  const inputs = storageLike(examples.inputs, indices.length);
  readInputs(examples, indices, inputs);
  const take = (array: NdArray): NdArray => takeRows(array, indices);
  return {
    rows: indices.length,
    inputs,
    targets: mapNamed(examples.targets, take),
    ...(mask === undefined ? {} : { mask: mapNamed(mask, take) }),
    ...(sequences === undefined ? {} : { sequences }),
    ...(classes === undefined ? {} : { classes }),
    ...(names === undefined ? {} : { names }),
  };
}

/** What a table says of how much its rows count, as a mask of examples. */
export function weightMask({ weights }: Pick<Table, "weights">): { readonly mask?: NdArray } {
  return weights === undefined ? {} : { mask: rowWeights(weights) };
}

/** The examples from row `from` to row `to` (not included), where they are in memory without a copy. */
export function sliceExamples<I extends Arrays, T extends Arrays>(
  examples: Examples<I, T> | StoredExamples,
  from: number,
  to: number,
): Examples<I, T>;
export function sliceExamples(examples: AnyExamples | StoredExamples, from: number, to: number): AnyExamples {
  const end = Math.min(to, examples.rows);
  if ("read" in examples)
    return takeExamples(
      examples,
      Uint32Array.from({ length: end - from }, (_, i) => from + i),
    );
  const { mask } = examples;
  const between = (array: NdArray): NdArray => rowsBetween(array, from, end);
  return {
    ...examples,
    rows: end - from,
    inputs: mapNamed(examples.inputs, between),
    targets: mapNamed(examples.targets, between),
    ...(mask === undefined ? {} : { mask: mapNamed(mask, between) }),
  };
}

// Below this width a loop over numbers beats a bulk copy with its view object per row (measured on V8).
const BULK_WIDTH = 48;
/** Numbers from one that is read first to the next: a kibibyte. */
const TOUCHED = 256;

/** Copies whole rows to the front of `into`, array by array. */
export function copyRows(from: Arrays, indices: ArrayLike<number>, into: Arrays): void {
  if (!isNamed(from)) {
    if (!isNamed(into)) gatherRows(from, indices, into.data);
  } else
    for (const [name, array] of Object.entries(from))
      gatherRows(array, indices, known(namedValue(into, name), name).data);
}

/** Copies whole rows as near to memory speed as V8 allows. */
function gatherRows({ data, shape }: NdArray, indices: ArrayLike<number>, into: ArrayData): void {
  const width = elementsOf(shape.slice(1));
  if (width >= BULK_WIDTH) {
    gatherWideRows(data, indices, { width, into });
    return;
  }
  let to = 0;
  for (let i = 0; i < indices.length; i++) {
    const start = (indices[i] ?? 0) * width;
    for (let k = 0; k < width; k++) into[to + k] = data[start + k] ?? 0;
    to += width;
  }
}

/**
 * Rows at random places of a large table are in no cache. A number here and there of each is read first: these loads wait for
 * memory side by side, while the copies would wait for one row after the other.
 */
function gatherWideRows(
  data: ArrayData,
  indices: ArrayLike<number>,
  { width, into }: { readonly width: number; readonly into: ArrayData },
): void {
  let read = 0;
  for (let i = 0; i < indices.length; i++) {
    const start = (indices[i] ?? 0) * width;
    for (let k = 0; k < width; k += TOUCHED) read += data[start + k] ?? 0;
  }
  // written over by the first row; a host does not load what nobody uses
  if (indices.length > 0) into[0] = read;
  for (let i = 0; i < indices.length; i++) {
    const start = (indices[i] ?? 0) * width;
    into.set(data.subarray(start, start + width), i * width);
  }
}

/**
 * A table of numbers unchanged: columns concatenated as float32 [rows, features], or one image-like column in its own
 * shape. Throws `data/not-numeric` for a category column, `data/no-target` without a target, `data/missing` for NaN.
 */
export function examplesOf(table: Table): Examples {
  if (table.target === undefined) throw new NablaError("data/no-target", "the table has no target column");
  const columns = table.columns.map(numeric);
  return {
    rows: table.rows,
    inputs: sideBySide(columns, table.rows),
    ...plainTargets(table.target),
    names: namesOf(columns),
    ...weightMask(table),
  };
}

function numeric(column: Column): NumberColumn {
  if (column.kind === "category") {
    const message = `column ${column.name} is categorical (${column.levels.slice(0, 3).join(", ")}, …), not numeric`;
    throw new NablaError("data/not-numeric", message, "encode categories with prepare.fit(train)");
  }
  const row = column.values.data.findIndex((value) => Number.isNaN(value));
  if (row < 0) return column;
  const message = `column ${column.name}, row ${Math.floor(row / widthOf(column))}: the value is missing`;
  throw new NablaError("data/missing", message, "fill missing values with prepare.fit(train)");
}

function plainTargets(target: Column): { targets: NdArray; classes?: readonly string[] } {
  if (target.kind === "category") return { targets: classTargets(target.name, target.codes), classes: target.levels };
  const [rows = 0] = target.values.shape;
  return { targets: ndarray(Float32Array.from(target.values.data), [rows, widthOf(target)]) };
}

/** int32 [rows] of class codes. Throws `data/missing` where one is -1. */
export function classTargets(name: string, codes: Int32Array): NdArray {
  const row = codes.indexOf(-1);
  if (row >= 0)
    throw new NablaError("data/missing", `target ${name}, row ${row}: the class is missing`, "leave such rows out");
  return ndarray(codes, [codes.length]);
}

function sideBySide(columns: readonly NumberColumn[], rows: number): NdArray {
  const [only] = columns;
  if (columns.length === 1 && only !== undefined && blockOf(only).length > 0) {
    return only.values.dtype === "float32"
      ? only.values
      : ndarray(Float32Array.from(only.values.data), only.values.shape);
  }
  const features = columns.reduce((sum, column) => sum + widthOf(column), 0);
  const inputs = zeros([rows, features]);
  let at = 0;
  for (const column of columns) {
    const width = widthOf(column);
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < width; i++) inputs.data[row * features + at + i] = column.values.data[row * width + i] ?? 0;
    at += width;
  }
  return inputs;
}

function namesOf(columns: readonly NumberColumn[]): readonly string[] {
  return columns.flatMap((column) => blockNames(column.name, blockOf(column)));
}

/** The feature names of a column: its own, or `name[0]`, `name[1]`, … for a block. */
export function blockNames(name: string, block: readonly number[]): readonly string[] {
  return block.length === 0 ? [name] : Array.from({ length: elementsOf(block) }, (_, i) => `${name}[${i}]`);
}
