/** Several targets as one array: numbers as they are, classes as shares, labels as 0 and 1, side by side. */
import { type NdArray, ndarray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import { listing } from "../base/text.ts";
import { classTargets } from "./examples.ts";
import {
  type ClassTarget,
  type JointTarget,
  type LabelTarget,
  type NumberTarget,
  outputsFor,
  type SoleTarget,
} from "./preparation.ts";
import { type CategoryColumn, type Column, type Table, targetsOf } from "./table.ts";
import { scaledTarget } from "./target-scale.ts";
import { unknownClass } from "./unknown-class.ts";

/** The labels of a cell, in the order in which they are written; none for an empty one. */
export function labelsIn(cell: string, separator: string): readonly string[] {
  return [...new Set(cell.split(separator).map((label) => label.trim()))].filter((label) => label !== "");
}

/** All labels of a column, in alphabetical order. */
export function labelsOf({ levels, codes }: CategoryColumn, separator: string): readonly string[] {
  const used = new Set(codes);
  return [...new Set(levels.flatMap((level, code) => (used.has(code) ? labelsIn(level, separator) : [])))].sort();
}

/** A label is predicted from this probability on. */
export const LIKELY = 0.5;

/** What separates the labels of a column; undefined for one that holds none. */
export function separatorOf(column: Column): string | undefined {
  const { reading } = column;
  return column.kind === "category" && reading?.as === "category" ? reading.labels : undefined;
}

/**
 * float32 [rows, outputs]. Throws `data/no-target` for a target that the table lacks, and what `preparedTargets` throws of one.
 */
export function jointTargets({ targets }: JointTarget, table: Table): NdArray {
  const width = targets.reduce((sum, target) => sum + outputsFor(target), 0);
  const data = new Float32Array(table.rows * width);
  let at = 0;
  for (const target of targets) {
    const own = soleArray(target, columnFor(target, table));
    const count = outputsFor(target);
    for (let row = 0; row < table.rows; row++)
      if (target.kind === "classes") data[row * width + at + (own[row] ?? 0)] = 1;
      else for (let i = 0; i < count; i++) data[row * width + at + i] = own[row * count + i] ?? 0;
    at += count;
  }
  return ndarray(data, [table.rows, width]);
}

/** The column of a target. Throws `data/no-target`. */
export function columnFor({ name }: Pick<SoleTarget, "name">, table: Table): Column {
  const all = targetsOf(table);
  const found = all.find((column) => column.name === name);
  if (found !== undefined) return found;
  const has = all.length === 0 ? "no target column" : `the targets ${listing(all.map((column) => column.name))}`;
  throw new NablaError("data/no-target", `the table has ${has}; expected "${name}"`);
}

function soleArray(target: SoleTarget, column: Column): ArrayLike<number> {
  if (target.kind === "number") return numberValues(target, column);
  return target.kind === "labels"
    ? labelValues(target, column)
    : classTargets(target.name, classCodesOf(column, target)).data;
}

/** Standardized numbers. Throws `data/column-kind` for names, `data/missing` for a row without a number. */
export function numberValues(expected: NumberTarget, found: Column): Float32Array {
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
  return Float32Array.from(data, (value) => scaledTarget(expected, value));
}

/** The codes of classes, -1 for a missing one. Throws `data/unknown-class`. */
export function classCodesOf(found: Column, { classes }: Pick<ClassTarget, "classes">): Int32Array {
  const names = found.kind === "category" ? found.levels : undefined;
  const codeOf = new Map(classes.map((name, code) => [name, code]));
  const raw = found.kind === "category" ? found.codes : found.values.data;
  return Int32Array.from(raw, (value, row) => {
    if (names === undefined ? Number.isNaN(value) : value < 0) return -1;
    const name = names === undefined ? String(value) : (names[value] ?? "");
    const code = codeOf.get(name);
    if (code !== undefined) return code;
    throw unknownClass("class", name, { found, row, known: classes });
  });
}

function labelValues({ labels, reading }: LabelTarget, found: Column): Float32Array {
  if (found.kind !== "category")
    throw new NablaError(
      "data/column-kind",
      `target ${found.name}: the model predicts labels, and this column holds numbers`,
    );
  const separator = (reading?.as === "category" ? reading.labels : undefined) ?? separatorOf(found) ?? "|";
  const placeOf = new Map(labels.map((label, place) => [label, place]));
  const own = new Float32Array(found.codes.length * labels.length);
  for (const [row, code] of found.codes.entries())
    for (const label of labelsIn(found.levels[code] ?? "", separator)) {
      const place = placeOf.get(label);
      if (place === undefined) throw unknownClass("label", label, { found, row, known: labels });
      own[row * labels.length + place] = 1;
    }
  return own;
}
