import { known, NablaError } from "nabla";
import { daysSql, numberSql, textSql } from "./cells.ts";
import { cellsOf } from "./column-kind.ts";
import type { Database } from "./database.ts";
import type { Measure } from "./measure.ts";
import type { TaskChoice } from "./profile.ts";
import type { Relation, StoredColumn } from "./relation.ts";
import { decideTask } from "./task.ts";

/** How the target is read. */
export interface TargetPlan {
  readonly column: StoredColumn;
  readonly choice: TaskChoice;
  /** Rows that have a target. */
  readonly rows: number;
  readonly distinct: number;
  /** SQL of the value: a number, a day or a text; NULL where missing. */
  readonly sql: string;
  readonly cells: "number" | "date" | "text";
  /** The classes: numbers in numeric order, names in alphabetical order. */
  readonly levels?: readonly string[];
}

/** Decides the task and finds the classes. Throws what `decideTask` throws, `data/missing` when no row has a target. */
export async function planTarget(
  db: Database,
  relation: Relation,
  {
    column,
    measure,
    asked,
  }: { column: StoredColumn; measure: Measure; asked: "classification" | "regression" | undefined },
): Promise<TargetPlan> {
  const found = cellsOf(column, measure);
  const place = `${relation.file.name}, column ${column.name}`;
  if (found === "nested") {
    throw new NablaError(
      "data/nested",
      `${place}: the target holds lists or structures`,
      "choose a target of numbers or names",
    );
  }
  if (found === "none")
    throw new NablaError("data/missing", `${place}: the target is missing in every row`, "choose another target");
  const sql = { number: numberSql(column, relation), date: daysSql(column), text: textSql(column) }[found];
  const [counts = []] = await db.rows(
    `SELECT count(v), count(DISTINCT v) FROM (SELECT ${sql} AS v FROM ${relation.sql})`,
  );
  const [rows, distinct] = counts.map(Number);
  const facts = {
    file: relation.file.name,
    name: column.name,
    cells: found,
    whole: measure.whole,
    distinct: known(distinct, "a count"),
    rows: known(rows, "a count"),
  };
  const choice = decideTask(facts, asked);
  const plan = { column, choice, rows: facts.rows, distinct: facts.distinct, sql, cells: found };
  if (choice.task === "regression") return plan;
  const values = await db.rows(`SELECT DISTINCT v FROM (SELECT ${sql} AS v FROM ${relation.sql}) WHERE v IS NOT NULL`);
  return { ...plan, levels: sortLevels(values.map(([value]) => String(value))) };
}

/** Levels in order: by value where all are numbers, by character otherwise. */
export function sortLevels(levels: readonly string[]): readonly string[] {
  const numeric = levels.every((level) => Number.isFinite(Number(level)));
  return levels.toSorted(numeric ? (a, b) => Number(a) - Number(b) : undefined);
}
