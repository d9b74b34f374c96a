import { type NdArray, ndarray, zeros } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import { listing, nearest } from "../base/text.ts";
import { classTargets, type Examples } from "./examples.ts";
import { fillFeatures } from "./fill-features.ts";
import { featureCount, featureNames, type NumberTarget, type Preparation } from "./preparation.ts";
import { type Column, columnOf, type Table } from "./table.ts";
import { restoredTarget, scaledTarget, unscaledTarget } from "./target-scale.ts";

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
  const features = columns.reduce((sum, column) => sum + featureCount(column), 0);
  const inputs = zeros([table.rows, features]);
  let at = 0;
  for (const column of columns) {
    fillFeatures(column, columnOf(table, column.name), { into: inputs.data as Float32Array, at, features });
    at += featureCount(column);
  }
  const [only] = columns;
  return columns.length === 1 && only?.kind === "block" ? { ...inputs, shape: [table.rows, ...only.shape] } : inputs;
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
    Float32Array.from(data, (value) => scaledTarget(expected, value)),
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

/**
 * Predicted numbers of a regression in the target's own unit, of the same shape: prediction * deviation + mean, and on a
 * log scale what that is the logarithm of, between 0 and ten times the largest value of training.
 */
export function restoreTargets(preparation: Preparation, predictions: NdArray): NdArray {
  const target = numberTargetOf(preparation);
  const restored = new Float64Array(predictions.data);
  for (let i = 0; i < restored.length; i++) restored[i] = restoredTarget(target, restored[i] ?? Number.NaN);
  return ndarray(restored, predictions.shape);
}

/** The targets of a regression that `preparedTargets` gave, in their own unit again, however large they are. */
export function targetValues(preparation: Preparation, targets: NdArray): NdArray {
  const target = numberTargetOf(preparation);
  return ndarray(
    Float64Array.from(targets.data, (value) => unscaledTarget(target, value)),
    targets.shape,
  );
}

function numberTargetOf({ target }: Preparation): NumberTarget {
  if (target.kind === "number") return target;
  const message = `target ${target.name} is one of ${target.classes.length} classes, not a number`;
  throw new NablaError("data/column-kind", message);
}
