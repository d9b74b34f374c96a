import { ndarray } from "../array/ndarray.ts";
import { compact } from "../base/compact.ts";
import { known, NablaError } from "../base/error.ts";
import { inRange } from "../base/range.ts";
import { count } from "../base/text.ts";
import { emptyCalendar, tallyCalendar } from "./calendar.ts";
import { categoryPreparation, narrowingOf, numberPreparation } from "./column-preparation.ts";
import type { ColumnReading } from "./column-reading.ts";
import { labelsOf, separatorOf } from "./joint-targets.ts";
import { MOST_LEVELS } from "./level-slots.ts";
import {
  type ClassTarget,
  type ColumnPreparation,
  type JointTarget,
  jointName,
  type LabelTarget,
  type NumberTarget,
  type Preparation,
  type SoleTarget,
  type TargetPreparation,
  type Task,
  taskOf,
} from "./preparation.ts";
import { type Scale, type Scaling, scalings } from "./scaling.ts";
import {
  blockOf,
  type CategoryColumn,
  type Column,
  holdsTexts,
  type NumberColumn,
  type Table,
  targetsOf,
  widthOf,
} from "./table.ts";
import { logScaled, numberTarget, type TargetScale } from "./target-scale.ts";
import { MOST_PIECES, noTexts, type TextTally, tallyTexts, textPreparation } from "./text-preparation.ts";
import { TEXT_BUCKETS } from "./text-tokens.ts";
import { noZeros, tallyZeros } from "./zeros.ts";

/** How columns become inputs: options of `prepare`. */
export interface PrepareOptions {
  /** Default: classification for a category target, regression for a number. Of several targets each is what its column holds. */
  readonly task?: Task;
  /**
   * The most inputs of one category, besides that for unknown levels; default 256. Where it has more levels, the most
   * frequent ones keep an input, and the others share 16 of them, or a quarter of fewer than 64.
   */
  readonly levels?: number;
  /** The most words and pieces of words by which a column of texts is known, the most frequent ones; default 32,768. */
  readonly textPieces?: number;
  /** Whether texts are their words in order, for layers of sequences; default false: pieces of words with weights. */
  readonly textOrder?: boolean;
  /**
   * How input numbers are scaled; default smoothClip, with which columns of many zeros say so in a feature, and of blocks such as images standardize. A number to predict is always
   * standardized.
   */
  readonly scaling?: Scaling;
  /** The scale that a number to predict is learned on; default none. */
  readonly targetScale?: TargetScale;
}

/** Learns from the training set how tables with these columns become numbers. */
function fit(train: Table, options: PrepareOptions = {}): Preparation {
  const { scaling, targetScale = "none" } = options;
  const most = mostLevels(options);
  const pieces = mostPieces(options);
  if (train.target === undefined) throw new NablaError("data/no-target", "the training part has no target column");
  const target = targetOf(train, { task: options.task, targetScale });
  const columns = train.columns.map((column) =>
    column.kind === "number"
      ? numberFrom(column, scaling)
      : holdsTexts(column)
        ? textsFrom(column, tallyTexts(noTexts(options.textOrder), column), pieces)
        : categoryFrom(column, most),
  );
  if (columns.every((column) => column.kind === "constant")) {
    const message = `no input column varies in the ${count(train.rows, "training row")}, so there is nothing to predict ${target.name} from`;
    throw new NablaError("data/no-inputs", message, "check which columns were read");
  }
  return { kind: "preparation", task: taskOf(target), columns, target };
}

/** The most inputs of a category, checked. Throws `options/range`. */
export function mostLevels({ levels = MOST_LEVELS }: Pick<PrepareOptions, "levels">): number {
  return inRange("levels", levels, { atLeast: 1, whole: true });
}

/** The most pieces of a column of texts, checked. Throws `options/range`. */
export function mostPieces({ textPieces = MOST_PIECES }: Pick<PrepareOptions, "textPieces">): number {
  return inRange("textPieces", textPieces, { atLeast: 1, atMost: TEXT_BUCKETS, whole: true });
}

/** How the texts of a column become inputs; one whose texts have nothing in common gives none. */
export function textsFrom(
  { name, reading }: Pick<CategoryColumn, "name"> & { readonly reading?: ColumnReading | undefined },
  tally: TextTally,
  most: number,
): ColumnPreparation {
  return textPreparation({ name, reading }, tally, most) ?? compact({ kind: "constant", name, reading });
}

function numberFrom(column: NumberColumn, scaling: Scaling = scalingFor(blockOf(column))): ColumnPreparation {
  const { name, reading } = column;
  const { data } = column.values;
  const calendar = reading?.as === "date" ? emptyCalendar() : undefined;
  if (calendar !== undefined) tallyCalendar(calendar, data);
  return numberPreparation({
    ...{ name, reading, calendar, block: blockOf(column), scale: finiteScale(column, scaling) },
    missing: data.some((value) => Number.isNaN(value)),
    present: data.some((value) => !Number.isNaN(value)),
    narrowing: narrowingOf(data),
    zeros: scaling === "smoothClip" ? tallyZeros(noZeros(), data) : undefined,
  });
}

/** How a column is scaled where nothing is said. The values of a block, such as the pixels of an image, are not wild. */
export function scalingFor(block: readonly number[]): Scaling {
  return block.length === 0 ? "smoothClip" : "standardize";
}

/** The column's scale. Throws `data/infinite` where a value makes it meaningless. */
function finiteScale(column: NumberColumn, scaling: Scaling = "standardize"): Scale {
  const scale = scalings[scaling](column.values.data);
  if (Number.isFinite(scale.center) && Number.isFinite(scale.spread)) return scale;
  const at = column.values.data.findIndex((value) => Math.abs(value) > Number.MAX_VALUE ** 0.5);
  const message = `column ${column.name}, row ${Math.floor(at / widthOf(column))}: ${column.values.data[at]} is too large to scale`;
  throw new NablaError("data/infinite", message, "leave such rows out, or rescale the column");
}

function categoryFrom(column: CategoryColumn, most: number): ColumnPreparation {
  const counts = new Uint32Array(column.levels.length);
  let missing = 0;
  for (const code of column.codes) {
    if (code < 0) missing++;
    else counts[code] = (counts[code] ?? 0) + 1;
  }
  const seen = column.levels.map((_, code) => code).filter((code) => (counts[code] ?? 0) > 0);
  const found = {
    ...{ name: column.name, reading: column.reading, missing: missing > 0 },
    levels: seen.map((code) => known(column.levels[code], "a level")),
    counts: seen.map((code) => counts[code] ?? 0),
  };
  return categoryPreparation(found, most);
}

interface TargetOptions {
  readonly task: Task | undefined;
  readonly targetScale: TargetScale;
}

function targetOf(train: Table, options: TargetOptions): TargetPreparation {
  const all = targetsOf(train);
  const [only] = all;
  if (only !== undefined && all.length === 1 && separatorOf(only) === undefined) return soleTarget(only, options);
  const { targetScale } = options;
  return jointTarget(all.map((target) => labelTarget(target) ?? soleTarget(target, { task: undefined, targetScale })));
}

/** Several targets as one. */
export function jointTarget(targets: readonly SoleTarget[]): JointTarget {
  return { kind: "several", name: jointName(targets), targets };
}

/** Labels, where a column holds some. Throws `data/one-class` where there is none. */
function labelTarget(target: Column): LabelTarget | undefined {
  const separator = separatorOf(target);
  if (separator === undefined || target.kind !== "category") return undefined;
  return labelled(target, labelsOf(target, separator));
}

/** A target of these labels. Throws `data/one-class` where there is none. */
export function labelled(
  { name, reading }: Pick<Column, "name"> & { readonly reading?: ColumnReading | undefined },
  labels: readonly string[],
): LabelTarget {
  if (labels.length > 0) return compact({ kind: "labels", name, labels, reading });
  throw new NablaError(
    "data/one-class",
    `target ${name} has no label in any row, so there is nothing to learn`,
    "choose another target",
  );
}

function soleTarget(
  target: Column,
  { task = target.kind === "category" ? "classification" : "regression", targetScale }: TargetOptions,
): ClassTarget | NumberTarget {
  const { name, reading } = target;
  if (task === "classification") return compact({ kind: "classes", name, classes: classesOf(target), reading });
  if (target.kind === "category") {
    const message = `target ${name} is categorical (${target.levels.slice(0, 3).join(", ")}), and regression needs numbers`;
    throw new NablaError("data/not-numeric", message, "choose classification, or another target");
  }
  const log = targetScale === "log";
  const { data } = target.values;
  const logs = { ...target, values: ndarray(Float64Array.from(data, logScaled), target.values.shape) };
  const scale = finiteScale(log ? logs : target);
  const { center: least, spread } = scalings.minMax(data);
  return numberTarget(compact({ name, reading }), { scale, least, most: least + spread, on: targetScale });
}

/** All levels of a category, also those that no training row has; the distinct values of a number, ascending. */
function classesOf(target: Column): readonly string[] {
  const classes =
    target.kind === "category"
      ? target.levels
      : [...new Set(target.values.data)]
          .filter((value) => !Number.isNaN(value))
          .sort((a, b) => a - b)
          .map(String);
  if (classes.length > 1) return classes;
  const message = `target ${target.name} has one class (${classes.join("") || "none"}), and classification needs at least two`;
  throw new NablaError("data/one-class", message, "choose another target");
}

/**
 * Preprocessing as data: numbers are scaled, missing ones become the center and set an indicator, dates give the parts
 * of the calendar that vary too, categories become 0/1 features with a feature for levels not seen in training, texts become codes of their words and
 * pieces of words with weights, for an `embeddingBag` layer, columns
 * that do not vary give nothing.
 * `const preparation = prepare.fit(parts.train); applyPreparation(preparation, parts.dev)`.
 */
export const prepare = { fit } as const;
