import { type NdArray, ndarray, zeros } from "../array/ndarray.ts";
import { elementsOf } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { listing, nearest } from "../base/text.ts";
import { classTargets, type Examples } from "./examples.ts";
import { type ColumnPreparation, featureNames, featuresOf, type Preparation } from "./preparation.ts";
import { blockOf, type Column, columnOf, type Table } from "./table.ts";

/**
 * Inputs and targets for a network. A row gives the same numbers alone or among others. Throws what
 * `preparedInputs` and `preparedTargets` throw.
 */
export function applyPreparation(preparation: Preparation, table: Table): Examples {
  const inputs = preparedInputs(preparation, table);
  const targets = preparedTargets(preparation, table);
  const names = featureNames(preparation);
  const { target } = preparation;
  return {
    rows: table.rows,
    inputs,
    targets,
    names,
    ...(target.kind === "classes" ? { classes: target.classes } : {}),
  };
}

/**
 * float32 [rows, features], or [rows, ...shape] for a single image-like column. Throws `data/missing-column` for a
 * column that the table lacks, `data/column-kind` where it is not of the kind that training saw.
 */
export function preparedInputs(preparation: Preparation, table: Table): NdArray {
  const columns = preparation.columns.filter((column) => column.kind !== "constant");
  const features = columns.reduce((sum, column) => sum + featuresOf(column).length, 0);
  const inputs = zeros([table.rows, features]);
  let at = 0;
  for (const column of columns) {
    fill(column, columnOf(table, column.name), { into: inputs.data as Float32Array, at, features });
    at += featuresOf(column).length;
  }
  const [only] = columns;
  return columns.length === 1 && only?.kind === "block" ? { ...inputs, shape: [table.rows, ...only.shape] } : inputs;
}

interface Destination {
  readonly into: Float32Array;
  /** The column's first feature. */
  readonly at: number;
  readonly features: number;
}

function fill(preparation: ColumnPreparation, column: Column, { into, at, features }: Destination): void {
  if (preparation.kind === "category" && column.kind === "category") {
    const slots = slotsOf(column.levels, preparation.levels, preparation.levels.length);
    for (const [row, code] of column.codes.entries()) {
      into[row * features + at + (slots[code] ?? preparation.levels.length)] = 1;
    }
  } else if (preparation.kind === "number" && column.kind === "number" && blockOf(column).length === 0) {
    const { center, spread, indicator } = preparation;
    const divisor = spread === 0 ? Number.POSITIVE_INFINITY : spread;
    const { data } = column.values;
    for (let row = 0; row < data.length; row++) {
      const value = data[row] ?? Number.NaN;
      const first = row * features + at;
      if (!Number.isNaN(value)) into[first] = (value - center) / divisor;
      else if (indicator) into[first + 1] = 1;
    }
  } else if (
    preparation.kind === "block" &&
    column.kind === "number" &&
    String(blockOf(column)) === String(preparation.shape)
  ) {
    const { center, spread, shape } = preparation;
    const { data } = column.values;
    const width = elementsOf(shape);
    for (let i = 0; i < data.length; i++) {
      const value = data[i] ?? Number.NaN;
      const row = Math.floor(i / width);
      if (!Number.isNaN(value)) into[row * features + at + (i - row * width)] = (value - center) / spread;
    }
  } else throw wrongKind(preparation, column);
}

function slotsOf(from: readonly string[], to: readonly string[], unknown: number): Int32Array {
  const slotOf = new Map(to.map((level, slot) => [level, slot]));
  return Int32Array.from(from, (level) => slotOf.get(level) ?? unknown);
}

function wrongKind(preparation: ColumnPreparation, column: Column): NablaError {
  const block = column.kind === "number" ? blockOf(column) : [];
  const found =
    column.kind === "category" ? "names" : block.length > 0 ? `blocks of shape [${block.join(", ")}]` : "numbers";
  const wanted =
    preparation.kind === "category"
      ? "names"
      : preparation.kind === "block"
        ? `blocks of shape [${preparation.shape.join(", ")}]`
        : "numbers";
  const message = `column ${column.name}: the model was trained on ${wanted}, this table has ${found}`;
  return new NablaError("data/column-kind", message, "give the column the same type as in training");
}

/**
 * int32 [rows] class codes, or float32 [rows, 1] standardized numbers. Throws `data/no-target`, `data/missing` for a row
 * without one, `data/unknown-class` for a class that the model does not know.
 */
export function preparedTargets(preparation: Preparation, table: Table): NdArray {
  const { target: expected } = preparation;
  const found = table.target;
  if (found === undefined)
    throw new NablaError("data/no-target", `the table has no target column; expected "${expected.name}"`);
  if (expected.kind === "classes") return classTargets(expected.name, codesOf(found, expected.classes));
  if (found.kind === "category") {
    throw new NablaError(
      "data/column-kind",
      `target ${found.name}: the model predicts a number, and this column is categorical`,
    );
  }
  const { data } = found.values;
  const row = data.findIndex((value) => !Number.isFinite(value));
  if (row >= 0)
    throw new NablaError(
      "data/missing",
      `target ${found.name}, row ${row}: the value is missing`,
      "leave such rows out",
    );
  return ndarray(
    Float32Array.from(data, (value) => (value - expected.mean) / expected.deviation),
    [data.length, 1],
  );
}

function codesOf(found: Column, classes: readonly string[]): Int32Array {
  const names = found.kind === "category" ? found.levels : undefined;
  const codeOf = new Map(classes.map((name, code) => [name, code]));
  const raw = found.kind === "category" ? found.codes : found.values.data;
  return Int32Array.from(raw, (value, row) => {
    if (names === undefined ? Number.isNaN(value) : value < 0) return -1;
    const name = names === undefined ? String(value) : (names[value] ?? "");
    const code = codeOf.get(name);
    if (code !== undefined) return code;
    const message = `target ${found.name}, row ${row}: the model was not trained on the class "${name}"`;
    throw new NablaError(
      "data/unknown-class",
      message,
      `the nearest classes it knows are ${listing(nearest(name, classes))}`,
    );
  });
}

/** Predicted numbers of a regression in the target's own unit: prediction * deviation + mean, of the same shape. */
export function restoreTargets(preparation: Preparation, predictions: NdArray): NdArray {
  const { target } = preparation;
  if (target.kind === "classes") {
    throw new NablaError(
      "data/column-kind",
      `target ${target.name} is one of ${target.classes.length} classes, not a number`,
    );
  }
  const data = Float64Array.from(predictions.data, (value) => value * target.deviation + target.mean);
  return ndarray(data, predictions.shape);
}
