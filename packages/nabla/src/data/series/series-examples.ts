/** Forecasts to learn from and to measure by: each step of a series, seen from several steps before it. */
import { ndarray } from "../../array/ndarray.ts";
import { known } from "../../base/error.ts";
import { fork, seedKey, uniform } from "../../base/random.ts";
import { type Column, categoryColumn, columnOf, numberColumn, type Table, takeTable } from "../table.ts";
import { type ForecastPoint, knownBefore, lastValues, referenceOf, seriesFeatures } from "./series-features.ts";
import { lastPosition, type SeriesPast, type SeriesRecipe, sequenceName } from "./series-recipe.ts";
import { pastNamed, type SeriesRows } from "./series-rows.ts";

/** A forecast for a row of a table. */
export interface SeriesExample extends ForecastPoint {
  /** The row that it is for, whose known columns are features. */
  readonly row: number;
}

/** Which examples are made of a series. */
export interface ExampleOptions {
  /** The rows to forecast. */
  readonly rows: ArrayLike<number>;
  /** No forecast is made before this position: that of the last row that was learned from; by default all of them. */
  readonly from?: number;
  /** The rows of the table are made into about so many forecasts; each into at least one, and at most one for each step ahead. */
  readonly most: number;
  readonly seed: number;
}

/**
 * Forecasts for rows: for each, of the steps ahead up to the horizon all, or as many as `most` allows, spread evenly. A
 * forecast whose reference lies before the series begins is left out.
 */
export function seriesExamples(
  recipe: SeriesRecipe,
  { series, positions, names }: SeriesRows,
  pasts: readonly SeriesPast[],
  { rows, from = Number.NEGATIVE_INFINITY, most, seed }: ExampleOptions,
): readonly SeriesExample[] {
  const { horizon, reference } = recipe;
  const each = Math.max(1, Math.min(horizon, Math.floor(most / Math.max(1, rows.length))));
  const shifts = uniform(fork(seedKey(seed), "steps ahead"), rows.length);
  const pastOf = names.map((name) => pastNamed(pasts, name));
  return Array.from(rows).flatMap((row, i) => {
    const past = known(pastOf[series[row] ?? 0], "a past");
    const position = positions[row] ?? 0;
    return Array.from({ length: each }, (_, j): SeriesExample => {
      const ahead = 1 + Math.min(horizon - 1, Math.floor(((j + (shifts[i] ?? 0)) / each) * horizon));
      return { row, past, origin: position - ahead, ahead };
    }).filter(({ origin }) => origin >= from && origin - reference >= past.first && position <= lastPosition(past));
  });
}

/** Which columns of a table of forecasts are as the rows have them. */
function knownColumns({ known: names }: SeriesRecipe, table: Table): readonly Column[] {
  return names.map((name) => columnOf(table, name));
}

/**
 * A table with a row for each forecast: its features as columns, and as the target by how much the value differs from
 * `recipe.reference`, NaN where it is not known. `targets` are the values by row.
 */
export function seriesTable(
  recipe: SeriesRecipe,
  examples: readonly SeriesExample[],
  {
    table,
    target,
  }: { readonly table: Table; readonly target: { readonly name: string; readonly values: ArrayLike<number> } },
): Table {
  const rows = Uint32Array.from(examples, ({ row }) => row);
  const taken = takeTable({ rows: table.rows, columns: knownColumns(recipe, table) }, rows);
  const features = seriesFeatures(target.name, recipe).map(({ name, of }) =>
    numberColumn(name, Float64Array.from(examples, of)),
  );
  const changes = taken.columns.flatMap((column) => {
    if (column.kind !== "number") return [];
    const { data } = column.values;
    const change = examples.map((asked, i) => (data[i] ?? Number.NaN) - knownBefore(column.name, recipe, asked));
    return [numberColumn(`${column.name} change`, Float64Array.from(change))];
  });
  const group =
    recipe.group === undefined
      ? []
      : [
          categoryColumn(
            recipe.group,
            examples.map(({ past }) => past.name),
          ),
        ];
  const values = recipe.sequence;
  const inOrder = values === undefined ? [] : [orderedColumn(recipe, values, { examples, target: target.name })];
  const differences = Float64Array.from(
    examples,
    (asked) => (target.values[asked.row] ?? Number.NaN) - referenceOf(recipe.reference, asked),
  );
  return {
    rows: examples.length,
    columns: [...group, ...taken.columns, ...changes, ...features, ...inOrder],
    target: numberColumn(target.name, differences),
  };
}

/** The last values before each forecast, in order, as one column of blocks. */
function orderedColumn(
  recipe: SeriesRecipe,
  values: number,
  { examples, target }: { readonly examples: readonly SeriesExample[]; readonly target: string },
): Column {
  const data = new Float64Array(examples.length * values);
  for (const [i, asked] of examples.entries()) data.set(lastValues(recipe, values, asked), i * values);
  return { kind: "number", name: sequenceName(target, values), values: ndarray(data, [examples.length, values]) };
}
