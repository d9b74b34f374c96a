import { elementsOf } from "../array/shape.ts";
import { compact } from "../base/compact.ts";
import { known } from "../base/error.ts";
import { MONTHS, WEEKDAYS } from "./calendar.ts";
import type { ClassThreshold } from "./class-threshold.ts";
import type { ColumnReading, DateReading, TimeReading, WantedColumn } from "./column-reading.ts";
import { blockNames } from "./examples.ts";
import type { Scale } from "./scaling.ts";
import { type SeriesPreparation, sequenceName } from "./series/series-recipe.ts";
import type { TextPreparation } from "./text-preparation.ts";

/** What a network predicts: one of several classes, a number, or several targets at once. */
export type Task = (typeof TASKS)[number];

/** Every task. */
export const TASKS = ["classification", "regression", "multitask"] as const;

/** How the cells of a column are read. */
interface WithReading {
  /** As training read them, where the rows came from a file: later rows are read alike. */
  readonly reading?: ColumnReading;
}

/**
 * A scaled number; with `indicator`, a missing value becomes the center and a second feature is 1; with `zero`, a last
 * feature is 1 where the value is 0.
 */
export interface NumberPreparation extends WithReading, Scale {
  readonly kind: "number";
  readonly name: string;
  readonly indicator: boolean;
  /** 0 was a case of its own in training, as `zeroIsApart` says. */
  readonly zero?: true;
  /** float32 loses what tells its values apart, so that programs elsewhere must give float64. */
  readonly wide?: true;
}

/** Numbers of one shape a row, such as an image, scaled by one center and spread for all, and never clipped. */
export interface BlockPreparation extends WithReading {
  readonly kind: "block";
  readonly name: string;
  readonly shape: readonly number[];
  readonly center: number;
  readonly spread: number;
  /** As of numbers. */
  readonly wide?: true;
}

/**
 * Days since 1970, scaled as a number is, and the parts of the calendar that varied in training, each unknown (0) for a
 * missing date. In trials on made-up series an input a month and weekday did better than their sine and cosine wherever
 * effects were those of a month (13 % of the variance left instead of 22), and as well where they were smooth.
 */
export interface DatePreparation extends Scale {
  readonly kind: "date";
  readonly name: string;
  readonly indicator: boolean;
  /** Those with a 0/1 feature, 0 for Monday. */
  readonly weekdays: readonly number[];
  /** Those with a 0/1 feature, 1 for January. */
  readonly months: readonly number[];
  /** The place in the month is a feature: -1 on its first day, 1 on its last. */
  readonly monthDays: boolean;
  /** The time of day is two features: its sine and cosine. */
  readonly times: boolean;
  /** How cells are read as dates; absent where they come as numbers. */
  readonly reading?: DateReading;
}

/** A fraction of the day, scaled as a number is, and its sine and cosine, since midnight is near to midnight. */
export interface TimePreparation extends Scale {
  readonly kind: "time";
  readonly name: string;
  readonly indicator: boolean;
  /** How cells are read as times of the day; absent where they come as numbers. */
  readonly reading?: TimeReading;
}

/** A 0/1 feature for each level seen in training, and a last one, `unknown`, for everything else and for missing values. */
export interface CategoryPreparation extends WithReading {
  readonly kind: "category";
  readonly name: string;
  readonly levels: readonly string[];
  /** The number of each level's feature where there are more levels than features, so that some share one. */
  readonly slots?: readonly number[];
}

/** A column that did not vary in training; it gives no feature and may be absent later. */
export interface ConstantPreparation extends WithReading {
  readonly kind: "constant";
  readonly name: string;
}

/** How one column, or a block of columns of one kind, becomes features; learned from the training set. Plain data. */
export type ColumnPreparation =
  | NumberPreparation
  | DatePreparation
  | TimePreparation
  | BlockPreparation
  | CategoryPreparation
  | TextPreparation
  | ConstantPreparation;

/** Class codes for names. */
export interface ClassTarget extends WithReading {
  readonly kind: "classes";
  readonly name: string;
  readonly classes: readonly string[];
  /** From which probability the positive one of two classes is the answer; absent where the likeliest is. */
  readonly threshold?: ClassThreshold;
}

/** Where predictions of a number lie, both ends included, in its own unit. */
export interface TargetBounds {
  readonly from: number;
  readonly to: number;
}

/** Standardized numbers: of the value, or on a log scale of log(1 + value). */
export interface NumberTarget extends WithReading {
  readonly kind: "number";
  readonly name: string;
  readonly mean: number;
  readonly deviation: number;
  /** The logarithm is learned; absent where the number itself is. */
  readonly scale?: "log";
  /** Predictions beyond these end there; models of earlier versions have none. */
  readonly bounds?: TargetBounds;
  /** The largest value of training, by which models of earlier versions bound predictions on a log scale. */
  readonly most?: number;
}

/** Labels of which a row has any number, each with a 0 or 1. */
export interface LabelTarget extends WithReading {
  readonly kind: "labels";
  readonly name: string;
  readonly labels: readonly string[];
}

/** One target of a network. */
export type SoleTarget = ClassTarget | NumberTarget | LabelTarget;

/** Several targets at once, or labels: what each is, in the order of the network's outputs. */
export interface JointTarget extends WithReading {
  readonly kind: "several";
  /** The names of all. */
  readonly name: string;
  readonly targets: readonly SoleTarget[];
}

/** How the targets become class numbers or scaled numbers; learned from the training set. Plain data. */
export type TargetPreparation = ClassTarget | NumberTarget | JointTarget;

/** The names of several targets as one. */
export function jointName(targets: readonly { readonly name: string }[]): string {
  return targets.map(({ name }) => name).join(", ");
}

/** Each target of a preparation on its own. */
export function soleTargets({ target }: Pick<Preparation, "target">): readonly SoleTarget[] {
  return target.kind === "several" ? target.targets : [target];
}

/** The threshold that decides between two classes; undefined where the likeliest class is the answer, and for other targets. */
export function thresholdOf(preparation: Pick<Preparation, "target"> | undefined): ClassThreshold | undefined {
  return preparation?.target.kind === "classes" ? preparation.target.threshold : undefined;
}

/** How many outputs a network has for a target. */
export function outputsFor(target: SoleTarget): number {
  if (target.kind === "number") return 1;
  return target.kind === "classes" ? target.classes.length : target.labels.length;
}

/** The task that a target makes. */
export function taskOf(target: TargetPreparation | LabelTarget): Task {
  if (target.kind === "classes") return "classification";
  return target.kind === "number" ? "regression" : "multitask";
}

/** How a table becomes numbers, learned from the training set alone: plain data that a model carries. */
export interface Preparation {
  readonly kind: "preparation";
  readonly task: Task;
  readonly columns: readonly ColumnPreparation[];
  readonly target: TargetPreparation;
  /** How rows are forecasts of series, where they are: the columns above are then features of the past. */
  readonly series?: SeriesPreparation;
}

/** The names of the features that one column gives, in their order. */
function featuresOf(column: ColumnPreparation): readonly string[] {
  const { kind, name } = column;
  if (kind === "block") return blockNames(name, column.shape);
  if (kind === "category") return levelNames(column);
  if (kind === "text") return textNames(column);
  if (kind === "constant") return [];
  const missing = column.indicator ? [`${name} is missing`] : [];
  const clock = [`${name} time of day (sine)`, `${name} time of day (cosine)`];
  if (kind === "number") return [name, ...missing, ...(column.zero ? [`${name} is 0`] : [])];
  if (kind === "time") return [name, ...missing, ...clock];
  return [
    name,
    ...missing,
    ...column.weekdays.map((day) => `${name} weekday=${known(WEEKDAYS[day], "a weekday")}`),
    ...column.months.map((month) => `${name} month=${known(MONTHS[month - 1], "a month")}`),
    ...(column.monthDays ? [`${name} day of month`] : []),
    ...(column.times ? clock : []),
  ];
}

function levelNames({ name, levels, slots }: CategoryPreparation): readonly string[] {
  if (slots === undefined) return [...levels, "unknown"].map((level) => `${name}=${level}`);
  const sharing = Array.from({ length: slotCount({ levels, slots }) }, (): string[] => []);
  for (const [i, level] of levels.entries()) sharing[slots[i] ?? 0]?.push(level);
  const names = sharing.map(([first, ...others], slot) =>
    first !== undefined && others.length === 0 ? `${name}=${first}` : `${name} shared ${slot + 1}`,
  );
  return [...names, `${name}=unknown`];
}

function textNames({ name, length, ordered }: TextPreparation): readonly string[] {
  if (ordered) return Array.from({ length }, (_, i) => `${name} word ${i + 1}`);
  return ["piece", "weight"].flatMap((what) => Array.from({ length }, (_, i) => `${name} ${what} ${i + 1}`));
}

/** How many features the levels of a category light, without that for unknown ones. */
export function slotCount({ levels, slots }: Pick<CategoryPreparation, "levels" | "slots">): number {
  return slots === undefined ? levels.length : slots.reduce((most, slot) => Math.max(most, slot), -1) + 1;
}

/** How many features one column gives; counted without their names, since every row that is answered asks. */
export function featureCount(column: ColumnPreparation): number {
  const { kind } = column;
  if (kind === "constant") return 0;
  if (kind === "category") return slotCount(column) + 1;
  if (kind === "text") return column.ordered ? column.length : 2 * column.length;
  if (kind === "block") return elementsOf(column.shape);
  if (kind === "number") return 1 + Number(column.indicator) + Number(column.zero ?? false);
  return featuresOf(column).length;
}

/** The features that are scaled numbers, dates or times, by their places among the inputs: no indicators, levels or blocks. */
export function numberFeatures(preparation: Preparation): readonly number[] {
  const places: number[] = [];
  let at = 0;
  for (const column of preparation.columns) {
    if (column.kind === "number" || column.kind === "date" || column.kind === "time") places.push(at);
    at += featureCount(column);
  }
  return places;
}

/** Where the codes of a column of texts are among the inputs; as many weights follow them. */
export interface TextFeatures {
  readonly name: string;
  /** The first code. */
  readonly from: number;
  readonly length: number;
  /** The different codes, from 1; 0 is none. */
  readonly count: number;
  /** Whether the codes are words in order, without weights. */
  readonly ordered: boolean;
}

/** The columns of texts, by their places among the inputs. */
export function textFeatures(preparation: Preparation): readonly TextFeatures[] {
  const found: TextFeatures[] = [];
  let from = 0;
  for (const column of preparation.columns) {
    if (column.kind === "text") found.push(textFeaturesOf(column, from));
    from += featureCount(column);
  }
  return found;
}

/** Where the last values of a series are among the inputs, in order; undefined where a forecast sees none in order. */
export function orderedFeatures(preparation: Preparation): Pick<TextFeatures, "from" | "length"> | undefined {
  const { columns, series, target } = preparation;
  const values = series?.recipe.sequence;
  const at = values === undefined ? -1 : columns.findIndex(({ name }) => name === sequenceName(target.name, values));
  const column = columns[at];
  if (column === undefined) return undefined;
  const from = columns.slice(0, at).reduce((sum, one) => sum + featureCount(one), 0);
  return { from, length: featureCount(column) };
}

function textFeaturesOf({ name, length, pieces, ordered }: TextPreparation, from: number): TextFeatures {
  return { name, from, length, count: pieces.length + (ordered ? 1 : 0), ordered: ordered ?? false };
}

/** The names of all features, in the order of the inputs. */
export function featureNames(preparation: Preparation): readonly string[] {
  return preparation.columns.flatMap(featuresOf);
}

/** What a number to predict is measured in: the unit of its column, days for dates; undefined where none is known. */
export function targetUnit({
  target: { reading },
}: {
  readonly target: Pick<SoleTarget, "reading">;
}): string | undefined {
  if (reading?.as === "number") return reading.unit;
  return reading?.as === "date" ? "days" : undefined;
}

/** The targets as columns that a table with answers has; `levels` are the classes. */
export function wantedTargets(preparation: Pick<Preparation, "target">): readonly WantedColumn[] {
  return soleTargets(preparation).map((target): WantedColumn => {
    const { name, reading } = target;
    if (target.kind === "classes") return compact({ name, kind: "category", reading, levels: target.classes });
    return compact({ name, kind: target.kind === "labels" ? "category" : "number", reading });
  });
}

/** The columns that a table must have (constant ones may be absent). */
export function wantedColumns(preparation: Preparation): readonly WantedColumn[] {
  return preparation.columns
    .filter((column) => column.kind !== "constant")
    .map((column): WantedColumn => {
      const { name, reading } = column;
      if (column.kind === "text") return compact({ name, kind: "category", reading });
      if (column.kind !== "category") return compact({ name, kind: "number", reading });
      return compact({ name, kind: "category", reading, levels: column.levels });
    });
}
