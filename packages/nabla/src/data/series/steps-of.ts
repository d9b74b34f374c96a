/** Rows that a model of series is given, as it had those of training. */
import { columnOf, type Table } from "../table.ts";
import { resampled } from "./resample.ts";
import type { SeriesRecipe } from "./series-recipe.ts";
import { type SeriesRows, seriesRows } from "./series-rows.ts";

/** The places of rows, which become one a step first where those of training did. Throws what `seriesRows` throws. */
export function stepsOf(table: Table, { time, group, steps, resampling }: SeriesRecipe): SeriesRows {
  const of = (rows: Table) => ({
    time: columnOf(rows, time),
    group: group === undefined ? undefined : columnOf(rows, group),
    steps,
  });
  const given = of(table);
  const made =
    resampling === undefined || given.time.kind !== "number"
      ? table
      : resampled(table, { ...given, time: given.time }, resampling).table;
  return seriesRows(made, of(made));
}
