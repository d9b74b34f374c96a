/** Rows of a table as steps of series, and the past that they make. */
import { known, NablaError } from "../../base/error.ts";
import { count } from "../../base/text.ts";
import { type Column, columnOf, type Table } from "../table.ts";
import type { SeriesPast, SeriesRecipe } from "./series-recipe.ts";
import { lastPosition } from "./series-recipe.ts";
import { positionOf, type TimeSteps } from "./time-steps.ts";

/** Where the rows of a table stand: in which series, and at which step. */
export interface SeriesRows {
  readonly table: Table;
  /** The series of each row, by its place in `names`. */
  readonly series: Int32Array;
  readonly positions: Int32Array;
  /** The value of the group column for each series; one "" without groups. */
  readonly names: readonly string[];
}

/** What places rows. */
export interface PlacedBy {
  readonly time: Column;
  /** The series of each row; absent where there is one. */
  readonly group?: Column | undefined;
  readonly steps: TimeSteps;
}

/** Places rows by their times and groups. Throws `series/time` for a row without a time, `series/group` without a group. */
export function seriesRows(table: Table, { time, group, steps }: PlacedBy): SeriesRows {
  const times = time.kind === "number" ? time.values.data : [];
  const positions = Int32Array.from({ length: table.rows }, (_, row) => {
    const at = times[row] ?? Number.NaN;
    if (Number.isFinite(at)) return positionOf(at, steps);
    throw new NablaError("series/time", `row ${row}: there is no time in column ${time.name}`, "leave such rows out");
  });
  if (group === undefined) return { table, series: new Int32Array(table.rows), positions, names: [""] };
  const written = groupNames(group);
  const names: string[] = [];
  const placeOf = new Map<string, number>();
  const series = Int32Array.from({ length: table.rows }, (_, row) => {
    const name = written(row);
    if (name === undefined)
      throw new NablaError("series/group", `row ${row}: column ${group.name} is empty`, "leave such rows out");
    const place = placeOf.get(name) ?? names.push(name) - 1;
    placeOf.set(name, place);
    return place;
  });
  return { table, series, positions, names };
}

function groupNames(group: Column): (row: number) => string | undefined {
  if (group.kind === "category") return (row) => group.levels[group.codes[row] ?? -1];
  return (row) => (Number.isNaN(group.values.data[row]) ? undefined : String(group.values.data[row]));
}

/** The row of each series and step that comes after another one of the same step; the last of them counts. */
export function repeatedSteps({ series, positions }: SeriesRows): readonly number[] {
  const seen = new Map<number, Set<number>>();
  const repeated: number[] = [];
  for (const [row, position] of positions.entries()) {
    const steps = seen.get(series[row] ?? 0) ?? new Set();
    seen.set(series[row] ?? 0, steps);
    if (steps.has(position)) repeated.push(row);
    steps.add(position);
  }
  return repeated;
}

/** The columns whose past is looked at: those of numbers. */
function pastColumns(recipe: Pick<SeriesRecipe, "known" | "past">, { columns }: Table): readonly string[] {
  const numbers = new Set(columns.filter((column) => column.kind === "number").map(({ name }) => name));
  return [...recipe.past, ...recipe.known].filter((name) => numbers.has(name));
}

/**
 * The pasts of series, in the order of their names: those of `before` that rows go on from, then new ones. A step without a row
 * has the values of the step before. Rows without a target add nothing.
 */
export function seriesPasts(
  rows: SeriesRows,
  recipe: Pick<SeriesRecipe, "known" | "past">,
  before: readonly SeriesPast[] = [],
): readonly SeriesPast[] {
  const { table, series, positions, names } = rows;
  const targets = targetNumbers(table.target);
  const columns = new Map(pastColumns(recipe, table).map((name) => [name, targetNumbers(columnOf(table, name))]));
  const order = Uint32Array.from(positions.keys())
    .filter((row) => !Number.isNaN(targets[row] ?? Number.NaN))
    .sort((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0) || a - b);
  const rowsOf = names.map((): number[] => []);
  for (const row of order) rowsOf[series[row] ?? 0]?.push(row);
  const placeOf = new Map(names.map((name, place) => [name, place]));
  const earlier = new Map(before.map((past) => [past.name, past]));
  return [...new Set([...earlier.keys(), ...names])]
    .map((name): SeriesPast => {
      const own = rowsOf[placeOf.get(name) ?? -1] ?? [];
      return pastOf(name, { own, positions, targets, columns, before: earlier.get(name) });
    })
    .filter(({ values }) => values.length > 0);
}

interface OwnRows {
  readonly own: readonly number[];
  readonly positions: Int32Array;
  readonly targets: ArrayLike<number>;
  readonly columns: ReadonlyMap<string, ArrayLike<number>>;
  readonly before: SeriesPast | undefined;
}

function pastOf(name: string, { own, positions, targets, columns, before }: OwnRows): SeriesPast {
  const [firstRow, lastRow] = [own[0], own.at(-1)];
  if (firstRow === undefined || lastRow === undefined)
    return before ?? { name, first: 0, values: new Float64Array(0), others: {} };
  const from = positions[firstRow] ?? 0;
  const first = before === undefined ? from : Math.min(before.first, from);
  const last = Math.max(positions[lastRow] ?? 0, before === undefined ? from : lastPosition(before));
  const filled = (values: ArrayLike<number>, old: Float64Array | undefined): Float64Array => {
    const all = new Float64Array(last - first + 1).fill(Number.NaN);
    if (old !== undefined && before !== undefined) all.set(old, before.first - first);
    for (const row of own) all[(positions[row] ?? 0) - first] = values[row] ?? Number.NaN;
    for (let i = 1; i < all.length; i++) if (Number.isNaN(all[i])) all[i] = all[i - 1] ?? Number.NaN;
    return all;
  };
  // of a column that later rows lack the last known value stays
  const all = new Set([...Object.keys(before?.others ?? {}), ...columns.keys()]);
  const others = [...all].map((column) => [column, filled(columns.get(column) ?? [], before?.others[column])] as const);
  return { name, first, values: filled(targets, before?.values), others: Object.fromEntries(others) };
}

/** The values of a column of numbers. */
export function targetNumbers(column: Column | undefined): ArrayLike<number> {
  if (column === undefined) return [];
  if (column.kind === "number") return column.values.data;
  throw new NablaError(
    "series/target",
    `column ${column.name} holds names (${column.levels.slice(0, 3).join(", ")}), and a forecast is of numbers`,
    `it was a series of ${count(column.codes.length, "row")}; --horizon 0 divides rows by time and forecasts nothing`,
  );
}

/** The past of a series by its place. */
export function pastNamed(pasts: readonly SeriesPast[], name: string): SeriesPast {
  return known(
    pasts.find((past) => past.name === name),
    `the past of ${name}`,
  );
}
