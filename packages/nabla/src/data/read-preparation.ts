/** Preparations read back from plain data, every part checked. */
import { compact } from "../base/compact.ts";
import { NablaError } from "../base/error.ts";
import { listing } from "../base/text.ts";
import type { ClassThreshold } from "./class-threshold.ts";
import { type ColumnReading, readColumnReading } from "./column-reading.ts";
import {
  type ClassTarget,
  type ColumnPreparation,
  type Preparation,
  type SoleTarget,
  TASKS,
  type TargetBounds,
  type TargetPreparation,
  taskOf,
} from "./preparation.ts";
import { jointTarget } from "./prepare.ts";
import { readSeries } from "./series/read-series.ts";
import type { TextPreparation } from "./text-preparation.ts";
import { TEXT_BUCKETS } from "./text-tokens.ts";

const HINT = "save the model again, or restore it from a copy";

/** A preparation read back from JSON. Throws `model/damaged`, naming the part that is not as it should be. */
export function preparationFrom(json: unknown): Preparation {
  const root = record(json, "preparation");
  if (root.kind !== "preparation") damaged("preparation.kind", '"preparation"', root.kind);
  const { task } = root;
  if (!TASKS.some((one) => one === task))
    damaged(
      "preparation.task",
      listing(
        TASKS.map((one) => `"${one}"`),
        "or",
      ),
      task,
    );
  const columns = list(root.columns, "preparation.columns").map((column, i) =>
    columnFrom(column, `preparation.columns[${i}]`),
  );
  const target = targetFrom(root.target, "preparation.target");
  if (task !== taskOf(target)) damaged("preparation.target.kind", `a target for ${task}`, target.kind);
  const series = root.series === undefined ? undefined : checked(() => readSeries(root.series, "preparation.series"));
  return compact({ kind: "preparation", task: taskOf(target), columns, target, series });
}

function columnFrom(json: unknown, path: string): ColumnPreparation {
  const column = record(json, path);
  const name = text(column.name, `${path}.name`);
  const { kind } = column;
  const reading = readingFrom(column.reading, `${path}.reading`);
  if (kind === "constant") return compact({ kind, name, reading });
  if (kind === "category") {
    const levels = texts(column.levels, `${path}.levels`);
    return compact({ kind, name, levels, slots: slotsFrom(column.slots, levels, `${path}.slots`), reading });
  }
  if (kind === "text") return compact({ kind, name, ...piecesFrom(column, path), reading });
  if (kind !== "number" && kind !== "block" && kind !== "date" && kind !== "time")
    return damaged(`${path}.kind`, "number, date, time, block, category, text or constant", kind);
  const { from: center, by: spread } = affineFrom(column, path, ["center", "spread"]);
  const wide = column.wide === undefined ? undefined : only(column.wide, true, `${path}.wide`);
  if (kind === "block") {
    const shape = list(column.shape, `${path}.shape`).map((dim, i) => size(dim, `${path}.shape[${i}]`));
    return compact({ kind, name, shape, center, spread, wide, reading });
  }
  const clip = column.clip === undefined ? {} : { clip: above(column.clip, `${path}.clip`) };
  const number = { name, center, spread, ...clip, indicator: flag(column.indicator, `${path}.indicator`) };
  if (kind === "number") {
    const zero = column.zero === undefined ? undefined : only(column.zero, true, `${path}.zero`);
    return compact({ kind, ...number, zero, wide, reading });
  }
  if (kind === "time") return compact({ kind, ...number, reading: readAs("time", reading, `${path}.reading`) });
  return compact({
    kind,
    ...number,
    weekdays: ascending(column.weekdays, { from: 0, to: 6 }, `${path}.weekdays`),
    months: ascending(column.months, { from: 1, to: 12 }, `${path}.months`),
    monthDays: flag(column.monthDays, `${path}.monthDays`),
    times: flag(column.times, `${path}.times`),
    reading: readAs("date", reading, `${path}.reading`),
  });
}

/** How cells are read, checked. */
function readingFrom(json: unknown, path: string): ColumnReading | undefined {
  return json === undefined ? undefined : checked(() => readColumnReading(json, path));
}

/** What was read; a part that is not as it should be is damage. */
function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof NablaError ? new NablaError("model/damaged", error.message, HINT) : error;
  }
}

function readAs<K extends ColumnReading["as"]>(
  kind: K,
  reading: ColumnReading | undefined,
  path: string,
): Extract<ColumnReading, { readonly as: K }> | undefined {
  if (reading === undefined || reading.as === kind) return reading as Extract<ColumnReading, { readonly as: K }>;
  return damaged(`${path}.as`, `"${kind}"`, reading.as);
}

/** The pieces of texts, ascending, and how many texts hold each. */
function piecesFrom(
  column: { readonly [key: string]: unknown },
  path: string,
): Pick<TextPreparation, "length" | "texts" | "pieces" | "counts" | "ordered"> {
  const pieces = ascending(column.pieces, { from: 0, to: TEXT_BUCKETS - 1 }, `${path}.pieces`);
  const texts = size(column.texts, `${path}.texts`);
  const counts = list(column.counts, `${path}.counts`).map((count, i) =>
    within(count, { from: 1, to: texts }, `${path}.counts[${i}]`),
  );
  if (pieces.length === 0) damaged(`${path}.pieces`, "at least one piece", "none");
  if (counts.length !== pieces.length)
    damaged(`${path}.counts`, `${pieces.length} numbers, one a piece`, `${counts.length} numbers`);
  const ordered = column.ordered === undefined ? undefined : only(column.ordered, true as const, `${path}.ordered`);
  return compact({ length: size(column.length, `${path}.length`), texts, pieces, counts, ordered });
}

/** A feature for each level, and none beyond the levels. */
function slotsFrom(json: unknown, levels: readonly string[], path: string): readonly number[] | undefined {
  if (json === undefined) return undefined;
  const slots = list(json, path);
  if (slots.length !== levels.length) damaged(path, `${levels.length} numbers, one a level`, `${slots.length} numbers`);
  return slots.map((slot, i) => within(slot, { from: 0, to: levels.length - 1 }, `${path}[${i}]`));
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function ascending(json: unknown, range: Range, path: string): readonly number[] {
  let least = range.from;
  return list(json, path).map((item, i) => {
    const found = within(item, { from: least, to: range.to }, `${path}[${i}]`);
    least = found + 1;
    return found;
  });
}

function within(json: unknown, { from, to }: Range, path: string): number {
  const whole = typeof json === "number" && Number.isInteger(json) && json >= from && json <= to;
  return whole ? json : damaged(path, `a whole number from ${from} to ${to}`, json);
}

function flag(json: unknown, path: string): boolean {
  return typeof json === "boolean" ? json : damaged(path, "true or false", json);
}

function only<const T>(json: unknown, value: T, path: string): T {
  return json === value ? value : damaged(path, JSON.stringify(value), json);
}

function targetFrom(json: unknown, path: string): TargetPreparation {
  const target = record(json, path);
  if (target.kind !== "several") {
    const sole = soleFrom(target, path);
    return sole.kind === "labels" ? damaged(`${path}.kind`, "classes, number or several", sole.kind) : sole;
  }
  const targets = list(target.targets, `${path}.targets`).map((one, i) =>
    soleFrom(record(one, `${path}.targets[${i}]`), `${path}.targets[${i}]`),
  );
  if (targets.length === 0) damaged(`${path}.targets`, "at least one target", "none");
  return jointTarget(targets);
}

function soleFrom(target: { readonly [key: string]: unknown }, path: string): SoleTarget {
  const name = text(target.name, `${path}.name`);
  const reading = readingFrom(target.reading, `${path}.reading`);
  if (target.kind === "classes") return compact({ kind: "classes", name, ...classesFrom(target, path), reading });
  if (target.kind === "number") {
    const { from: mean, by: deviation } = affineFrom(target, path, ["mean", "deviation"]);
    const bounds = target.bounds === undefined ? undefined : boundsFrom(target.bounds, `${path}.bounds`);
    const scale = target.scale === undefined ? undefined : only(target.scale, "log", `${path}.scale`);
    const most = scale === undefined || bounds !== undefined ? undefined : fromZero(target.most, `${path}.most`);
    return compact({ kind: "number", name, mean, deviation, scale, bounds, most, reading });
  }
  if (target.kind === "labels")
    return compact({ kind: "labels", name, labels: texts(target.labels, `${path}.labels`), reading });
  return damaged(`${path}.kind`, "classes, number or labels", target.kind);
}

function classesFrom(
  target: { readonly [key: string]: unknown },
  path: string,
): Pick<ClassTarget, "classes" | "threshold"> {
  const classes = texts(target.classes, `${path}.classes`);
  const threshold = target.threshold === undefined ? undefined : thresholdFrom(target.threshold, `${path}.threshold`);
  if (threshold !== undefined && classes.length !== 2)
    damaged(`${path}.threshold`, "a threshold of two classes alone", `${classes.length} classes`);
  return compact({ classes, threshold });
}

function thresholdFrom(json: unknown, path: string): ClassThreshold {
  const threshold = record(json, path);
  const positive = within(threshold.positive, { from: 0, to: 1 }, `${path}.positive`);
  const from = finite(threshold.from, `${path}.from`);
  return from > 0 && from < 1 ? { positive, from } : damaged(`${path}.from`, "a probability above 0 and below 1", from);
}

function boundsFrom(json: unknown, path: string): TargetBounds {
  const bounds = record(json, path);
  const [from, to] = [finite(bounds.from, `${path}.from`), finite(bounds.to, `${path}.to`)];
  return from <= to ? { from, to } : damaged(`${path}.to`, `a number from ${from} up`, to);
}

function above(json: unknown, path: string): number {
  const found = finite(json, path);
  return found > 0 ? found : damaged(path, "a number above 0", found);
}

function fromZero(json: unknown, path: string): number {
  const found = finite(json, path);
  return found < 0 ? damaged(path, "a number from 0 up", found) : found;
}

function affineFrom(
  json: { readonly [key: string]: unknown },
  path: string,
  [from, by]: readonly [string, string],
): { readonly from: number; readonly by: number } {
  const divisor = fromZero(json[by], `${path}.${by}`);
  return { from: finite(json[from], `${path}.${from}`), by: divisor };
}

function damaged(path: string, expected: string, found: unknown): never {
  const shown = found === undefined ? "nothing" : (JSON.stringify(found) ?? String(found)).slice(0, 60);
  throw new NablaError("model/damaged", `${path}: expected ${expected}, found ${shown}`, HINT);
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
