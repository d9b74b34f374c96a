/** Features of series know nothing of what comes after they are made; forecasts go on from their last rows. */
import {
  applyPreparation,
  categoryColumn,
  chain,
  columnOf,
  dense,
  fitRecipe,
  fork,
  ndarray,
  normal,
  numberColumn,
  type Preparation,
  preparationFrom,
  prepare,
  type SeriesRecipe,
  type SeriesRows,
  seedKey,
  seriesExamples,
  seriesPasts,
  seriesRows,
  seriesTable,
  squaredError,
  type Table,
  table,
  tailsOf,
  timeStepsOf,
} from "nabla";
import { forecast, forecastRows } from "nabla/answers";
import { expect, test } from "vitest";

const DAYS = 60;
const STORES = ["north", "south"] as const;
const from = Date.parse("2024-01-01T00:00:00Z") / 86_400_000;

interface Shop {
  readonly table: Table;
  readonly rows: SeriesRows;
  readonly target: Float64Array;
}

/** Two stores, a row a day and store, with a price that is known in advance and visits that are not. */
function shops({ change = (value: number, _day: number) => value } = {}): Shop {
  const rows = DAYS * STORES.length;
  const dayOf = (row: number): number => Math.floor(row / 2);
  const noise = normal(fork(seedKey(3), "sales"), rows);
  const values = (factor: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) =>
      change((1 + (row % 2)) * (20 + 5 * ((dayOf(row) + 1) % 7)) + factor * (noise[row] ?? 0), dayOf(row)),
    );
  const target = values(2);
  const columns = [
    numberColumn("visits", values(9)),
    numberColumn(
      "price",
      values(1).map((value) => value % 3),
    ),
  ];
  const time = numberColumn(
    "date",
    Float64Array.from({ length: rows }, (_, row) => from + dayOf(row)),
  );
  const group = categoryColumn(
    "store",
    Array.from({ length: rows }, (_, row) => STORES[row % 2] ?? ""),
  );
  const steps = timeStepsOf(time.values.data, { dates: true });
  if (steps === undefined) throw new Error("no steps");
  const whole = table(columns, numberColumn("sales", target));
  return { table: whole, rows: seriesRows(whole, { time, group, steps }), target };
}

const asked = { time: "date", dates: true, group: "store", horizon: 7, known: ["price"], past: ["visits"] } as const;

function recipeOf({ rows, table }: Shop): SeriesRecipe {
  const steps = timeStepsOf(
    Float64Array.from({ length: DAYS }, (_, i) => from + i),
    { dates: true },
  );
  if (steps === undefined || table.rows === 0) throw new Error("no steps");
  return fitRecipe(seriesPasts(rows, asked), { ...asked, steps });
}

function featuresUpTo(shop: Shop, recipe: SeriesRecipe, day: number): Table {
  const pasts = seriesPasts(shop.rows, recipe);
  const rows = Array.from({ length: 2 * (day + 1) }, (_, row) => row);
  const examples = seriesExamples(recipe, shop.rows, pasts, { rows, most: 10_000, seed: 1 });
  return seriesTable(recipe, examples, { table: shop.table, target: { name: "sales", values: shop.target } });
}

test.each([20, 33, 58])("whatever comes after day %i changes no feature and no target up to it", (day) => {
  const shop = shops();
  const recipe = recipeOf(shop);
  const before = featuresUpTo(shop, recipe, day);
  const planted = shops({ change: (value, at) => (at > day ? 1e6 + value * at : value) });
  expect(featuresUpTo(planted, recipe, day)).toEqual(before);
  expect(before.rows).toBeGreaterThan(0);
});

test("no feature of a forecast moves with values after its origin: not the value itself, a day before it, or visits of the day", () => {
  const shop = shops();
  const recipe = recipeOf(shop);
  const pasts = seriesPasts(shop.rows, recipe);
  const examples = seriesExamples(recipe, shop.rows, pasts, { rows: [80, 81], most: 10_000, seed: 1 });
  const table = seriesTable(recipe, examples, { table: shop.table, target: { name: "sales", values: shop.target } });
  expect(new Set(examples.map(({ ahead }) => ahead))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
  for (const [i, { origin, ahead }] of examples.entries()) {
    const day = shop.rows.positions[examples[i]?.row ?? 0] ?? 0;
    expect(origin + ahead).toBe(day);
    const planted = shops({ change: (value, at) => (at > origin ? value + 1000 : value) });
    const others = seriesPasts(planted.rows, recipe);
    const again = examples.map((example) => ({
      ...example,
      past: others.find(({ name }) => name === example.past.name) ?? example.past,
    }));
    const leaky = seriesTable(recipe, again, { table: shop.table, target: { name: "sales", values: shop.target } });
    for (const column of table.columns) {
      const other = columnOf(leaky, column.name);
      if (column.kind === "number" && other.kind === "number")
        expect(other.values.data[i], column.name).toBe(column.values.data[i]);
    }
  }
});

test("each group has its own past, and a feature is what its name says", () => {
  const shop = shops();
  const recipe = recipeOf(shop);
  expect(recipe).toMatchObject({ reference: 7, seasons: [7], lags: [1, 2, 3, 4, 5, 6, 7], windows: [7, 28] });
  const pasts = seriesPasts(shop.rows, recipe);
  const [example] = seriesExamples(recipe, shop.rows, pasts, { rows: [101], most: 1, seed: 2 });
  if (example === undefined) throw new Error("no example");
  const table = seriesTable(recipe, [example], { table: shop.table, target: { name: "sales", values: shop.target } });
  const value = (name: string): number => {
    const column = columnOf(table, name);
    return column.kind === "number" ? (column.values.data[0] ?? Number.NaN) : Number.NaN;
  };
  const south = shop.target.filter((_, row) => row % 2 === 1);
  const season = south[50 - 7] ?? 0;
  expect(value("sales one season before")).toBe(season);
  expect(value("sales lag 2")).toBe((south[example.origin - 1] ?? 0) - season);
  const week = south.slice(example.origin - 6, example.origin + 1);
  expect(value("sales mean of 7")).toBeCloseTo(week.reduce((sum, one) => sum + one, 0) / 7 - season, 10);
  expect(value("sales change over 7")).toBe((south[example.origin] ?? 0) - (south[example.origin - 7] ?? 0));
  expect(table.target).toMatchObject({ values: { data: Float64Array.of((south[50] ?? 0) - season) } });
});

/** A model that expects no difference from the season before, or another one. */
function constantModel(shop: Shop, difference = 0) {
  const recipe = recipeOf(shop);
  const features = featuresUpTo(shop, recipe, DAYS - 1);
  const fitted = prepare.fit(features);
  const target = { ...fitted.target, mean: difference, deviation: 1 };
  const date = { as: "date", order: "ymd" } as const;
  const columns = [
    { name: "date", kind: "number", reading: date },
    { name: "store", kind: "category", reading: { as: "category" }, levels: STORES },
    { name: "price", kind: "number" },
    { name: "visits", kind: "number" },
  ] as const;
  const series = { recipe, columns, tails: tailsOf(seriesPasts(shop.rows, recipe), recipe) };
  const preparation = preparationFrom(JSON.parse(JSON.stringify({ ...fitted, target, series })));
  const width = applyPreparation(fitted, features).inputs.shape[1] ?? 0;
  const weights = new Map([
    ["dense1.weights", ndarray(new Float32Array(width), [width, 1])],
    ["dense1.bias", ndarray(new Float32Array(1), [1])],
  ]);
  const model = chain(dense(1));
  return { trained: { model, loss: squaredError(), weights, shape: [width] }, preparation: preparation as Preparation };
}

const coming = (days: number, store: string) =>
  Array.from({ length: days }, (_, i) => ({
    date: new Date((from + DAYS + i) * 86_400_000),
    store,
    price: 1,
    visits: null,
  }));

test("a forecast goes on from the last rows, season by season, beyond the horizon on its own forecasts", async () => {
  const shop = shops();
  const model = constantModel(shop, 1);
  const found = await forecastRows(model, [...coming(16, "south"), ...coming(2, "north")]);
  expect(found.map(({ series }) => series)).toEqual([...Array(2).fill("north"), ...Array(16).fill("south")]);
  const south = shop.target.filter((_, row) => row % 2 === 1);
  const expected = Array.from({ length: 16 }, (_, i) => (south[DAYS - 7 + (i % 7)] ?? 0) + 1 + Math.floor(i / 7));
  expect(found.slice(2).map(({ prediction }) => prediction)).toEqual(expected.map((value) => expect.closeTo(value, 6)));
  expect(
    found
      .slice(2)
      .map(({ written }) => written)
      .slice(0, 2),
  ).toEqual(["2024-03-01", "2024-03-02"]);
});

test("rows with a target are new history, and a column that must be known in advance is asked for", async () => {
  const shop = shops();
  const model = constantModel(shop);
  const news = coming(7, "north").map((row, i) => ({ ...row, sales: 500 + i }));
  const [first] = await forecastRows(model, [...news, { ...coming(8, "north")[7], sales: null }]);
  expect(first).toMatchObject({ series: "north", written: "2024-03-08", prediction: 500 });
  const error = await forecast(model, { steps: 3 }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: "series/known",
    message: expect.stringContaining("price must be known in advance"),
  });
});
