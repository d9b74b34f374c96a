import { known, NablaError } from "../base/error.ts";
import { count } from "../base/text.ts";
import type { ColumnPreparation, Preparation, TargetPreparation, Task } from "./preparation.ts";
import { type Scale, type Scaling, scalings } from "./scaling.ts";
import { blockOf, type CategoryColumn, type Column, type NumberColumn, type Table, widthOf } from "./table.ts";

export interface PrepareOptions {
  /** Default: classification for a category target, regression for a number. */
  readonly task?: Task;
  /** The most levels of one category that get a feature of their own, the most frequent ones; default 256. */
  readonly levels?: number;
  /** How input numbers are scaled; default standardize. A number to predict is always standardized. */
  readonly scaling?: Scaling;
}

/** Levels of one category that get a feature of their own, by default. */
export const MOST_LEVELS = 256;

/** Learns from the training set how tables with these columns become numbers. */
function fit(train: Table, { task, levels = MOST_LEVELS, scaling = "standardize" }: PrepareOptions = {}): Preparation {
  if (train.target === undefined) throw new NablaError("data/no-target", "the training part has no target column");
  const target = targetOf(train.target, task ?? (train.target.kind === "category" ? "classification" : "regression"));
  const columns = train.columns.map((column) =>
    column.kind === "number" ? numberFrom(column, scaling) : categoryFrom(column, levels),
  );
  if (columns.every((column) => column.kind === "constant")) {
    const message = `no input column varies in the ${count(train.rows, "training row")}, so there is nothing to predict ${train.target.name} from`;
    throw new NablaError("data/no-inputs", message, "check which columns were read");
  }
  return { kind: "preparation", task: target.kind === "classes" ? "classification" : "regression", columns, target };
}

function numberFrom(column: NumberColumn, scaling: Scaling): ColumnPreparation {
  const { name } = column;
  const scale = finiteScale(column, scaling);
  const shape = blockOf(column);
  const indicator = shape.length === 0 && column.values.data.some((value) => Number.isNaN(value));
  const present = indicator && column.values.data.some((value) => !Number.isNaN(value));
  if (scale.spread === 0 && !present) return { kind: "constant", name };
  if (shape.length > 0) return { kind: "block", name, shape, ...scale };
  return { kind: "number", name, ...scale, indicator };
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
  if (seen.length === 0 || (seen.length === 1 && missing === 0)) return { kind: "constant", name: column.name };
  const frequent = seen.toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b).slice(0, most);
  const levels = frequent.sort((a, b) => a - b).map((code) => known(column.levels[code], "a level"));
  return { kind: "category", name: column.name, levels };
}

function targetOf(target: Column, task: Task): TargetPreparation {
  const { name } = target;
  if (task === "classification") return { kind: "classes", name, classes: classesOf(target) };
  if (target.kind === "category") {
    const message = `target ${name} is categorical (${target.levels.slice(0, 3).join(", ")}), and regression needs numbers`;
    throw new NablaError("data/not-numeric", message, "choose classification, or another target");
  }
  const { center, spread } = finiteScale(target);
  if (spread === 0) {
    const message = `target ${name} is ${center} in every training row, so there is nothing to predict`;
    throw new NablaError("data/one-value", message, "choose another target");
  }
  return { kind: "number", name, mean: center, deviation: spread };
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
 * Preprocessing as data: numbers are scaled, missing ones become the center and set an indicator, categories become
 * 0/1 features with a feature for levels not seen in training, columns that do not vary give nothing.
 * `const preparation = prepare.fit(parts.train); applyPreparation(preparation, parts.dev)`.
 */
export const prepare = { fit } as const;
