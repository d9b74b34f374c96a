/** How the rows of an experiment are split: at random, or by the values of a column. */

import {
  type Column,
  columnOf,
  compact,
  count,
  type Fractions,
  identityCodes,
  NablaError,
  type RowParts,
  type SplitRows,
  splitRows,
} from "nabla";
import { likeRows } from "nabla/diagnose";
import type { ReadTable } from "nabla/tables";
import type { Experiment } from "./fields.ts";

/**
 * The columns that split rows, and those that are not inputs at all. The splitting column is no input unless requested:
 * groups of dev never occur in train, every time of dev lies beyond those of train, and new data comes from a source of
 * its own; the network would memorize all three instead of generalizing.
 */
export type Division = Pick<Experiment, "group" | "timeColumn" | "mixBy" | "repeated" | "feedSplitColumns" | "ignore">;

/** The names of the columns that divide rows. */
export function keysOf({ group, timeColumn, mixBy }: Division): readonly string[] {
  return [group, timeColumn, mixBy].filter((name) => name !== undefined);
}

/** What `divide` takes besides the table. */
export interface DivideOptions {
  readonly division: Division;
  readonly seed: number;
  readonly fractions: Partial<Fractions> | undefined;
}

/** The rows of each part, and of each row its group. */
export interface Divided {
  readonly parts: RowParts;
  /** The group of each row; absent where nothing groups rows. */
  readonly groups?: Int32Array;
}

/** A table that may come divided: the part of each row is 0 for train, 1 for dev and 2 for test. */
export type DividedTable = ReadTable & { readonly givenParts?: Uint8Array };

/**
 * Divides a table; one that comes in parts keeps them. Throws `data/not-numeric` and `data/missing` for times that are none, `data/many-sources`,
 * `data/split-both` for fractions other than those of the given parts, and what `splitRows` throws.
 */
export async function divide(table: DividedTable, { division, seed, fractions }: DivideOptions): Promise<Divided> {
  const { group, timeColumn, mixBy, repeated } = division;
  const keyed = (name: string): Column => columnOf({ rows: table.rows, columns: table.keys ?? [] }, name);
  const alone = keysOf(division).length === 0 && table.givenParts === undefined;
  const alike = alone && repeated === "together" ? likeRows(table) : undefined;
  const groups = group === undefined ? alike : identityCodes(keyed(group));
  const rows: SplitRows = compact({
    rows: table.rows,
    ...(table.target?.kind === "category" ? { classes: table.target.codes } : {}),
    groups,
    times: timeColumn === undefined ? undefined : await timesOf(table, keyed(timeColumn)),
    sources: mixBy === undefined ? undefined : sourcesOf(table, keyed(mixBy)),
    parts: table.givenParts,
  });
  if (table.givenParts === undefined) return compact({ parts: splitRows(rows, compact({ seed, fractions })), groups });
  const parts = splitRows(rows, { seed });
  if (fractions !== undefined) checkFractions(table, { asked: fractions, given: parts.policy.fractions });
  return compact({ parts, groups });
}

/** A run records the fractions that its parts have; any others contradict the data. */
function checkFractions(
  { profile }: ReadTable,
  { asked, given }: { readonly asked: Partial<Fractions>; readonly given: Fractions },
): void {
  const names = ["train", "dev", "test"] as const;
  if (names.every((name) => Math.abs((asked[name] ?? given[name]) - given[name]) < 1e-9)) return;
  const text = (fractions: Partial<Fractions>): string =>
    names.map((name) => Number((100 * (fractions[name] ?? 0)).toPrecision(4))).join("/");
  const message = `${profile.file} comes in parts of ${text(given)} percent, and the split ${text(asked)} asks for others`;
  throw new NablaError("data/split-both", message, "leave out --split, or name the folder of one part");
}

async function timesOf({ profile, fileRow }: ReadTable, column: Column): Promise<ArrayLike<number>> {
  const place = `${profile.file}, column ${column.name}`;
  if (column.kind === "category") {
    const message = `${place}: it holds names (${column.levels.slice(0, 3).join(", ")}), and times are numbers or dates`;
    throw new NablaError("data/not-numeric", message, "name a column of numbers or dates, such as 2024-05-31");
  }
  const { data } = column.values;
  const first = data.findIndex((time) => Number.isNaN(time));
  if (first < 0) return data;
  const missing = data.filter((time) => Number.isNaN(time)).length;
  const row = (await fileRow?.(first)) ?? first;
  const message = `${place}: the time is missing in ${count(missing, "row")}, row ${row} the first`;
  throw new NablaError("data/missing", message, "a row without a time has no place in their order: leave it out");
}

function sourcesOf({ profile, rows }: ReadTable, column: Column): Int32Array {
  const codes = identityCodes(column);
  const many = new Set(codes).size;
  if (2 * many <= rows) return codes;
  const message = `${profile.file}, column ${column.name}: it names ${count(many, "source")} in ${count(rows, "row")}, more than half of the rows`;
  throw new NablaError("data/many-sources", message, "mix by a column that says where rows come from");
}
