/** Forecasts of dev, inspected: what came beside what was expected, and errors by how far ahead they look. */
import { known, type SeriesExample, stepName, timeAt } from "nabla";
import { writtenValue } from "nabla/reading";
import { type ComparedForecasts, comparedForecasts } from "../runs/forecast-score.ts";
import type { ForecastScore } from "../store/run.ts";
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
  const { steps, dates } = series.preparation.recipe;
  const written = (position: number): string => {
    const time = timeAt(position, steps);
    return dates ? String(writtenValue(time, DATE)) : number(time);
  };
  const names = [...new Set(compared.examples.map(({ past }) => past.name))];
  const shown = names.slice(0, MOST_SERIES);
  const rest = names.length > shown.length ? `; the first ${shown.length} of ${names.length} series are shown` : "";
  const ahead = nearest(compared.examples, series.preparation.recipe.horizon);
  const { name: step } = stepName(steps, { dates });
  return section(
    "Forecasts",
    paragraph(`${forecastText(score, undefined).replace("\n", ": ")}. A step is a ${step}${rest}.`),
    figures(
      byStepFigure(score),
      ...shown.map((name) => overTimeFigure(compared, { name, target: run.target, ahead, written })),
    ),
  );
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
