import { NablaError } from "../base/error.ts";
import { count, grouped } from "../base/text.ts";
import type { TaskChoice } from "./profile.ts";

/** Up to this many distinct whole numbers, each often repeated, are the names of classes. */
const MOST_CLASSES = 20;
const ROWS_A_CLASS = 5;
/** What classification needs, and with fewer rows than two of each no share of distinct names tells anything. */
const FEWEST_CLASSES = 2;

/** What is known of a target over the rows that have one. */
export interface TargetFacts {
  readonly file: string;
  readonly name: string;
  readonly cells: "number" | "date" | "text";
  /** No fractions. */
  readonly whole: boolean;
  /** Exact. */
  readonly distinct: number;
  readonly rows: number;
}

/**
 * Classification or regression, with the reason. Throws `data/not-numeric` when regression is requested for a target of
 * names, `data/few-rows`, `data/one-class`, `data/one-value` or `data/many-classes` when the target cannot be learned so.
 */
export function decideTask(facts: TargetFacts, asked?: "classification" | "regression"): TaskChoice {
  checkRows(facts);
  const choice = asked === undefined ? decided(facts) : { task: asked, reason: `${asked}, as asked` };
  if (choice.task === "regression") checkNumbers(facts);
  else checkClasses(facts);
  return choice;
}

function decided({ cells, distinct, rows, whole }: TargetFacts): TaskChoice {
  const among = `in ${count(rows, "row")}`;
  if (cells === "date") return { task: "regression", reason: "dates, as days since 1970: regression" };
  if (cells === "text")
    return { task: "classification", reason: `${count(distinct, "name")} ${among}: classification` };
  const many = grouped(distinct);
  if (!whole) return { task: "regression", reason: `${many} distinct numbers with fractions ${among}: regression` };
  const task =
    distinct <= 2 || (distinct <= MOST_CLASSES && rows >= ROWS_A_CLASS * distinct) ? "classification" : "regression";
  return { task, reason: `${many} distinct whole ${distinct === 1 ? "number" : "numbers"} ${among}: ${task}` };
}

/** One row has one value, whatever its column holds. */
function checkRows({ file, name, rows }: TargetFacts): void {
  if (rows > 1) return;
  const message = `${file}, column ${name}: ${count(rows, "row")} with a target, too few to learn from`;
  throw new NablaError(
    "data/few-rows",
    message,
    "give more rows: some are learned from, others measure what was learned",
  );
}

function checkNumbers({ file, name, cells, distinct }: TargetFacts): void {
  const place = `${file}, column ${name}`;
  if (cells === "text") {
    const message = `${place}: regression needs numbers, and this column holds ${count(distinct, "name")}`;
    throw new NablaError("data/not-numeric", message, "choose classification, or another target");
  }
  if (distinct > 1) return;
  throw new NablaError(
    "data/one-value",
    `${place}: every row has the same value, so there is nothing to learn`,
    "choose another target",
  );
}

function checkClasses({ file, name, cells, distinct, rows }: TargetFacts): void {
  const place = `${file}, column ${name}`;
  if (distinct < 2) {
    const message = `${place}: the target has one class in ${count(rows, "row")}, and classification needs at least two`;
    throw new NablaError("data/one-class", message, "choose another target");
  }
  if (distinct <= rows / 2) return;
  if (rows < 2 * FEWEST_CLASSES) {
    const few = `${place}: ${count(rows, "row")} with a target, too few to learn ${distinct} classes from`;
    throw new NablaError("data/few-rows", few, "give at least two rows of each class");
  }
  const message = `${place}: the target has ${grouped(distinct)} classes in ${count(rows, "row")}, more than half the rows`;
  const other =
    cells === "text"
      ? "choose another target; this one names rows rather than kinds"
      : "choose regression, or another target";
  throw new NablaError("data/many-classes", message, other);
}
