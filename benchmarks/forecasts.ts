/**
 * Forecasts of the default network beside the last value and the last season, on the test part of series:
 * `node --conditions=nabla-source benchmarks/forecasts.ts <vega-datasets/data> [options as JSON] [name …]`. Defaults are
 * chosen by the series of "choosing", and the others tell. With FORECASTS_DUMP, a folder, features of train and test are
 * written there for peers. With FORECASTS_INTERVALS it prints instead how many values of test lie in their intervals.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { forecast } from "../packages/nabla/src/answers/index.ts";
import {
  applyPreparation,
  drain,
  forecastReach,
  fork,
  normal,
  type Preparation,
  predict,
  referenceOf,
  restoreTargets,
  type SeriesExample,
  type SeriesPast,
  seedKey,
  type Trained,
  tailsOf,
} from "../packages/nabla/src/index.ts";
import type { Experiment } from "../packages/workbench/src/experiment/fields.ts";
import type { SeriesParts } from "../packages/workbench/src/experiment/series-parts.ts";
import { trainFile } from "../packages/workbench/src/runs/train-file.ts";
import { openStore } from "../packages/workbench/src/store/open.ts";
import { loadTrained } from "../packages/workbench/src/store/trained-model.ts";

interface Series {
  readonly name: string;
  readonly use: "choosing" | "telling";
  readonly file: string | (() => string);
  readonly options: Partial<Experiment> & Pick<Experiment, "target" | "timeColumn">;
}

const [data = "", asked = "{}", ...names] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "nabla-forecasts-"));

const day = (i: number): string => new Date(Date.UTC(2021, 0, 4 + i)).toISOString().slice(0, 10);
const hour = (i: number): string => new Date(Date.UTC(2023, 0, 2) + i * 3_600_000).toISOString().slice(0, 16);
const noiseOf = (name: string, many: number): Float64Array => normal(fork(seedKey(17), name), many);

/** Daily sales of stores: a trend, a week, a year, and promotions. */
function retail(): string {
  const [days, stores] = [1000, 4];
  const noise = noiseOf("retail", days * stores * 2);
  const rows = Array.from({ length: days * stores }, (_, row) => {
    const [i, store] = [Math.floor(row / stores), row % stores];
    const promoted = Number((noise[2 * row + 1] ?? 0) > 1.1);
    const week = [0, 2, 4, 6, 15, 30, 22][i % 7] ?? 0;
    const level = (store + 1) * 40 + 0.03 * i + 12 * Math.sin((2 * Math.PI * i) / 365.25);
    return [day(i), `s${store}`, promoted, level + week + 25 * promoted + 4 * (noise[2 * row] ?? 0)];
  });
  return ["date,store,promotion,sales", ...rows.map((row) => row.join())].join("\n");
}

/** Energy by the hour: a day, weekends, and a temperature that is not known in advance. */
function energy(): string {
  const hours = 24 * 150;
  const noise = noiseOf("energy", hours * 2);
  let weather = 0;
  const rows = Array.from({ length: hours }, (_, i) => {
    weather = 0.98 * weather + 0.5 * (noise[2 * i] ?? 0);
    const temperature = 10 + 6 * Math.sin((2 * Math.PI * ((i % 24) - 9)) / 24) + weather;
    const weekend = Math.floor(i / 24) % 7 > 4 ? -80 : 0;
    const load = 500 + 150 * Math.sin((2 * Math.PI * ((i % 24) - 8)) / 24) + weekend + 8 * temperature;
    return [hour(i), temperature, load + 10 * (noise[2 * i + 1] ?? 0)];
  });
  return ["time,temperature,load", ...rows.map((row) => row.join())].join("\n");
}

function walk(): string {
  let value = 100;
  const rows = Array.from(noiseOf("walk", 800), (step, i) => {
    value += step;
    return [day(i), value].join();
  });
  return ["date,price", ...rows].join("\n");
}

/** Monthly counts of unemployed by industry, which come as JSON. */
function unemployed(): string {
  const rows: readonly { readonly date: string; readonly series: string; readonly count: number }[] = JSON.parse(
    readFileSync(join(data, "unemployment-across-industries.json"), "utf8"),
  );
  return ["date,industry,count", ...rows.map((row) => [row.date.slice(0, 10), row.series, row.count].join())].join(
    "\n",
  );
}

const all: readonly Series[] = [
  {
    name: "retail (generated, 4 stores, days)",
    use: "choosing",
    file: retail,
    options: { target: "sales", timeColumn: "date", group: "store", known: ["promotion"] },
  },
  {
    name: "energy (generated, hours)",
    use: "choosing",
    file: energy,
    options: { target: "load", timeColumn: "time" },
  },
  {
    name: "CO2 at Mauna Loa (months)",
    use: "choosing",
    file: "co2-concentration.csv",
    options: { target: "CO2", timeColumn: "Date", ignore: ["adjusted CO2"] },
  },
  {
    name: "temperature in Seattle (days)",
    use: "choosing",
    file: "seattle-weather.csv",
    options: { target: "temp_max", timeColumn: "date" },
  },
  {
    name: "random walk (generated, days)",
    use: "telling",
    file: walk,
    options: { target: "price", timeColumn: "date" },
  },
  {
    name: "unemployed in the US (14 industries, months)",
    use: "telling",
    file: unemployed,
    options: { target: "count", timeColumn: "date", group: "industry" },
  },
  {
    name: "employed in the US (months)",
    use: "telling",
    file: "us-employment.csv",
    options: {
      target: "leisure_and_hospitality",
      timeColumn: "month",
      ignore: ["nonfarm_change"],
    },
  },
  {
    name: "S&P 500 (working days)",
    use: "telling",
    file: "sp500-2000.csv",
    options: { target: "close", timeColumn: "date", ignore: ["open", "high", "low", "adjclose", "volume"] },
  },
  {
    name: "stocks (5 companies, months)",
    use: "telling",
    file: "stocks.csv",
    options: { target: "price", timeColumn: "date", group: "symbol" },
  },
  {
    name: "temperature in Seattle (normals by the hour)",
    use: "telling",
    file: "seattle-weather-hourly-normals.csv",
    options: { target: "temperature", timeColumn: "date" },
  },
];

interface Model {
  readonly trained: Trained;
  readonly preparation: Preparation;
}

type TestTable = Parameters<typeof applyPreparation>[1];

const root = (squares: readonly number[]): number =>
  Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / squares.length);

/** Root mean squared errors of the test part, as it was divided: of the network, and of what needs none. */
async function testErrors({ trained, preparation }: Model, parts: SeriesParts, table: TestTable) {
  const { answers } = await predict(trained, applyPreparation(preparation, table).inputs);
  const differences = restoreTargets(preparation, answers).data;
  const { reference, seasons } = parts.preparation.recipe;
  const error = (of: (example: SeriesExample, i: number) => number): number =>
    root(parts.test.map((example, i) => ((parts.targets[example.row] ?? 0) - of(example, i)) ** 2));
  return {
    network: error((example, i) => referenceOf(reference, example) + (differences[i] ?? 0)),
    last: error((example) => referenceOf(0, example)),
    season: Math.min(...seasons.map((season) => error((example) => referenceOf(season, example)))),
  };
}

/** Cuts a past after a position. */
const until = ({ name, first, values, others }: SeriesPast, end: number): SeriesPast => ({
  name,
  first,
  values: values.slice(0, end - first + 1),
  others: Object.fromEntries(Object.entries(others).map(([column, own]) => [column, own.slice(0, end - first + 1)])),
});

const LEVELS = [0.8, 0.9, 0.95] as const;

/**
 * The share of test values that lie in the intervals of forecasts within the horizon, of each level, and of the steps from there
 * on up to three horizons; "–" where dev is too short for a level.
 */
async function coverage({ trained, preparation }: Model, parts: SeriesParts, table: TestTable): Promise<string[]> {
  const { series } = preparation;
  if (series === undefined) throw new Error("the model is of no series");
  const { recipe, errors } = series;
  const { answers } = await predict(trained, applyPreparation(preparation, table).inputs);
  const differences = restoreTargets(preparation, answers).data;
  const fewest = Math.min(...(errors?.steps ?? []).map(({ rows }) => rows));
  const isMeasured = (level: number): boolean => fewest >= Math.ceil(level / (1 - level) - 1e-9);
  const within = LEVELS.map((level) => {
    if (!isMeasured(level)) return Number.NaN;
    const held = parts.test.map((example, i): number => {
      const { past, origin, ahead, row } = example;
      const reach = forecastReach(errors, { past: until(past, origin), level }, recipe)(ahead);
      const predicted = referenceOf(recipe.reference, example) + (differences[i] ?? 0);
      return Number(Math.abs((parts.targets[row] ?? 0) - predicted) <= reach);
    });
    return (100 * held.reduce((sum, one) => sum + one, 0)) / held.length;
  });
  const shown = within.map((one) => (Number.isNaN(one) ? "–" : one.toFixed(1)));
  if (recipe.known.length > 0 || !isMeasured(0.9)) return [...shown, "–"];
  const pasts = parts.test.map(({ past }) => past).filter((past, i, list) => list.indexOf(past) === i);
  const ends = parts.test.map(({ origin, ahead }) => origin + ahead);
  const [first, last] = [Math.min(...ends), Math.max(...ends)];
  const steps = 3 * recipe.horizon;
  const later: number[] = [];
  for (let origin = first - 1; origin + steps <= last; origin += recipe.horizon) {
    const cut = pasts.filter((past) => past.first + steps < origin).map((past) => until(past, origin));
    const tails = tailsOf(cut, recipe);
    const going = { trained, preparation: { ...preparation, series: { ...series, tails } } };
    for (const { series: name, ahead, interval } of await forecast(going, { steps, interval: 0.9 })) {
      const past = pasts.find((one) => one.name === name);
      const value = past?.values[origin + ahead - past.first];
      if (value === undefined || interval === undefined || ahead <= recipe.horizon) continue;
      later.push(Number(value >= interval.lower && value <= interval.upper));
    }
  }
  const share = (100 * later.reduce((sum, one) => sum + one, 0)) / later.length;
  return [...shown, later.length === 0 ? "–" : share.toFixed(1)];
}

/** The error of whole forecasts of so many steps, one after the other through the test part. */
async function rollingError(
  { trained, preparation }: Model,
  parts: SeriesParts,
  pasts: readonly SeriesPast[],
  steps: number,
) {
  const { series } = preparation;
  if (series === undefined) throw new Error("the model is of no series");
  const ends = parts.test.map(({ origin, ahead }) => origin + ahead);
  const [first, last] = [Math.min(...ends), Math.max(...ends)];
  const squares: number[] = [];
  for (let origin = first - 1; origin + steps <= last; origin += steps) {
    const cut = pasts.filter((past) => past.first + 2 * steps < origin).map((past) => until(past, origin));
    const tails = tailsOf(cut, series.recipe);
    const found = await forecast({ trained, preparation: { ...preparation, series: { ...series, tails } } }, { steps });
    for (const { series: name, ahead, prediction } of found) {
      const past = pasts.find((one) => one.name === name);
      const value = past?.values[origin + ahead - past.first];
      if (value !== undefined) squares.push((value - prediction) ** 2);
    }
  }
  return root(squares);
}

function dump(name: string, table: Parameters<typeof applyPreparation>[1], references: readonly number[]): void {
  const place = process.env.FORECASTS_DUMP;
  if (place === undefined) return;
  const { columns, target } = table;
  const cell = (column: (typeof columns)[number], row: number): number =>
    column.kind === "number" ? (column.values.data[row] ?? Number.NaN) : (column.codes[row] ?? -1);
  const own = target === undefined ? columns : [...columns, target];
  const lines = Array.from({ length: table.rows }, (_, row) => [
    ...own.map((column) => cell(column, row)),
    references[row],
  ]);
  writeFileSync(join(place, `${name.replace(/\W+/g, "-")}.csv`), lines.map((line) => line.join()).join("\n"));
}

const store = await openStore(join(folder, "runs.db"));
const given = JSON.parse(asked);
console.log(
  process.env.FORECASTS_INTERVALS !== undefined
    ? "| series | for | horizon | in 80 % | in 90 % | in 95 % | in 90 %, later steps |\n|---|---|---|---|---|---|---|"
    : "| series | for | horizon | network | last value | last season | direct, whole forecasts | recursive |\n|---|---|---|---|---|---|---|---|",
);
try {
  for (const { name, use, file, options } of all) {
    if (names.length > 0 && !names.some((one) => name.startsWith(one) || use === one)) continue;
    let path = typeof file === "string" ? join(data, file) : join(folder, `${name.replace(/\W+/g, "-")}.csv`);
    if (typeof file === "function") writeFileSync(path, file());
    path = path.replaceAll("\\", "/");
    const train = async (more: Partial<Experiment>) =>
      await drain(trainFile({ data: path, seed: 1, ...options, ...given, ...more }, { store, folder }));
    const direct = await train({});
    const parts = direct.plan.parts.series;
    if (parts === undefined) throw new Error(`${name} is no series`);
    const { recipe } = parts.preparation;
    const model = await loadTrained(direct.model ?? "");
    const table = direct.plan.parts.openTest();
    if (process.env.FORECASTS_INTERVALS !== undefined) {
      console.log(`| ${[name, use, recipe.horizon, ...(await coverage(model, parts, table))].join(" | ")} |`);
      continue;
    }
    const errors = await testErrors(model, parts, table);
    const references = (of: readonly SeriesExample[]) => of.map((example) => referenceOf(recipe.reference, example));
    dump(`${name}-train`, direct.plan.parts.train, references(parts.train));
    dump(`${name}-dev`, direct.plan.parts.dev, references(parts.dev));
    dump(`${name}-test`, table, references(parts.test));
    const whole: string[] = [];
    if (recipe.known.length === 0) {
      const pasts = parts.test.map(({ past }) => past).filter((past, i, list) => list.indexOf(past) === i);
      whole.push((await rollingError(model, parts, pasts, recipe.horizon)).toPrecision(4));
      const recursive = await train({ horizon: 1 });
      const single = await loadTrained(recursive.model ?? "");
      whole.push((await rollingError(single, parts, pasts, recipe.horizon)).toPrecision(4));
    }
    const shown = [errors.network, errors.last, errors.season].map((value) =>
      Number.isFinite(value) ? value.toPrecision(4) : "–",
    );
    console.log(
      `| ${[name, use, recipe.horizon, ...shown, ...(whole.length === 0 ? ["–", "–"] : whole)].join(" | ")} |`,
    );
  }
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}
