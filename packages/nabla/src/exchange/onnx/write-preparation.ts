/** What a model does to raw rows before its first layer, as nodes: scaling, missing values, categories. */
import { filled, ndarray } from "../../array/ndarray.ts";
import { elementsOf } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { type ColumnPreparation, featuresOf, type Preparation } from "../../data/preparation.ts";
import { CAST_TYPES, CLASSICAL, type GraphWriter, texts, whole } from "./graph-writer.ts";
import { DATA_TYPES } from "./tensor-proto.ts";
import type { Written } from "./written.ts";

/** How rows come in: a column an input, or one matrix of all columns, which only numbers allow. */
export type InputForm = "columns" | "matrix";

type NumberColumn = Extract<ColumnPreparation, { readonly kind: "number" }>;
type Varying = Exclude<ColumnPreparation, { readonly kind: "constant" }>;

/** A piece of the features: its name, and the numbers of the features that it holds. */
interface Piece {
  readonly name: string;
  readonly places: readonly number[];
}

/** The form that is taken by default: one matrix where all columns are numbers. */
export function formFor(preparation: Preparation): InputForm {
  return inputColumns(preparation).every(({ kind }) => kind === "number") ? "matrix" : "columns";
}

/** The columns that go into the network, in their order; constant ones are not inputs. */
export function inputColumns({ columns }: Preparation): readonly Varying[] {
  return columns.filter((column) => column.kind !== "constant");
}

/** The network's inputs made of raw rows; `shape` is that of one example. Throws `onnx/write`. */
export function writePreparation(writer: GraphWriter, preparation: Preparation, form: InputForm): Written {
  const columns = inputColumns(preparation);
  const [only] = columns;
  if (columns.length === 1 && only?.kind === "block") {
    const name = writer.input(only.name, DATA_TYPES.float, only.shape);
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
    next += featuresOf(column).length;
    return next - featuresOf(column).length;
  });
}

function joinedColumns(writer: GraphWriter, names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? "") : writer.node("Concat", names, { axis: whole(1) });
}

/** All number columns at once: their scaled values, then the indicators of those that have one. */
function numberPieces(
  writer: GraphWriter,
  matrix: string,
  numbers: readonly { readonly column: NumberColumn; readonly start: number }[],
): readonly Piece[] {
  const { values, missing } = scaled(
    writer,
    matrix,
    numbers.map(({ column }) => column),
  );
  const all = { name: values, places: numbers.map(({ start }) => start) };
  const indicated = numbers.flatMap(({ column, start }, i) => (column.indicator ? [{ i, place: start + 1 }] : []));
  if (indicated.length === 0) return [all];
  const flags = writer.node("Cast", [missing], { to: whole(CAST_TYPES.float32) });
  const every = indicated.length === numbers.length;
  const name = every
    ? flags
    : writer.node("Gather", [flags, writer.list(indicated.map(({ i }) => i))], { axis: whole(1) });
  return [all, { name, places: indicated.map(({ place }) => place) }];
}

/** (x - center) / spread in float64, as preparing does it, and 0 where nothing is known or nothing varied. */
function scaled(
  writer: GraphWriter,
  name: string,
  columns: readonly { readonly center: number; readonly spread: number }[],
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
  const narrow = writer.node("Cast", [divided], { to: whole(CAST_TYPES.float32) });
  return { values: writer.node("Where", [missing, writer.array(filled([], 0), "zero"), narrow]), missing };
}

function wide(writer: GraphWriter, name: string): string {
  return writer.node("Cast", [name], { to: whole(CAST_TYPES.float64) });
}

function matrixPieces(writer: GraphWriter, columns: readonly Varying[], starts: readonly number[]): readonly Piece[] {
  const numbers = columns.flatMap((column, i) => (column.kind === "number" ? [{ column, start: starts[i] ?? 0 }] : []));
  const other = columns.find(({ kind }) => kind !== "number");
  if (other !== undefined) {
    const what = other.kind === "category" ? "names" : "blocks of numbers";
    throw new NablaError(
      "onnx/write",
      `one matrix of numbers cannot hold the column ${other.name}, which has ${what}`,
      'write it with inputs: "columns"',
    );
  }
  return numberPieces(writer, writer.input("inputs", DATA_TYPES.float, [numbers.length]), numbers);
}

function columnPieces(writer: GraphWriter, columns: readonly Varying[], starts: readonly number[]): readonly Piece[] {
  const inputs = columns.map((column) => {
    const type = column.kind === "category" ? DATA_TYPES.string : DATA_TYPES.float;
    return writer.input(column.name, type, column.kind === "block" ? column.shape : [1]);
  });
  const numbers = columns.flatMap((column, i) =>
    column.kind === "number" ? [{ column, start: starts[i] ?? 0, name: inputs[i] ?? "" }] : [],
  );
  const others = columns.flatMap((column, i): Piece[] => {
    const start = starts[i] ?? 0;
    const places = featuresOf(column).map((_, k) => start + k);
    if (column.kind === "category") return [{ name: oneHot(writer, inputs[i] ?? "", column.levels), places }];
    if (column.kind !== "block") return [];
    const { values } = scaled(writer, inputs[i] ?? "", [column]);
    return [{ name: writer.node("Reshape", [values, writer.list([-1, elementsOf(column.shape)])]), places }];
  });
  if (numbers.length === 0) return others;
  const matrix = joinedColumns(
    writer,
    numbers.map(({ name }) => name),
  );
  return [...numberPieces(writer, matrix, numbers), ...others];
}

/** A one at the level's place, and at the last place for whatever is no level: [batch, levels + 1]. */
function oneHot(writer: GraphWriter, name: string, levels: readonly string[]): string {
  const settings = { cats_strings: texts(levels), zeros: whole(1) };
  const stacked = writer.node("OneHotEncoder", [name], settings, CLASSICAL); // [batch, 1, levels]
  const known = writer.node("Reshape", [stacked, writer.list([-1, levels.length])]);
  const found = writer.node("ReduceSum", [known, writer.list([1])], { keepdims: whole(1) });
  const unknown = writer.node("Sub", [writer.array(filled([], 1), "one"), found]);
  return writer.node("Concat", [known, unknown], { axis: whole(1) });
}
