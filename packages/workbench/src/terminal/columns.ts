/** One line a column: what it is read as, its range, examples, and how much is missing. */
import { count } from "nabla";
import type { ColumnProfile, Profile } from "../sources/profile.ts";
import { grouped, number } from "../text/format.ts";
import { clip, type GridColumn, grid, WIDTH } from "../text/layout.ts";

const titles: readonly GridColumn[] = [
  { title: "Column" },
  { title: "Read as" },
  { title: "Values" },
  { title: "Missing", align: "right" },
];

export interface ColumnLinesOptions {
  /** Lines at most; columns of a kind that follow each other share one. */
  readonly most: number;
}

const [LONGEST_NAME, LONGEST_HOW] = [22, 27];
// the gaps of the grid, and the column of what is missing
const REST = 6 + 7;

/** The columns of a file as a table of at most 80 characters a line. */
export function columnLines({ columns }: Profile, { most }: ColumnLinesOptions): string {
  const runs = runsOf(columns);
  const shown = runs.slice(0, runs.length > most ? most - 1 : most);
  const named = shown.map((run) => clip(nameOf(run), LONGEST_NAME));
  const read = shown.map(([first]) => clip(first === undefined ? "" : useOf(first), LONGEST_HOW));
  const widest = (texts: readonly string[], title: string): number =>
    Math.max(title.length, ...texts.map((text) => text.length));
  const room = WIDTH - REST - widest(named, "Column") - widest(read, "Read as");
  const rows = shown.map((run, i) => [
    named[i] ?? "",
    read[i] ?? "",
    clip(valuesOf(run), room),
    run.every(({ missing }) => missing === 0) ? "" : grouped(run.reduce((sum, { missing }) => sum + missing, 0)),
  ]);
  const left = runs.slice(shown.length).reduce((sum, run) => sum + run.length, 0);
  return `${grid(titles, rows)}${left === 0 ? "" : `\n… and ${count(left, "more column")}; nabla profile shows all`}`;
}

/** Columns that follow each other and are alike: pixels, measurements. */
function runsOf(columns: readonly ColumnProfile[]): readonly (readonly ColumnProfile[])[] {
  const runs: ColumnProfile[][] = [];
  for (const column of columns) {
    const last = runs.at(-1);
    const [before] = last ?? [];
    if (last !== undefined && before !== undefined && alike(before, column)) last.push(column);
    else runs.push([column]);
  }
  // two are better seen than summed up
  return runs.flatMap((run) => (run.length < MOST_APART ? run.map((column) => [column]) : [run]));
}

const MOST_APART = 4;

function alike(a: ColumnProfile, b: ColumnProfile): boolean {
  const stem = (name: string): string => name.replace(/[\d.]+/g, "#");
  return a.as === "number" && b.as === "number" && a.use === b.use && a.how === b.how && stem(a.name) === stem(b.name);
}

function nameOf(run: readonly ColumnProfile[]): string {
  const [first] = run;
  return run.length === 1 ? (first?.name ?? "") : `${first?.name} … ${run.at(-1)?.name}`;
}

function useOf({ use, how, reason }: ColumnProfile): string {
  if (use === "dropped") return `left out: ${reason ?? how}`;
  return use === "input" ? how : `${how} (${use})`;
}

function valuesOf(run: readonly ColumnProfile[]): string {
  const [first] = run;
  if (first === undefined) return "";
  if (run.length > 1) {
    const extremes = run.flatMap(({ minimum, maximum }) => [minimum ?? Number.NaN, maximum ?? Number.NaN]);
    const known = extremes.filter((value) => !Number.isNaN(value));
    return `${count(run.length, "column")}, ${number(Math.min(...known))} to ${number(Math.max(...known))}`;
  }
  const { levels, range, examples } = first;
  if (levels !== undefined && first.as === "category")
    return `${count(levels.count, "level")}: ${levels.first.join(", ")}`;
  return range === undefined ? examples.join(", ") : `${range}: ${examples.join(", ")}`;
}
