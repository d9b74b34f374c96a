/** What `prepare.fit` learns from a table, learned from a stream in one pass and little memory. */
import { compact } from "../base/compact.ts";
import { NablaError } from "../base/error.ts";
import { deviationOfMoments, type Moments, meanOfMoments, moments, noMoments } from "../base/statistics/moments.ts";
import { type CalendarTally, emptyCalendar, tallyCalendar } from "./calendar.ts";
import { categoryPreparation, narrowingOf, numberPreparation } from "./column-preparation.ts";
import type { ColumnReading } from "./column-reading.ts";
import { labelsIn } from "./joint-targets.ts";
import {
  type ClassTarget,
  type ColumnPreparation,
  type LabelTarget,
  type NumberTarget,
  type Preparation,
  type TargetPreparation,
  taskOf,
} from "./preparation.ts";
import {
  jointTarget,
  labelled,
  mostLevels,
  mostPieces,
  type PrepareOptions,
  scalingFor,
  textsFrom,
} from "./prepare.ts";
import { robustScale, type Scale, type Scaling, smoothClipScale } from "./scaling.ts";
import type { Source } from "./source.ts";
import { blockOf, type CategoryColumn, type Column, holdsTexts, type NumberColumn, targetsOf } from "./table.ts";
import { logScaled, numberTarget, type TargetScale } from "./target-scale.ts";
import { noTexts, type TextTally, tallyTexts } from "./text-preparation.ts";
import { ValueSample } from "./value-sample.ts";
import { noZeros, tallyZeros, type ZeroTally } from "./zeros.ts";

/** What is known of a column so far. */
interface Tally {
  readonly name: string;
  readonly kind: Column["kind"];
  readonly reading: ColumnReading | undefined;
  readonly block: readonly number[];
  readonly scaling: Scaling;
  /** For a column of dates. */
  readonly calendar: CalendarTally | undefined;
  /** For a column that is scaled by its quartiles. */
  readonly sample: ValueSample | undefined;
  moments: Moments;
  /** Of log(1 + value), for a target on that scale. */
  logMoments: Moments;
  narrowing: number;
  least: number;
  most: number;
  missing: boolean;
  /** For a column whose zeros may have a feature of their own. */
  readonly zeros: ZeroTally | undefined;
  /** How often each level occurs. */
  readonly levels: Map<string, number>;
  /** For a column of texts. */
  readonly texts: TextTally | undefined;
}

/**
 * Learns from a stream how tables with these columns become numbers: the same as `prepare.fit` of all its rows, which takes
 * the quartiles of long columns from the same sample. Throws what `prepare.fit` throws.
 */
export async function fitSource(source: Source, options: Omit<PrepareOptions, "task"> = {}): Promise<Preparation> {
  const { scaling, targetScale = "none" } = options;
  const most = mostLevels(options);
  const pieces = mostPieces(options);
  let inputs: readonly Tally[] | undefined;
  let targets: readonly Tally[] | undefined;
  for await (const table of source) {
    if (table.target === undefined) throw new NablaError("data/no-target", "the stream has no target column");
    inputs ??= table.columns.map((column) => tallyOf(column, scaling, options.textOrder));
    const own = targetsOf(table);
    targets ??= own.map((target) => tallyOf(target, "standardize"));
    for (const [i, column] of table.columns.entries()) add(inputs[i], column);
    for (const [i, column] of own.entries()) addTarget(targets[i], column, targetScale === "log");
  }
  if (inputs === undefined || targets === undefined) throw new NablaError("data/no-rows", "the stream has no rows");
  const columns = inputs.map((tally) =>
    tally.kind === "number"
      ? numberFrom(tally, scales[tally.scaling](tally))
      : tally.texts === undefined
        ? categoryFrom(tally, most)
        : textsFrom(tally, tally.texts, pieces),
  );
  if (columns.every(({ kind }) => kind === "constant"))
    throw new NablaError("data/no-inputs", "no input column of the stream varies, so there is nothing to train on");
  const target = targetFrom(targets, targetScale);
  return { kind: "preparation", task: taskOf(target), columns, target };
}

function tallyOf(column: Column, asked: Scaling | undefined, textOrder = false): Tally {
  const block = column.kind === "number" ? blockOf(column) : [];
  const scaling = asked ?? scalingFor(block);
  const range = { least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
  return {
    name: column.name,
    kind: column.kind,
    reading: column.reading,
    block,
    scaling,
    sample: sampled.has(scaling) ? new ValueSample() : undefined,
    calendar: column.reading?.as === "date" ? emptyCalendar() : undefined,
    moments: noMoments,
    logMoments: noMoments,
    narrowing: 0,
    ...range,
    missing: false,
    zeros: scaling === "smoothClip" ? noZeros() : undefined,
    levels: new Map(),
    texts: column.kind === "category" && holdsTexts(column) ? noTexts(textOrder) : undefined,
  };
}

function add(tally: Tally | undefined, column: Column): void {
  if (tally === undefined || tally.kind !== column.kind || tally.name !== column.name) {
    throw new NablaError("data/columns", `column ${column.name} of the stream differs from that in its first tables`);
  }
  if (column.kind === "number") addNumbers(tally, column);
  else if (tally.texts === undefined) addLevels(tally, column);
  else tallyTexts(tally.texts, column);
}

function addTarget(tally: Tally | undefined, column: Column, log: boolean): void {
  add(tally, column);
  if (log && tally !== undefined && column.kind === "number") addLogs(tally, column);
}

function addNumbers(tally: Tally, { values: { data } }: NumberColumn): void {
  tally.moments = moments(data, tally.moments);
  tally.sample?.add(data);
  tally.narrowing = Math.max(tally.narrowing, narrowingOf(data));
  if (tally.calendar !== undefined) tallyCalendar(tally.calendar, data);
  if (tally.zeros !== undefined) tallyZeros(tally.zeros, data);
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? Number.NaN;
    if (Number.isNaN(value)) tally.missing = true;
    if (value < tally.least) tally.least = value;
    if (value > tally.most) tally.most = value;
  }
}

function addLogs(tally: Tally, { values: { data } }: NumberColumn): void {
  tally.logMoments = moments(Float64Array.from(data, logScaled), tally.logMoments);
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

function spread({ moments: found }: Pick<Tally, "moments">): Scale {
  return { center: meanOfMoments(found), spread: deviationOfMoments(found) };
}

function extremes({ least, most }: Tally): Scale {
  return least > most ? { center: 0, spread: 0 } : { center: least, spread: most - least };
}

/** The ways to scale that take quartiles. */
const sampled: ReadonlySet<Scaling> = new Set<Scaling>(["robust", "smoothClip"]);

const scales: { readonly [K in Scaling]: (tally: Tally) => Scale } = {
  standardize: spread,
  minMax: extremes,
  robust: (tally) => robustScale(sampleOf(tally), spread(tally)),
  smoothClip: (tally) => smoothClipScale(sampleOf(tally), spread(tally)),
};

function sampleOf({ sample = new ValueSample() }: Tally): ValueSample {
  return sample;
}

function numberFrom(tally: Tally, scale: Scale): ColumnPreparation {
  const { name, reading, block, calendar, missing, narrowing, zeros, moments: found } = tally;
  checkFinite(name, scale);
  const present = found.count > 0;
  return numberPreparation({ name, reading, block, calendar, scale, missing, narrowing, zeros, present });
}

/** Throws `data/infinite` where a value makes the scale of a column meaningless. */
function checkFinite(name: string, { center, spread: divisor }: Scale): void {
  if (Number.isFinite(center) && Number.isFinite(divisor)) return;
  const message = `column ${name} of the stream holds a value that is too large to scale`;
  throw new NablaError("data/infinite", message, "leave such rows out, or rescale the column");
}

function categoryFrom({ name, reading, levels, missing }: Tally, most: number): ColumnPreparation {
  const all = inOrder([...levels.keys()]);
  const counts = all.map((level) => levels.get(level) ?? 0);
  return categoryPreparation({ name, reading, levels: all, counts, missing }, most);
}

function targetFrom(targets: readonly Tally[], on: TargetScale): TargetPreparation {
  const [only] = targets;
  if (only !== undefined && targets.length === 1 && separatorIn(only) === undefined) return soleFrom(only, on);
  return jointTarget(targets.map((target) => labelsFrom(target) ?? soleFrom(target, on)));
}

function separatorIn({ reading }: Tally): string | undefined {
  return reading?.as === "category" ? reading.labels : undefined;
}

function labelsFrom(target: Tally): LabelTarget | undefined {
  const separator = separatorIn(target);
  if (separator === undefined) return undefined;
  const labels = [...target.levels.keys()].flatMap((cell) => labelsIn(cell, separator));
  return labelled(target, [...new Set(labels)].sort());
}

function soleFrom(target: Tally, on: TargetScale): ClassTarget | NumberTarget {
  const { name, reading, least, most } = target;
  if (target.kind === "category") {
    const classes = inOrder([...target.levels.keys()]);
    if (classes.length > 1) return compact({ kind: "classes", name, classes, reading });
    throw new NablaError("data/one-class", `target ${name} has one class, and classification needs at least two`);
  }
  const scale = spread(on === "log" ? { moments: target.logMoments } : target);
  checkFinite(name, scale);
  return numberTarget(compact({ name, reading }), { scale, least, most, on });
}

/** By value where all are numbers, by character otherwise; 01 and 1 are two levels in one order, however they come. */
function inOrder(levels: readonly string[]): readonly string[] {
  const numeric = levels.every((level) => level.trim() !== "" && Number.isFinite(Number(level)));
  const byText = levels.toSorted();
  return numeric ? byText.sort((a, b) => Number(a) - Number(b)) : byText;
}
