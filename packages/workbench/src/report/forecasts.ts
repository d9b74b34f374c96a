/** Forecasts of dev, inspected: what came beside what was expected, and errors by how far ahead they look. */
import {
  compact,
  known,
  lastPosition,
  pastsOf,
  type SeriesExample,
  type SeriesPast,
  seriesErrors,
  stepName,
  timeAt,
} from "nabla";
import { type Forecast, forecast } from "nabla/answers";
import { writtenValue } from "nabla/reading";
import type { SeriesParts } from "../experiment/series-parts.ts";
import { type ComparedForecasts, comparedForecasts } from "../runs/forecast-score.ts";
import type { ForecastScore } from "../store/forecast-record.ts";
import { forecastText, seasonName } from "../text/forecast.ts";
import { number } from "../text/format.ts";
import type { Hue } from "../text/palette.ts";
import type { Markup } from "./markup.ts";
import { figure, figures, paragraph, section, table } from "./pieces.ts";
import type { ReportedRun } from "./reported-run.ts";

/** Steps that a chart shows, and series that have one. */
const [MOST_STEPS, MOST_SERIES] = [400, 4];

/** The section of forecasts; nothing where rows are none. */
export async function forecastsOf({
  run,
  parts,
  trained,
  preparation,
  heldOut,
}: ReportedRun): Promise<Markup | undefined> {
  const { series } = parts;
  const score = run.outcome?.forecast;
  if (series === undefined || score === undefined || heldOut !== undefined) return undefined;
  const compared = await comparedForecasts(trained, { preparation, parts, series });
  const { steps, dates, horizon } = series.preparation.recipe;
  const written = (position: number): string => {
    const time = timeAt(position, steps);
    return dates ? String(writtenValue(time, DATE)) : number(time);
  };
  const names = [...new Set(compared.examples.map(({ past }) => past.name))];
  const shown = names.slice(0, MOST_SERIES);
  const rest = names.length > shown.length ? `; the first ${shown.length} of ${names.length} series are shown` : "";
  const ahead = nearest(compared.examples, horizon);
  const { name: step } = stepName(steps, { dates });
  const coming = await comingForecasts({ trained, preparation, series }, compared);
  const next =
    coming === undefined ? "" : `. What comes after the last row is forecast by the network that dev measured`;
  return section(
    "Forecasts",
    paragraph(`${forecastText(score, undefined).replace("\n", ": ")}. A step is a ${step}${rest}${next}.`),
    figures(
      byStepFigure(score),
      ...shown.map((name) => overTimeFigure(compared, { name, target: run.target, ahead, written })),
      ...shown.flatMap((name) => comingFigure(coming, { name, target: run.target, horizon, written })),
    ),
  );
}

/** Forecasts of all series after their last rows, with the end of what is known. */
interface Coming {
  readonly forecasts: readonly Forecast[];
  readonly pasts: readonly SeriesPast[];
  /** The share of values that lie within the intervals; absent where dev has too few forecasts for any. */
  readonly level?: number;
}

/** Levels of intervals, and how many forecasts of each step they need. */
const LEVELS = [
  { level: 0.9, rows: 9 },
  { level: 0.8, rows: 4 },
] as const;

/** What comes after the last rows; undefined where it depends on columns that are known in advance, whose values are not there. */
async function comingForecasts(
  { trained, preparation, series }: Pick<ReportedRun, "trained" | "preparation"> & { readonly series: SeriesParts },
  { examples, actual, predicted }: ComparedForecasts,
): Promise<Coming | undefined> {
  const { recipe, tails } = series.preparation;
  if (recipe.known.length > 0) return undefined;
  const misses = actual.map((value, i) => value - (predicted[i] ?? Number.NaN));
  const errors = seriesErrors(recipe, examples, misses);
  const least = Math.min(...errors.steps.map(({ rows }) => rows));
  const level = LEVELS.find(({ rows }) => least >= rows)?.level;
  const ready = { ...preparation, series: { ...series.preparation, errors } };
  const forecasts = await forecast({ trained, preparation: ready }, { interval: level });
  return compact({ forecasts, pasts: pastsOf(tails), level });
}

interface OfSeries extends Omit<OverTime, "ahead"> {
  readonly horizon: number;
}

/** Horizons of what is known that are drawn before the forecasts. */
const BEFORE = 4;

function comingFigure(coming: Coming | undefined, { name, target, horizon, written }: OfSeries): readonly Markup[] {
  const past = coming?.pasts.find((one) => one.name === name);
  if (coming === undefined || past === undefined) return [];
  const last = lastPosition(past);
  const own = coming.forecasts.filter(({ series }) => series === name);
  const known = Array.from(past.values, (value, i) => [past.first + i, value] as const).slice(-BEFORE * horizon);
  const end = known.slice(-1);
  const points = (of: (one: Forecast) => number) => [...end, ...own.map((one) => [last + one.ahead, of(one)] as const)];
  const percent = `${Math.round(100 * (coming.level ?? 0))}%`;
  const bounds = (["lower", "upper"] as const).map((side) => ({
    name: `${percent} interval, ${side}`,
    hue: "dev" as const,
    look: "dashed" as const,
    points: points(({ interval, prediction }) => interval?.[side] ?? prediction),
  }));
  const of = name === "" ? "" : ` of ${name}`;
  const between = coming.level === undefined ? [] : [`#Lower (${percent})`, `#Upper (${percent})`];
  const numbers = table(
    ["Time", "#Forecast", ...between],
    own.map(({ ahead, prediction, interval }) => [
      written(last + ahead),
      number(prediction),
      ...(interval === undefined ? [] : [number(interval.lower), number(interval.upper)]),
    ]),
  );
  return [
    figure(
      `Forecast of ${target}${of}, the next ${horizon === 1 ? "step" : `${horizon} steps`}`,
      {
        x: { name: "", text: (position) => written(Math.round(position)) },
        y: { name: target, text: number },
        series: [
          { name: "actual", hue: "muted", points: known },
          { name: "forecast", hue: "train", points: points(({ prediction }) => prediction) },
          ...(coming.level === undefined ? [] : bounds),
        ],
      },
      numbers,
    ),
  ];
}

/** The largest step ahead up to the horizon that was measured. */
function nearest(examples: readonly SeriesExample[], horizon: number): number {
  return examples.reduce((most, { ahead }) => (ahead <= horizon ? Math.max(most, ahead) : most), 1);
}

const DATE = { as: "date", order: "ymd", times: true } as const;
const HUES: readonly Hue[] = ["muted", "dev", "good", "ink"];

function byStepFigure({ steps, baselines }: ForecastScore): Markup {
  const numbers = table(
    ["#Steps ahead", "#Network", ...baselines.map(({ season }) => `#${capital(seasonName(season))}`)],
    steps.map(({ ahead, rmse, baselines: others }) => [ahead, number(rmse), ...others.map(number)]),
  );
  return figure(
    "Error by steps ahead",
    {
      x: { name: "steps ahead", text: number },
      y: { name: "RMSE", text: number, from: 0 },
      series: [
        { name: "network", hue: "train", points: steps.map(({ ahead, rmse }) => [ahead, rmse] as const) },
        ...baselines.map(({ season }, i) => ({
          name: seasonName(season),
          hue: known(HUES[i % HUES.length], "a hue"),
          look: "dashed" as const,
          points: steps.map((step) => [step.ahead, step.baselines[i] ?? Number.NaN] as const),
        })),
      ],
    },
    numbers,
  );
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

interface OverTime {
  readonly name: string;
  readonly target: string;
  readonly ahead: number;
  readonly written: (position: number) => string;
}

function overTimeFigure(
  { examples, actual, predicted }: ComparedForecasts,
  { name, target, ahead, written }: OverTime,
): Markup {
  const rows = examples
    .map((example, row) => ({ row, position: example.origin + example.ahead, example }))
    .filter(({ example }) => example.past.name === name && example.ahead === ahead)
    .sort((a, b) => a.position - b.position)
    .slice(-MOST_STEPS);
  const numbers = table(
    ["Time", "#Actual", "#Predicted"],
    rows.map(({ row, position }) => [written(position), number(actual[row] ?? 0), number(predicted[row] ?? 0)]),
  );
  const points = (values: Float64Array) => rows.map(({ row, position }) => [position, values[row] ?? 0] as const);
  const of = name === "" ? "" : ` of ${name}`;
  return figure(
    `Actual and predicted ${target}${of}, ${ahead === 1 ? "1 step" : `${ahead} steps`} ahead`,
    {
      x: { name: "", text: (position) => written(Math.round(position)) },
      y: { name: target, text: number },
      series: [
        { name: "actual", hue: "muted", points: points(actual) },
        { name: "predicted", hue: "train", points: points(predicted) },
      ],
    },
    numbers,
  );
}
