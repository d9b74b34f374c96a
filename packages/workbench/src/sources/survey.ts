import { listing, NablaError, nearest } from "nabla";
import { cellFault } from "./cell-faults.ts";
import { daysSql, numberSql, textSql } from "./cells.ts";
import { cellsOf, isBoolean, kindOf } from "./column-kind.ts";
import type { Database } from "./database.ts";
import { type Measure, measure } from "./measure.ts";
import { noticesOf } from "./notices.ts";
import type { ColumnKind, ColumnProfile, Profile, ReadOptions } from "./profile.ts";
import type { Relation, StoredColumn } from "./relation.ts";
import { planTarget, sortLevels, type TargetPlan } from "./target.ts";

/** An input column and how it is read. */
export interface ColumnPlan {
  readonly column: StoredColumn;
  readonly measure: Measure;
  readonly kind: ColumnKind;
  /** Of categories and booleans, in order; empty for others. */
  readonly levels: readonly string[];
}

/** What scanning the whole file found, and the plan for reading it. */
export interface Survey {
  readonly profile: Profile;
  readonly inputs: readonly ColumnPlan[];
  /** Columns that group rows, in the requested order. */
  readonly keys: readonly ColumnPlan[];
  readonly target?: TargetPlan;
  /** Rows that will be read: those that have a target. */
  readonly rows: number;
}

/** Scans a whole file: kinds, levels, task, notices. Throws for everything that prevents reading it. */
export async function survey(db: Database, relation: Relation, options: ReadOptions): Promise<Survey> {
  const { file, columns } = relation;
  const targetColumn = options.target === undefined ? undefined : columnNamed(relation, options.target, "target");
  const keyColumns = (options.keys ?? []).map((name) => columnNamed(relation, name));
  const ignored = (options.ignore ?? []).map((name) => columnNamed(relation, name));
  const wanted = (options.columns?.map((name) => columnNamed(relation, name)) ?? columns).filter(
    (column) =>
      column !== targetColumn &&
      !ignored.includes(column) &&
      (options.keysAsInputs === true || !keyColumns.includes(column)),
  );
  const found = await measure(db, relation);
  if (found.rows === 0) {
    const message = file.format === "csv" ? "has a header and no rows" : "has no rows";
    throw new NablaError("data/no-rows", `${file.name} ${message}`, "check how it was exported");
  }
  const kinds = columns.map((column, i): ColumnPlan => {
    const counts = found.columns[i] ?? nothing;
    return { column, measure: counts, kind: kindOf(column, counts, found.rows), levels: [] };
  });
  const planOf = (column: StoredColumn): ColumnPlan =>
    kinds[columns.indexOf(column)] ?? { column, measure: nothing, kind: "constant", levels: [] };
  const used = wanted
    .map(planOf)
    .filter(({ kind }) => kind !== "constant" && kind !== "text-identifier" && kind !== "nested");
  for (const plan of used) await checkCells(db, relation, plan);
  const target = targetColumn && (await targetOf(db, relation, planOf(targetColumn), options));
  const inputs = await withLevels(db, relation, used);
  const keyPlans = keyColumns.map((column) => keyPlan(relation, planOf(column)));
  for (const plan of keyPlans) await checkCells(db, relation, plan);
  const keys = await withLevels(db, relation, keyPlans);
  const rows = target?.rows ?? found.rows;
  const profiles = profilesOf({ plans: kinds, inputs, target, rows: found.rows }, await examplesOf(db, relation));
  const about = profiles.filter(
    (_, i) => columns[i] === targetColumn || wanted.some((column) => column === columns[i]),
  );
  const profile = {
    file: file.name,
    rows: found.rows,
    columns: profiles,
    notices: noticesOf(about, found, found.rows - rows),
  };
  if (target === undefined) return { profile, inputs, keys, rows };
  return { profile: { ...profile, target: target.column.name, task: target.choice }, inputs, keys, target, rows };
}

const nothing: Measure = {
  ...{ present: 0, numbers: 0, nans: 0, infinities: 0, dates: 0, distinct: 0, single: false, whole: false },
  ...{ minimum: Number.NaN, maximum: Number.NaN, mean: Number.NaN },
};

/** A key is numbers, dates or names, however many. Throws `data/nested`, or `data/missing` for an empty column. */
function keyPlan({ file }: Relation, plan: ColumnPlan): ColumnPlan {
  const cells = cellsOf(plan.column, plan.measure);
  if (cells === "number" || cells === "date") return { ...plan, kind: cells };
  if (cells === "text") return { ...plan, kind: "category" };
  const place = `${file.name}, column ${plan.column.name}`;
  if (cells === "nested") throw new NablaError("data/nested", `${place}: it holds lists or structures, and no values`);
  throw new NablaError("data/missing", `${place}: it is missing in every row, and cannot divide them`);
}

/** The column with a name. Throws `data/missing-column` with the nearest names. */
export function columnNamed({ columns, file }: Relation, name: string, role = "column"): StoredColumn {
  const found = columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    columns.map((column) => column.name),
  );
  const message = `${file.name}: there is no ${role === "target" ? "column" : role} "${name}"${role === "target" ? " to be the target" : ""}`;
  throw new NablaError("data/missing-column", message, `the nearest names are ${listing(near)}`);
}

async function targetOf(db: Database, relation: Relation, plan: ColumnPlan, options: ReadOptions): Promise<TargetPlan> {
  await checkCells(db, relation, plan);
  return planTarget(db, relation, { column: plan.column, measure: plan.measure, asked: options.task });
}

/** Throws for the first cell that is not what the rest of its column is. */
async function checkCells(db: Database, relation: Relation, { column, measure: found }: ColumnPlan): Promise<void> {
  const cells = cellsOf(column, found);
  if (cells !== "number" && cells !== "date") return;
  const good = cells === "number" ? found.numbers - found.infinities : found.dates;
  if (column.stored === "date" || good === found.present) return;
  const sql = cells === "number" ? numberSql(column, relation) : daysSql(column);
  throw await cellFault(db, relation, { column, expected: cells, sql, wrong: found.present - good });
}

/** Finds the levels of all categories in one pass. */
async function withLevels(
  db: Database,
  relation: Relation,
  plans: readonly ColumnPlan[],
): Promise<readonly ColumnPlan[]> {
  const categories = plans.filter(({ kind }) => kind === "category");
  if (categories.length === 0) return plans;
  const lists = categories.map(({ column }) => `list(DISTINCT ${textSql(column)})`);
  const [row = []] = await db.rows(`SELECT ${lists.join(", ")} FROM ${relation.sql}`);
  return plans.map((plan) => {
    const found = row[categories.indexOf(plan)];
    if (plan.kind !== "category" || !Array.isArray(found)) return plan;
    const levels = sortLevels(found.filter((level) => level !== null).map(String));
    return { ...plan, levels, kind: isBoolean(levels) ? "boolean" : "category" };
  });
}

const EXAMPLES = 3;
const LOOKED_AT = 100;

async function examplesOf(db: Database, { columns, sql }: Relation): Promise<readonly (readonly string[])[]> {
  const cells = columns.map(({ alias }) => `CAST(${alias} AS VARCHAR)`).join(", ");
  const rows = await db.rows(`SELECT ${cells} FROM ${sql} LIMIT ${LOOKED_AT}`);
  return columns.map((_, i) => {
    const values = rows.map((row) => row[i]).filter((value) => typeof value === "string");
    return [...new Set(values)].slice(0, EXAMPLES);
  });
}

function profilesOf(
  {
    plans,
    inputs,
    target,
    rows,
  }: { plans: readonly ColumnPlan[]; inputs: readonly ColumnPlan[]; target: TargetPlan | undefined; rows: number },
  examples: readonly (readonly string[])[],
): readonly ColumnProfile[] {
  return plans.map((plan, i): ColumnProfile => {
    const input = inputs.find(({ column }) => column === plan.column);
    const isTarget = target?.column === plan.column;
    const { present, nans, distinct, minimum, maximum, mean } = plan.measure;
    const kind = isTarget
      ? ({ number: "number", date: "date", text: "category" } as const)[target.cells]
      : (input?.kind ?? plan.kind);
    const numeric = Number.isFinite(minimum) && (kind === "number" || kind === "date");
    return {
      name: plan.column.name,
      kind,
      use: isTarget ? "target" : input === undefined ? "dropped" : "input",
      missing: rows - present + (kind === "category" ? nans : 0),
      distinct: isTarget
        ? target.distinct
        : input !== undefined && input.levels.length > 0
          ? input.levels.length
          : distinct,
      ...(numeric ? { minimum, maximum, mean } : {}),
      examples: examples[i] ?? [],
    };
  });
}
