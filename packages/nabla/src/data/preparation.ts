import { NablaError } from "../base/error.ts";
import { blockNames } from "./examples.ts";

/** What a network predicts: one of several classes, or a number. */
export type Task = "classification" | "regression";

/** (x - center) / spread; with `indicator`, a missing value becomes the center and a second feature is 1. */
export interface NumberPreparation {
  readonly kind: "number";
  readonly name: string;
  readonly center: number;
  readonly spread: number;
  readonly indicator: boolean;
}

/** Numbers of one shape a row, such as an image, scaled by one center and spread for all. */
export interface BlockPreparation {
  readonly kind: "block";
  readonly name: string;
  readonly shape: readonly number[];
  readonly center: number;
  readonly spread: number;
}

/** One 0/1 feature a level seen in training, and a last one, `unknown`, for everything else and for missing values. */
export interface CategoryPreparation {
  readonly kind: "category";
  readonly name: string;
  readonly levels: readonly string[];
}

/** A column that did not vary in training; it gives no feature and may be absent later. */
export interface ConstantPreparation {
  readonly kind: "constant";
  readonly name: string;
}

export type ColumnPreparation = NumberPreparation | BlockPreparation | CategoryPreparation | ConstantPreparation;

/** Class codes for names, or standardized numbers. */
export type TargetPreparation =
  | { readonly kind: "classes"; readonly name: string; readonly classes: readonly string[] }
  | { readonly kind: "number"; readonly name: string; readonly mean: number; readonly deviation: number };

/** How a table becomes numbers, learned from the training set alone: plain data that a model carries. */
export interface Preparation {
  readonly kind: "preparation";
  readonly task: Task;
  readonly columns: readonly ColumnPreparation[];
  readonly target: TargetPreparation;
}

/** The names of the features that one column gives, in their order. */
export function featuresOf(column: ColumnPreparation): readonly string[] {
  if (column.kind === "number") return column.indicator ? [column.name, `${column.name} is missing`] : [column.name];
  if (column.kind === "block") return blockNames(column.name, column.shape);
  if (column.kind === "category") return [...column.levels, "unknown"].map((level) => `${column.name}=${level}`);
  return [];
}

/** The names of all features, in the order of the inputs. */
export function featureNames(preparation: Preparation): readonly string[] {
  return preparation.columns.flatMap(featuresOf);
}

/** The columns that a table must have (constant ones may be absent). */
export function wantedColumns(
  preparation: Preparation,
): readonly { readonly name: string; readonly kind: "number" | "category" }[] {
  return preparation.columns
    .filter((column) => column.kind !== "constant")
    .map(({ name, kind }) => ({ name, kind: kind === "category" ? "category" : "number" }));
}

/** A preparation read back from JSON. Throws `model/damaged`, naming the part that is not as it should be. */
export function preparationFrom(json: unknown): Preparation {
  const root = record(json, "preparation");
  if (root.kind !== "preparation") damaged("preparation.kind", '"preparation"', root.kind);
  const { task } = root;
  if (task !== "classification" && task !== "regression")
    damaged("preparation.task", '"classification" or "regression"', task);
  const columns = list(root.columns, "preparation.columns").map((column, i) =>
    columnFrom(column, `preparation.columns[${i}]`),
  );
  const target = targetFrom(root.target, "preparation.target");
  if ((task === "classification") !== (target.kind === "classes"))
    damaged("preparation.target.kind", `a target for ${task}`, target.kind);
  return { kind: "preparation", task, columns, target };
}

function columnFrom(json: unknown, path: string): ColumnPreparation {
  const column = record(json, path);
  const name = text(column.name, `${path}.name`);
  const { kind } = column;
  if (kind === "constant") return { kind, name };
  if (kind === "category") return { kind, name, levels: texts(column.levels, `${path}.levels`) };
  if (kind !== "number" && kind !== "block")
    return damaged(`${path}.kind`, "number, block, category or constant", kind);
  const { from: center, by: spread } = affineFrom(column, path, ["center", "spread"]);
  if (kind === "block") {
    const shape = list(column.shape, `${path}.shape`).map((dim, i) => size(dim, `${path}.shape[${i}]`));
    return { kind, name, shape, center, spread };
  }
  if (typeof column.indicator !== "boolean") damaged(`${path}.indicator`, "true or false", column.indicator);
  return { kind, name, center, spread, indicator: column.indicator };
}

function targetFrom(json: unknown, path: string): TargetPreparation {
  const target = record(json, path);
  const name = text(target.name, `${path}.name`);
  if (target.kind === "classes") return { kind: "classes", name, classes: texts(target.classes, `${path}.classes`) };
  if (target.kind === "number") {
    const { from: mean, by: deviation } = affineFrom(target, path, ["mean", "deviation"]);
    return { kind: "number", name, mean, deviation };
  }
  return damaged(`${path}.kind`, "classes or number", target.kind);
}

function affineFrom(
  json: { readonly [key: string]: unknown },
  path: string,
  [from, by]: readonly [string, string],
): { readonly from: number; readonly by: number } {
  const divisor = finite(json[by], `${path}.${by}`);
  if (divisor < 0) damaged(`${path}.${by}`, "a number from 0 up", divisor);
  return { from: finite(json[from], `${path}.${from}`), by: divisor };
}

function damaged(path: string, expected: string, found: unknown): never {
  const shown = found === undefined ? "nothing" : (JSON.stringify(found) ?? String(found)).slice(0, 60);
  throw new NablaError(
    "model/damaged",
    `${path}: expected ${expected}, found ${shown}`,
    "save the model again, or restore it from a copy",
  );
}

function record(json: unknown, path: string): { readonly [key: string]: unknown } {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return damaged(path, "an object", json);
  return json as { readonly [key: string]: unknown };
}

function list(json: unknown, path: string): readonly unknown[] {
  return Array.isArray(json) ? json : damaged(path, "a list", json);
}

function text(json: unknown, path: string): string {
  return typeof json === "string" ? json : damaged(path, "a text", json);
}

function texts(json: unknown, path: string): readonly string[] {
  return list(json, path).map((item, i) => text(item, `${path}[${i}]`));
}

function finite(json: unknown, path: string): number {
  return typeof json === "number" && Number.isFinite(json) ? json : damaged(path, "a number", json);
}

function size(json: unknown, path: string): number {
  return typeof json === "number" && Number.isInteger(json) && json > 0
    ? json
    : damaged(path, "a whole number above 0", json);
}
