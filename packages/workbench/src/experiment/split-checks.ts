/** What the data say about how rows should be split: groups that stand in several parts, and times that rows follow. */

import { type Column, listing, type NumberColumn, type Table, withTargets } from "nabla";
import { rowGroups, targetParts, timeSigns } from "nabla/diagnose";
import type { ColumnProfile } from "nabla/tables";
import type { DataCheckOptions, DataWarning } from "./data-warning.ts";
import { keysOf } from "./division.ts";
import { typedOptions } from "./option-words.ts";
import { columnIn } from "./value-checks.ts";

/** Columns that are no inputs are read once more for this, unless the table is larger. */
const MOST_CELLS = 50_000_000;
/** Columns that are read once more. */
const MOST_COLUMNS = 20;

/**
 * The column whose groups are torn, with `--group`, and the one whose order the split should follow, with `--time-column`.
 * Neither where rows are divided by a column already, since a split follows one alone. Always the classes that dev lacks.
 */
export async function splitChecks(inspection: DataCheckOptions): Promise<readonly DataWarning[]> {
  const { table, parts, division, seed, readColumns } = inspection;
  const absent = absentClasses(table, parts);
  if (division.group !== undefined || division.timeColumn !== undefined) return absent;
  const { profile } = table;
  const unread = profile.columns.filter(
    (column) => column.use === "dropped" && !keysOf(division).includes(column.name) && mayGroup(column, table.rows),
  );
  const dates = profile.columns.filter((column) => isDate(column) && column.use !== "target").map(({ name }) => name);
  const wanted = [
    ...unread.map(({ name }) => name),
    ...dates.filter((name) => table.columns.every((column) => column.name !== name || !isPlain(column))),
  ].slice(0, MOST_COLUMNS);
  const small = table.rows * profile.columns.length <= MOST_CELLS;
  const others = wanted.length === 0 || !small ? [] : ((await readColumns?.([...new Set(wanted)])) ?? []);
  // seconds since 1970 are times too
  const moments = new Set(
    profile.notices.filter(({ code }) => code === "data/epoch").map(({ message }) => columnIn(message)),
  );
  const isTime = ({ name }: Column): boolean => dates.includes(name);
  const all = [...table.columns, ...others.filter(({ name }) => table.columns.every((one) => one.name !== name))];
  const grouped = {
    part: partOfEach(table.rows, parts),
    learned: parts.train,
    candidates: all.filter((column) => !isTime(column)),
    seed,
  };
  const group = firstOf(targetParts(table), (target) => rowGroups(withTargets(table, [target]), grouped)[0]);
  const [time] = timeSigns(table, {
    times: [...others, ...table.columns].filter(
      (column): column is NumberColumn => (isTime(column) || moments.has(column.name)) && isPlain(column),
    ),
    learned: parts.train,
  });
  // what is followed through time, as the sales of stores, is mostly known when more of it is predicted
  const known = group !== undefined && time !== undefined && group.alike < 0.5;
  const grouping = group === undefined ? undefined : { group: group.name };
  const timing = time === undefined ? undefined : { timeColumn: time.name };
  const warnings: readonly (DataWarning | undefined)[] = [
    group &&
      grouping && {
        code: "data/groups",
        message: group.summary,
        hint: `${known ? "if new ones are to be predicted, " : ""}${group.try}: ${typedOptions(grouping)}`,
        remedy: grouping,
        severity: known ? "advice" : "warning",
      },
    time &&
      timing && {
        code: "data/time",
        message: time.summary,
        hint: `${time.try}: ${typedOptions(timing)}`,
        remedy: timing,
        severity: time.moves ? "warning" : "advice",
      },
  ];
  return [...warnings.filter((warning) => warning !== undefined), ...absent];
}

/** Whether a column holds dates, whatever becomes of them as inputs. */
function isDate({ as }: ColumnProfile): boolean {
  return as === "date";
}

/** Whether a column left out of the inputs has values that repeat, but more than a category has. */
function mayGroup({ as, reason, distinct }: ColumnProfile, rows: number): boolean {
  return as !== undefined && as !== "date" && reason !== "constant" && distinct >= 5 && distinct < 0.8 * rows;
}

function isPlain(column: Column): column is NumberColumn {
  return column.kind === "number" && column.values.shape.length === 1;
}

function partOfEach(rows: number, { train, dev, test }: DataCheckOptions["parts"]): Uint8Array {
  const part = new Uint8Array(rows);
  for (const [number, of] of [train, dev, test].entries()) for (const row of of) part[row] = number;
  return part;
}

function firstOf<T, U>(list: readonly T[], find: (one: T) => U | undefined): U | undefined {
  for (const one of list) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Classes without a row in dev, whose errors nobody measures. */
function absentClasses(table: Table, { train, dev }: DataCheckOptions["parts"]): readonly DataWarning[] {
  return dev.length === 0 ? [] : targetParts(table).flatMap((target) => absentOf(target, { train, dev }));
}

function absentOf(
  target: Column,
  { train, dev }: Pick<DataCheckOptions["parts"], "train" | "dev">,
): readonly DataWarning[] {
  if (target.kind !== "category") return [];
  const measured = new Set(Array.from(dev, (row) => target.codes[row]));
  const learned = new Set(Array.from(train, (row) => target.codes[row]));
  const absent = target.levels.filter((_, code) => learned.has(code) && !measured.has(code));
  if (absent.length === 0) return [];
  const shown = [...absent.slice(0, 3), ...(absent.length > 3 ? [`${absent.length - 3} more`] : [])];
  const them = absent.length === 1 ? "it" : "them";
  return [
    {
      code: "data/absent-class",
      message: `dev has no row of ${absent.length === 1 ? "class" : "classes"} ${listing(shown)}: no error on ${them} is measured`,
      hint: `give more rows of ${them}, or a larger share to dev with --split`,
      severity: "advice",
    },
  ];
}
