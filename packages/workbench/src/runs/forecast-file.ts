/** Forecasts that go on from the end of the rows that a model knows, or from those of a file. */
import {
  known,
  NablaError,
  pastsOf,
  seriesExamples,
  seriesPasts,
  seriesTable,
  stepsOf,
  type Table,
  targetNumbers,
  wantedTargets,
} from "nabla";
import { type Forecast, forecast } from "nabla/answers";
import type { FileOptions } from "../sources/profile.ts";
import { columnNames, scan } from "../sources/scan.ts";
import type { TrainedModel } from "../store/trained-model.ts";

/** Where forecasts go on from, and how far. */
export interface ForecastFileOptions extends FileOptions {
  /** How many steps; default up to the last row without a target, else as many as the model looks ahead. */
  readonly steps?: number | undefined;
  /** A file with rows that go on: those with a target are new history, those without are to be forecast. Default: none, and what follows training is forecast. */
  readonly from?: string | undefined;
  /** The probability with which values lie between columns `lower` and `upper`, such as 0.9. Default: no such columns. */
  readonly interval?: number | undefined;
  /** What becomes of a cell that is not what its column holds; default an error that names it. */
  readonly badCells?: "error" | "missing";
}

/** Forecasts as rows of a table. */
export interface ForecastRows {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly forecasts: readonly Forecast[];
}

/** Forecasts with the names of their columns. Throws `series/none`, `series/known`, and what reading the file throws. */
export async function forecastFile(
  model: TrainedModel,
  { steps, from, interval, ...form }: ForecastFileOptions = {},
): Promise<ForecastRows> {
  const rows = from === undefined ? undefined : await seriesTableOf(model, from, form);
  const forecasts = await forecast({ ...model, rows }, { steps, interval });
  const { time = "time", group } = model.preparation.series?.recipe ?? {};
  return {
    forecasts,
    header: [
      time,
      ...(group === undefined ? [] : [group]),
      "prediction",
      ...(interval === undefined ? [] : ["lower", "upper"]),
    ],
    rows: forecasts.map(({ written, series, prediction, interval: range }) => [
      written,
      ...(group === undefined ? [] : [series]),
      prediction,
      ...(range === undefined ? [] : [range.lower, range.upper]),
    ]),
  };
}

/** The rows of a file with the columns that a model of series has; the target, and columns of the past, where it holds them. */
async function seriesTableOf(
  { preparation }: Pick<TrainedModel, "preparation">,
  path: string,
  { badCells, ...form }: FileOptions & { readonly badCells?: "error" | "missing" } = {},
): Promise<Table> {
  const { series } = preparation;
  if (series === undefined)
    throw new NablaError("series/none", "the model was not trained to forecast series", "nabla predict model file");
  const targets = wantedTargets(preparation);
  const has = new Set(await columnNames(path, form));
  const columns = series.columns.filter(({ name }) => has.has(name) || !series.recipe.past.includes(name));
  const wanted = targets.every(({ name }) => has.has(name)) ? { columns, targets } : { columns };
  const source = await scan(path, {
    ...form,
    ...(badCells === undefined ? {} : { badCells }),
    ...wanted,
    chunkRows: Number.MAX_SAFE_INTEGER,
  });
  for await (const table of source) return table;
  throw new NablaError("data/no-rows", `${path} has no rows`, "check how it was exported");
}

/** More forecasts of a file are not measured. */
const MOST_MEASURED = 20_000;

/**
 * The forecasts of the rows of a file, each from the steps before it, which are those of the file or the last of training. Throws
 * `series/short` where no row has a past.
 */
export async function forecastsIn(
  model: Pick<TrainedModel, "preparation">,
  path: string,
  form: FileOptions & { readonly badCells?: "error" | "missing" },
): Promise<{ readonly table: Table; readonly rows: readonly number[] }> {
  const found = await seriesTableOf(model, path, form);
  const { recipe, tails } = known(model.preparation.series, "a series");
  const rows = stepsOf(found, recipe);
  const { table } = rows;
  const targets = targetNumbers(table.target);
  const asked = Array.from(rows.positions.keys()).filter((row) => !Number.isNaN(targets[row] ?? Number.NaN));
  const pasts = seriesPasts(rows, recipe, pastsOf(tails));
  const examples = seriesExamples(recipe, rows, pasts, { rows: asked, most: MOST_MEASURED, seed: 1 });
  if (examples.length === 0)
    throw new NablaError(
      "series/short",
      `no row of ${path} has a past to be forecast from`,
      "give the rows before them",
    );
  const target = { name: table.target?.name ?? "", values: targets };
  return { table: seriesTable(recipe, examples, { table, target }), rows: examples.map(({ row }) => row) };
}
