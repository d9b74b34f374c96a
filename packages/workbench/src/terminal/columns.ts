/** One line a column: what it is read as, its range, examples, and how much is missing. */

import { count, grouped } from "nabla";
import type { ColumnProfile, Profile } from "nabla/tables";
import { clip, clipMiddle, GAP, type GridColumn, grid, WIDTH, widthOf } from "../text/layout.ts";
import { type ColumnRun, columnRuns } from "./column-runs.ts";
import { columnValues } from "./column-values.ts";

/** Options of `columnLines`. */
export interface ColumnLinesOptions {
  /** Lines at most; columns that are alike share one. */
  readonly most: number;
}

const [NAME, READ, VALUES]: readonly [GridColumn, GridColumn, GridColumn] = [
  { title: "Column" },
  { title: "Read as" },
  { title: "Values" },
];
const MISSING: GridColumn = { title: "Missing", align: "right" };

/** What each column gets at least where it needs as much. */
const LEAST = { name: 16, read: 27, values: 24 };

/** The columns of a file as a table of at most 80 characters a line; without the last one where nothing is missing. */
export function columnLines({ columns }: Profile, { most }: ColumnLinesOptions): string {
  const runs = columnRuns(columns);
  const shown = runs.slice(0, runs.length > most ? most - 1 : most);
  const lines = shown.map((run) => ({ run, name: nameOf(run), read: readAs(run[0]), missing: missingIn(run) }));
  const gaps = lines.some(({ missing }) => missing !== "");
  const fixed = gaps
    ? GAP +
      widest(
        lines.map(({ missing }) => missing),
        MISSING,
      )
    : 0;
  const widths = shareOut(WIDTH - 2 * GAP - fixed, {
    read: widest(
      lines.map(({ read }) => read),
      READ,
    ),
    name: widest(
      lines.map(({ name }) => name),
      NAME,
    ),
    values: widest(
      lines.map(({ run }) => columnValues(run, WIDTH)),
      VALUES,
    ),
  });
  const rows = lines.map(({ run, name, read, missing }) => [
    clipMiddle(name, widths.name),
    clip(read, widths.read),
    columnValues(run, widths.values),
    ...(gaps ? [missing] : []),
  ]);
  const left = runs.slice(shown.length).reduce((sum, run) => sum + run.length, 0);
  const rest = left === 0 ? "" : `\n… and ${count(left, "more column")}; nabla profile shows all`;
  return `${grid([NAME, READ, VALUES, ...(gaps ? [MISSING] : [])], rows)}${rest}`;
}

function widest(texts: readonly string[], { title }: GridColumn): number {
  return texts.reduce((most, text) => Math.max(most, widthOf(text)), title.length);
}

type Widths = Readonly<Record<keyof typeof LEAST, number>>;

/** Divides a width: first what each must have, then what is left, to what is read as, the names and the values. */
function shareOut(width: number, needs: Widths): Widths {
  const [read, name, values] = [
    Math.min(needs.read, LEAST.read),
    Math.min(needs.name, LEAST.name),
    Math.min(needs.values, LEAST.values),
  ];
  const left = width - read - name - values;
  // large counts of missing values leave less than that
  if (left < 0) return { read, name, values: values + left };
  const moreRead = Math.min(left, needs.read - read);
  const moreName = Math.min(left - moreRead, needs.name - name);
  return { read: read + moreRead, name: name + moreName, values: values + left - moreRead - moreName };
}

function nameOf(run: ColumnRun): string {
  const [first] = run;
  return run.length === 1 ? first.name : `${first.name} … ${run.at(-1)?.name}`;
}

/** What a column is for, unless it is an input, and how it is read, without what the values beside it show. */
function readAs({ use, how, reason, unit }: ColumnProfile): string {
  if (use === "dropped") return `left out: ${reason ?? how}`;
  const shown = [`, in ${unit}`, " such as k and M", ", 0 and 1 only", ", kept as text"];
  const read = shown.reduce((text, phrase) => text.replace(phrase, ""), how);
  return use === "input" ? read : `${use}: ${read}`;
}

function missingIn(run: ColumnRun): string {
  const missing = run.reduce((sum, column) => sum + column.missing, 0);
  return missing === 0 ? "" : grouped(missing);
}
