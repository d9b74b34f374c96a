import { type NdArray, ndarray, zeros } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import { classTargets, type Examples, weightMask } from "./examples.ts";
import { featureFiller } from "./fill-features.ts";
import { classCodesOf, columnFor, jointTargets, numberValues } from "./joint-targets.ts";
import {
  featureCount,
  featureNames,
  type NumberTarget,
  outputsFor,
  type Preparation,
  soleTargets,
} from "./preparation.ts";
import { columnOf, type Table } from "./table.ts";
import { restoredTarget, unscaledTarget } from "./target-scale.ts";

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
    ...weightMask(table),
    ...(target.kind === "classes" ? { classes: target.classes } : {}),
  };
}

/**
 * float32 [rows, features], or [rows, ...shape] for a single image-like column. Throws `data/missing-column` for a
 * column that the table lacks, `data/column-kind` where it is not of the kind that training saw.
 */
export function preparedInputs(preparation: Preparation, table: Table): NdArray {
  return inputPreparer(preparation)(table);
}

/** `preparedInputs` of one table after the other, with what each column takes made once. */
export function inputPreparer(preparation: Preparation): (table: Table) => NdArray {
  let features = 0;
  const columns = preparation.columns
    .filter(({ kind }) => kind !== "constant")
    .map((column) => {
      const at = features;
      features += featureCount(column);
      return { name: column.name, at, fill: featureFiller(column) };
    });
  const [only, ...more] = preparation.columns.filter(({ kind }) => kind !== "constant");
  const block = only?.kind === "block" && more.length === 0 ? only.shape : undefined;
  return (table) => {
    const inputs = zeros([table.rows, features]);
    const into = inputs.data as Float32Array;
    const byName = new Map(table.columns.map((column) => [column.name, column]));
    for (const { name, at, fill } of columns) fill(byName.get(name) ?? columnOf(table, name), { into, at, features });
    return block === undefined ? inputs : { ...inputs, shape: [table.rows, ...block] };
  };
}

/**
 * int32 [rows] class codes, or float32 [rows, 1] standardized numbers; of several targets float32 [rows, outputs], as
 * `jointTargets` gives them. Throws `data/no-target`, `data/missing` for a row
 * without one, `data/unknown-class` for a class that the model does not know.
 */
export function preparedTargets(preparation: Preparation, table: Table): NdArray {
  const { target: expected } = preparation;
  if (expected.kind === "several") return jointTargets(expected, table);
  // where there is one target it is meant, whatever it is called
  const found = (table.otherTargets === undefined ? table.target : undefined) ?? columnFor(expected, table);
  if (expected.kind === "classes") return classTargets(expected.name, classCodesOf(found, expected));
  return ndarray(numberValues(expected, found), [table.rows, 1]);
}

/**
 * Predicted numbers of a regression in the target's own unit, of the same shape: prediction * deviation + mean, and on a
 * log scale what that is the logarithm of, within the bounds of the target. Of several targets probabilities stay as they are.
 */
export function restoreTargets(preparation: Preparation, predictions: NdArray): NdArray {
  const restored = new Float64Array(predictions.data);
  const columns = numberColumns(preparation);
  for (let i = 0; i < restored.length; i++) {
    const target = columns[i % columns.length];
    if (target !== undefined) restored[i] = restoredTarget(target, restored[i] ?? Number.NaN);
  }
  return ndarray(restored, predictions.shape);
}

/** The number that each output stands for, undefined for one of classes or labels. */
function numberColumns(preparation: Preparation): readonly (NumberTarget | undefined)[] {
  if (preparation.target.kind !== "several") return [numberTargetOf(preparation)];
  return soleTargets(preparation).flatMap((target) =>
    target.kind === "number" ? [target] : Array.from({ length: outputsFor(target) }, () => undefined),
  );
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
  const what = target.kind === "classes" ? `one of ${target.classes.length} classes` : "several";
  const message = `target ${target.name} is ${what}, not a number`;
  throw new NablaError("data/column-kind", message);
}
