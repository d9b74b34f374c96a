/** Warnings about the values of columns: another unit in part of them, numbers that stand for none, columns that hardly vary. */
import {
  type Column,
  inOneUnit,
  listing,
  type Notice,
  numberColumn,
  type Table,
  targetsOf,
  type UnitRule,
  withTargets,
} from "nabla";
import { areRealLevels, codedMissing, copiedValues, farValues, mixedUnits, nearlyConstant } from "nabla/diagnose";
import type { DataWarning } from "./data-warning.ts";
import type { PartialExperiment } from "./fields.ts";
import { typedOptions } from "./option-words.ts";

/** What values of a table's columns seem to be at fault, and what the reader of its file has noticed of them already. */
export function valueChecks(table: Table, notices: readonly Notice[] = []): readonly DataWarning[] {
  const noticed = notices
    .filter(({ code, message }) => code !== "data/similar-levels" || !areRealLevels(table, columnIn(message) ?? ""))
    .flatMap((notice) => (notice.remedy === undefined ? [] : [promoted(notice)]));
  const known = new Set(notices.filter(({ code }) => code === "data/sentinel").map(({ message }) => columnIn(message)));
  const coded = codedMissing(table).filter(({ name }) => !known.has(name));
  const gaps = new Map<string, readonly number[]>();
  for (const { name, value } of coded) gaps.set(name, [...(gaps.get(name) ?? []), value]);
  for (const { message, remedy } of noticed) {
    const values = (remedy?.missing ?? []).map(Number).filter((value) => !Number.isNaN(value));
    const name = columnIn(message);
    if (name !== undefined) gaps.set(name, [...(gaps.get(name) ?? []), ...values]);
  }
  const plain = withoutValues(table, gaps);
  const units = mixedUnits(plain);
  const mixed = new Set(units.map(({ name }) => name));
  return [
    ...units.map(({ name, rule, summary }) => {
      const remedy = rule === undefined ? undefined : { units: { [name]: rule } };
      return warning("data/mixed-unit", summary, remedy, "convert them in the file, since no limit tells them apart");
    }),
    ...noticed.filter(({ code, message }) => code !== "data/outlier" || !mixed.has(columnIn(message) ?? "")),
    ...coded
      .filter(({ name }) => !mixed.has(name))
      .map(({ name, value, elsewhere, summary }) =>
        warning("data/coded-missing", summary, {
          missing: [elsewhere || value === 0 ? `${name}=${value}` : String(value)],
        }),
      ),
    ...copiedValues(plain)
      .filter(({ name }) => !mixed.has(name))
      .map(({ name, value, summary }) => warning("data/copied-value", summary, { missing: [`${name}=${value}`] })),
    ...farValues(plain)
      .filter(({ name }) => !mixed.has(name) && noticed.every(({ message }) => columnIn(message) !== name))
      .map(({ name, above, below, summary }) => {
        const bounds = [
          ...(above === undefined ? [] : [`above:${above}`]),
          ...(below === undefined ? [] : [`below:${below}`]),
        ];
        return warning("data/far-values", summary, { missing: bounds.map((bound) => `${name}=${bound}`) });
      }),
    ...constantWarning(table),
  ];
}

/** Columns that are named. */
const MOST_NAMED = 5;
/** Where more hardly vary, or the table has many, as of pixels and words, that belongs to it and is advice. */
const [FEW, MANY] = [2, 40];

function constantWarning(table: Table): readonly DataWarning[] {
  const found = nearlyConstant(table);
  if (found.length === 0) return [];
  const names = found.map(({ name }) => name);
  const more = found.length > MOST_NAMED ? [`${found.length - MOST_NAMED} more columns hardly vary`] : [];
  const shown = listing([...found.slice(0, MOST_NAMED).map(({ summary }) => summary), ...more]);
  const stated = warning(
    "data/nearly-constant",
    `${shown}, so that there is nothing to learn from ${names.length === 1 ? "it" : "them"}`,
    { ignore: names },
  );
  const few = names.length <= FEW && table.columns.length <= MANY;
  return [few ? stated : { ...stated, severity: "advice" }];
}

function warning(code: string, message: string, remedy: PartialExperiment | undefined, otherwise = ""): DataWarning {
  const severity = "warning";
  return remedy === undefined
    ? { code, message, severity, hint: otherwise }
    : { code, message, severity, hint: typedOptions(remedy), remedy };
}

/** A reader's notice that has a remedy: what follows the last semicolon says what to do. */
function promoted({ code, message, remedy }: Notice): DataWarning {
  const at = message.lastIndexOf("; ");
  const [said, hint] = at < 0 ? [message, ""] : [message.slice(0, at), message.slice(at + 2)];
  return { code, message: said, severity: "warning", hint, remedy: remedy as PartialExperiment };
}

/** The column that a message begins with: `column price: …`. */
export function columnIn(message: string): string | undefined {
  return /^column (.+?): /.exec(message)?.[1];
}

/** The table without some values of its columns of numbers. */
function withoutValues(table: Table, gaps: ReadonlyMap<string, readonly number[]>): Table {
  const cleaned = (column: Column): Column => {
    const values = gaps.get(column.name);
    if (values === undefined || column.kind !== "number") return column;
    const data = Float64Array.from(column.values.data, (value) => (values.includes(value) ? Number.NaN : value));
    const { reading } = column;
    return { ...numberColumn(column.name, data), ...(reading === undefined ? {} : { reading }) };
  };
  return withTargets({ ...table, columns: table.columns.map(cleaned) }, targetsOf(table).map(cleaned));
}

/** The table with its numbers in one unit for each column. */
export function inUnits(table: Table, rules: Readonly<Record<string, UnitRule>>): Table {
  const mended = (column: Column): Column => {
    const rule = rules[column.name];
    if (rule === undefined || column.kind !== "number") return column;
    const data = column.values.data.map((value) => inOneUnit(value, rule));
    const { reading } = column;
    return { ...numberColumn(column.name, data), ...(reading === undefined ? {} : { reading }) };
  };
  return withTargets({ ...table, columns: table.columns.map(mended) }, targetsOf(table).map(mended));
}
