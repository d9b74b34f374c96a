/** What `prepare.fit` learns from a table, learned from a stream in one pass and little memory. */
import { NablaError } from "../base/error.ts";
import { deviationOfMoments, type Moments, meanOfMoments, moments, noMoments } from "../base/statistics/moments.ts";
import type { ColumnPreparation, Preparation, TargetPreparation, Task } from "./preparation.ts";
import { MOST_LEVELS, type PrepareOptions } from "./prepare.ts";
import type { Scale } from "./scaling.ts";
import type { Source } from "./source.ts";
import { blockOf, type CategoryColumn, type Column, type NumberColumn } from "./table.ts";

/** What is known of a column so far. */
interface Tally {
  readonly name: string;
  readonly kind: Column["kind"];
  readonly block: readonly number[];
  moments: Moments;
  least: number;
  most: number;
  missing: boolean;
  /** How often each level occurs. */
  readonly levels: Map<string, number>;
}

/**
 * Learns from a stream how tables with these columns become numbers: the same as `prepare.fit` of all its rows. Quartiles
 * need all numbers at once: throws `data/streamed-scaling` for robust scaling, else what `prepare.fit` throws.
 */
export async function fitSource(source: Source, options: Omit<PrepareOptions, "task"> = {}): Promise<Preparation> {
  const { levels = MOST_LEVELS, scaling = "standardize" } = options;
  if (scaling === "robust") {
    const message = "robust scaling needs a whole column in memory, and a stream gives one table at a time";
    throw new NablaError("data/streamed-scaling", message, "choose standardize or minMax");
  }
  let inputs: readonly Tally[] | undefined;
  let target: Tally | undefined;
  for await (const table of source) {
    if (table.target === undefined) throw new NablaError("data/no-target", "the stream has no target column");
    inputs ??= table.columns.map(tallyOf);
    target ??= tallyOf(table.target);
    for (const [i, column] of table.columns.entries()) add(inputs[i], column);
    add(target, table.target);
  }
  if (inputs === undefined || target === undefined) throw new NablaError("data/no-rows", "the stream has no rows");
  const scale = (tally: Tally): Scale => (scaling === "minMax" ? extremes(tally) : spread(tally));
  const columns = inputs.map((tally) =>
    tally.kind === "number" ? numberFrom(tally, scale) : categoryFrom(tally, levels),
  );
  if (columns.every(({ kind }) => kind === "constant"))
    throw new NablaError("data/no-inputs", "no input column of the stream varies, so there is nothing to train on");
  const found = targetFrom(target);
  const task: Task = found.kind === "classes" ? "classification" : "regression";
  return { kind: "preparation", task, columns, target: found };
}

function tallyOf(column: Column): Tally {
  const block = column.kind === "number" ? blockOf(column) : [];
  const range = { least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
  return {
    name: column.name,
    kind: column.kind,
    block,
    moments: noMoments,
    ...range,
    missing: false,
    levels: new Map(),
  };
}

function add(tally: Tally | undefined, column: Column): void {
  if (tally === undefined || tally.kind !== column.kind || tally.name !== column.name) {
    throw new NablaError("data/columns", `column ${column.name} of the stream differs from that in its first tables`);
  }
  if (column.kind === "number") addNumbers(tally, column);
  else addLevels(tally, column);
}

function addNumbers(tally: Tally, { values: { data } }: NumberColumn): void {
  tally.moments = moments(data, tally.moments);
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? Number.NaN;
    if (Number.isNaN(value)) tally.missing = true;
    if (value < tally.least) tally.least = value;
    if (value > tally.most) tally.most = value;
  }
}

function addLevels(tally: Tally, { codes, levels }: CategoryColumn): void {
  const counts = new Uint32Array(levels.length);
  for (const code of codes) {
    if (code < 0) tally.missing = true;
    else counts[code] = (counts[code] ?? 0) + 1;
  }
  for (const [code, level] of levels.entries()) {
    const found = counts[code] ?? 0;
    if (found > 0) tally.levels.set(level, (tally.levels.get(level) ?? 0) + found);
  }
}

function spread({ moments: found }: Tally): Scale {
  return { center: meanOfMoments(found), spread: deviationOfMoments(found) };
}

function extremes({ least, most }: Tally): Scale {
  return least > most ? { center: 0, spread: 0 } : { center: least, spread: most - least };
}

function numberFrom(tally: Tally, scaleOf: (tally: Tally) => Scale): ColumnPreparation {
  const { name, block, missing, moments: found } = tally;
  const scale = scaleOf(tally);
  const indicator = block.length === 0 && missing;
  if (scale.spread === 0 && !(indicator && found.count > 0)) return { kind: "constant", name };
  if (block.length > 0) return { kind: "block", name, shape: block, ...scale };
  return { kind: "number", name, ...scale, indicator };
}

function categoryFrom({ name, levels, missing }: Tally, most: number): ColumnPreparation {
  if (levels.size === 0 || (levels.size === 1 && !missing)) return { kind: "constant", name };
  const all = inOrder([...levels.keys()]);
  const place = new Map(all.map((level, i) => [level, i]));
  const order = (a: string, b: string): number =>
    (levels.get(b) ?? 0) - (levels.get(a) ?? 0) || (place.get(a) ?? 0) - (place.get(b) ?? 0);
  const frequent = new Set(all.toSorted(order).slice(0, most));
  return { kind: "category", name, levels: all.filter((level) => frequent.has(level)) };
}

function targetFrom(target: Tally): TargetPreparation {
  const { name } = target;
  if (target.kind === "category") {
    const classes = inOrder([...target.levels.keys()]);
    if (classes.length > 1) return { kind: "classes", name, classes };
    throw new NablaError("data/one-class", `target ${name} has one class, and classification needs at least two`);
  }
  const { center, spread: divisor } = spread(target);
  if (divisor > 0) return { kind: "number", name, mean: center, deviation: divisor };
  throw new NablaError("data/one-value", `target ${name} is ${center} in every row, so there is nothing to predict`);
}

/** By value where all are numbers, by character otherwise. */
function inOrder(levels: readonly string[]): readonly string[] {
  const numeric = levels.every((level) => level.trim() !== "" && Number.isFinite(Number(level)));
  return levels.toSorted(numeric ? (a, b) => Number(a) - Number(b) : undefined);
}
