/** What a model does to raw rows before its first layer, as nodes: scaling, missing values, categories. */
import { filled, type NdArray, ndarray } from "../../array/ndarray.ts";
import { elementsOf } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import {
  type ColumnPreparation,
  type DatePreparation,
  featureCount,
  type NumberPreparation,
  type Preparation,
  type TimePreparation,
} from "../../data/preparation.ts";
import type { Scale } from "../../data/scaling.ts";
import { CAST_TYPES, type GraphWriter, whole } from "./graph-writer.ts";
import { inputColumns, inputType, type VaryingPreparation } from "./input-type.ts";
import { DATA_TYPES } from "./tensor-proto.ts";
import { calendarPart, clockPart } from "./write-calendar.ts";
import { writeLevels } from "./write-levels.ts";
import type { Written } from "./written.ts";

/** How rows come in: a column an input, or one matrix of all columns, which only numbers, dates and times allow. */
export type InputForm = "columns" | "matrix";

type Scaled = NumberPreparation | DatePreparation | TimePreparation;

/** A column of one number a row: where its features start, and its raw values [batch, 1]. */
interface ScaledColumn {
  readonly column: Scaled;
  readonly start: number;
  readonly raw: () => string;
}

function isScaled(column: VaryingPreparation): column is Scaled {
  return column.kind === "number" || column.kind === "date" || column.kind === "time";
}

/** A piece of the features: its name, and the numbers of the features that it holds. */
interface Piece {
  readonly name: string;
  readonly places: readonly number[];
}

/** The form that is taken by default: one matrix where all columns are numbers. */
export function formFor(preparation: Preparation): InputForm {
  return inputColumns(preparation).every(({ kind }) => kind === "number") ? "matrix" : "columns";
}

/** The network's inputs made of raw rows; `shape` is that of one example. Throws `onnx/write`. */
export function writePreparation(writer: GraphWriter, preparation: Preparation, form: InputForm): Written {
  const columns = inputColumns(preparation);
  const [only] = columns;
  if (columns.length === 1 && only?.kind === "block") {
    const name = writer.input(only.name, inputType(only), only.shape);
    return { shape: ["batch", ...only.shape], last: scaled(writer, name, [only]).values };
  }
  const starts = startsOf(columns);
  const pieces = form === "matrix" ? matrixPieces(writer, columns, starts) : columnPieces(writer, columns, starts);
  const order = pieces.flatMap(({ places }) => places);
  const joined = joinedColumns(
    writer,
    pieces.map(({ name }) => name),
  );
  const sorted = order.every((place, i) => place === i);
  const at = order.map((_, feature) => order.indexOf(feature));
  const last = sorted ? joined : writer.node("Gather", [joined, writer.list(at)], { axis: whole(1) });
  return { shape: ["batch", order.length], last };
}

/** The number of each column's first feature. */
function startsOf(columns: readonly ColumnPreparation[]): readonly number[] {
  let next = 0;
  return columns.map((column) => {
    next += featureCount(column);
    return next - featureCount(column);
  });
}

function joinedColumns(writer: GraphWriter, names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? "") : writer.node("Concat", names, { axis: whole(1) });
}

/** All columns of one number at once: their scaled values, the indicators of those that have one, then what dates give. */
function scaledPieces(writer: GraphWriter, matrix: string, columns: readonly ScaledColumn[]): readonly Piece[] {
  const given = withoutSentinels(
    writer,
    matrix,
    columns.map(({ column }) => column),
  );
  const { values, missing } = scaled(
    writer,
    given,
    columns.map(({ column }) => column),
  );
  const all = { name: values, places: columns.map(({ start }) => start) };
  const indicated = columns.flatMap(({ column, start }, i) => (column.indicator ? [{ i, place: start + 1 }] : []));
  const calendar = [
    ...zeroPieces(writer, given, columns),
    ...columns.flatMap((column) => calendarPieces(writer, column)),
  ];
  if (indicated.length === 0) return [all, ...calendar];
  const flags = writer.node("Cast", [missing], { to: whole(CAST_TYPES.float32) });
  const every = indicated.length === columns.length;
  const name = every
    ? flags
    : writer.node("Gather", [flags, writer.list(indicated.map(({ i }) => i))], { axis: whole(1) });
  return [all, { name, places: indicated.map(({ place }) => place) }, ...calendar];
}

/** Whether a number is 0, for the columns that say so. */
function zeroPieces(writer: GraphWriter, matrix: string, columns: readonly ScaledColumn[]): readonly Piece[] {
  const apart = columns.flatMap(({ column, start }, i) =>
    column.kind === "number" && column.zero ? [{ i, place: start + (column.indicator ? 2 : 1) }] : [],
  );
  if (apart.length === 0) return [];
  const type = matrixType(columns.map(({ column }) => column)) === DATA_TYPES.double ? "float64" : "float32";
  const are = writer.node("Equal", [matrix, writer.array(filled([], 0, type), "zero")]);
  const flags = writer.node("Cast", [are], { to: whole(CAST_TYPES.float32) });
  const picked = writer.node("Gather", [flags, writer.list(apart.map(({ i }) => i))], { axis: whole(1) });
  return [{ name: picked, places: apart.map(({ place }) => place) }];
}

/** NaN for the numbers that mean a missing value in their column, such as -999. */
function withoutSentinels(writer: GraphWriter, matrix: string, columns: readonly Scaled[]): string {
  const found = columns.map((column) => {
    const words = column.kind === "number" ? (column.reading?.missing ?? []) : [];
    return words.filter((word) => word.trim() !== "" && Number.isFinite(Number(word))).map(Number);
  });
  const most = Math.max(...found.map(({ length }) => length));
  let cleaned = matrix;
  for (let i = 0; i < most; i++) {
    const row = writer.array(
      rowOf(columns, (_, at) => found[at]?.[i] ?? Number.NaN),
      "sentinels",
    );
    const nothing = writer.array(
      rowOf(columns, () => Number.NaN),
      "nothing",
    );
    cleaned = writer.node("Where", [writer.node("Equal", [cleaned, row]), nothing, cleaned]);
  }
  return cleaned;
}

/** One number for each column of a matrix, of the type of the matrix. */
function rowOf(columns: readonly Scaled[], value: (column: Scaled, at: number) => number): NdArray {
  const numbers = columns.map(value);
  const wide = matrixType(columns) === DATA_TYPES.double;
  return ndarray(wide ? Float64Array.from(numbers) : Float32Array.from(numbers), [1, columns.length]);
}

/** What a column of dates or times gives besides its scaled value. */
function calendarPieces(writer: GraphWriter, { column, start, raw }: ScaledColumn): readonly Piece[] {
  if (column.kind === "number") return [];
  const part = column.kind === "time" ? clockPart(writer, raw()) : calendarPart(writer, raw(), column);
  if (part === undefined) return [];
  const first = start + (column.indicator ? 2 : 1);
  return [{ name: part.name, places: Array.from({ length: part.width }, (_, i) => first + i) }];
}

/** Scaled in float64, as preparing does it, and 0 where nothing is known or nothing varied. */
function scaled(
  writer: GraphWriter,
  name: string,
  columns: readonly Scale[],
): { readonly values: string; readonly missing: string } {
  const vector = (values: readonly number[], base: string): string =>
    writer.array(ndarray(Float64Array.from(values), [values.length]), base);
  const missing = writer.node("IsNaN", [name]);
  const centered = writer.node("Sub", [
    wide(writer, name),
    vector(
      columns.map(({ center }) => center),
      "centers",
    ),
  ]);
  const divisors = columns.map(({ spread }) => (spread === 0 ? Number.POSITIVE_INFINITY : spread));
  const divided = writer.node("Div", [centered, vector(divisors, "spreads")]);
  const clipped = clippedValues(writer, divided, columns);
  const narrow = writer.node("Cast", [clipped], { to: whole(CAST_TYPES.float32) });
  return { values: writer.node("Where", [missing, writer.array(filled([], 0), "zero"), narrow]), missing };
}

/** sign(z) · clip / √(1 + (clip / z)²) where a column is clipped. */
function clippedValues(writer: GraphWriter, name: string, columns: readonly Scale[]): string {
  if (columns.every(({ clip }) => clip === undefined)) return name;
  const number = (value: number, base: string): string => writer.array(filled([], value, "float64"), base);
  const clips = columns.map(({ clip = 1 }) => clip);
  const clip = writer.array(ndarray(Float64Array.from(clips), [clips.length]), "clips");
  const ratio = writer.node("Div", [clip, name]);
  const root = writer.node("Sqrt", [writer.node("Add", [writer.node("Mul", [ratio, ratio]), number(1, "one")])]);
  const clipped = writer.node("Div", [writer.node("Mul", [writer.node("Sign", [name]), clip]), root]);
  if (columns.every((column) => column.clip !== undefined)) return clipped;
  const are = Uint8Array.from(columns, (column) => Number(column.clip !== undefined));
  return writer.node("Where", [writer.array(ndarray(are, [are.length], "bool"), "clipped"), clipped, name]);
}

function wide(writer: GraphWriter, name: string): string {
  return writer.node("Cast", [name], { to: whole(CAST_TYPES.float64) });
}

function matrixPieces(
  writer: GraphWriter,
  columns: readonly VaryingPreparation[],
  starts: readonly number[],
): readonly Piece[] {
  const other = columns.find((column) => !isScaled(column));
  if (other !== undefined) {
    const what = other.kind === "category" ? "names" : other.kind === "text" ? "texts" : "blocks of numbers";
    throw new NablaError(
      "onnx/write",
      `one matrix of numbers cannot hold the column ${other.name}, which has ${what}`,
      'write it with inputs: "columns"',
    );
  }
  const matrix = writer.input("inputs", matrixType(columns), [columns.length]);
  const numbers = columns.filter(isScaled).map((column, i): ScaledColumn => {
    const raw = (): string => writer.node("Gather", [matrix, writer.list([i])], { axis: whole(1) });
    return { column, start: starts[i] ?? 0, raw };
  });
  return scaledPieces(writer, matrix, numbers);
}

/** float64 for all columns where one of them needs it. */
function matrixType(columns: readonly VaryingPreparation[]): number {
  return columns.some((column) => inputType(column) === DATA_TYPES.double) ? DATA_TYPES.double : DATA_TYPES.float;
}

function columnPieces(
  writer: GraphWriter,
  columns: readonly VaryingPreparation[],
  starts: readonly number[],
): readonly Piece[] {
  const inputs = columns.map((column) => writer.input(column.name, inputType(column), inputShape(column)));
  const numbers = columns.flatMap((column, i): ScaledColumn[] =>
    isScaled(column) ? [{ column, start: starts[i] ?? 0, raw: () => inputs[i] ?? "" }] : [],
  );
  const others = columns.flatMap((column, i): Piece[] => {
    const start = starts[i] ?? 0;
    const places = Array.from({ length: featureCount(column) }, (_, k) => start + k);
    // no operator hashes, so that the codes and weights of texts come in
    if (column.kind === "text") return [{ name: inputs[i] ?? "", places }];
    if (column.kind === "category") return [{ name: writeLevels(writer, inputs[i] ?? "", column), places }];
    if (column.kind !== "block") return [];
    const { values } = scaled(writer, inputs[i] ?? "", [column]);
    return [{ name: writer.node("Reshape", [values, writer.list([-1, elementsOf(column.shape)])]), places }];
  });
  if (numbers.length === 0) return others;
  const mixed = new Set(numbers.map(({ column }) => inputType(column))).size > 1;
  const matrix = joinedColumns(
    writer,
    numbers.map(({ column, raw }) => (mixed && inputType(column) === DATA_TYPES.float ? wide(writer, raw()) : raw())),
  );
  return [...scaledPieces(writer, matrix, numbers), ...others];
}

/** What one example of a column is. */
function inputShape(column: VaryingPreparation): readonly number[] {
  if (column.kind === "block") return column.shape;
  return [column.kind === "text" ? featureCount(column) : 1];
}
