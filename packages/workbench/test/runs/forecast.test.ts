/** Series from a file to its forecasts: what is found, refused and said, and that the network is better than no network. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Script } from "node:vm";
import {
  applyPreparation,
  drain,
  forecastReach,
  fork,
  type Json,
  normal,
  predict,
  restoreTargets,
  seedKey,
  takeTable,
} from "nabla";
import { forecastRows } from "nabla/answers";
import { answerOnnx, writeOnnx } from "nabla/exchange";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { writeOnnxModel } from "../../src/exchange/onnx.ts";
import type { Experiment } from "../../src/experiment/fields.ts";
import { openParts } from "../../src/experiment/parts.ts";
import { writeReport } from "../../src/report/report.ts";
import { evaluateFile } from "../../src/runs/evaluate-file.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { forecastFile } from "../../src/runs/forecast-file.ts";
import { comparedForecasts } from "../../src/runs/forecast-score.ts";
import type { RunResult } from "../../src/runs/run-events.ts";
import { partsOf } from "../../src/runs/stored-run.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { serveModel } from "../../src/server/model-server.ts";
import { openStore } from "../../src/store/open.ts";
import { loadTrained } from "../../src/store/trained-model.ts";
import { forecastText } from "../../src/text/forecast.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-forecast-"));
const store = await openStore(join(folder, "runs.db"));
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const DAYS = 240;
const dayText = (day: number): string => new Date(Date.UTC(2023, 0, 2 + day)).toISOString().slice(0, 10);
const noise = (name: string, many: number): Float64Array => normal(fork(seedKey(5), name), many);

function written(name: string, header: string, rows: readonly (readonly (string | number)[])[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${[header, ...rows.map((row) => row.join())].join("\n")}\n`);
  return path;
}

const isPromoted = (day: number): number => Number((day * 7919) % 11 < 2);
const sold = (day: number, store: number): number => 100 * (store + 1) + 20 * ((day % 7) % 5) + 60 * isPromoted(day);

/** Daily sales of two stores, with a week, promotions that are known in advance, and visits that are not. */
function sales(days: readonly number[] = Array.from({ length: DAYS }, (_, day) => day)): string {
  const drawn = noise("sales", 2 * DAYS);
  const rows = days.flatMap((day) =>
    ["north", "south"].map((name, i) => {
      const value = sold(day, i) + 5 * (drawn[2 * day + i] ?? 0);
      return [dayText(day), name, isPromoted(day), Math.round(value / 3), value.toFixed(2)];
    }),
  );
  return written(`sales-${days.length}-${days[0]}.csv`, "date,store,promotion,visits,sales", rows);
}

const asked = { target: "sales", timeColumn: "date", group: "store", known: ["promotion"], hidden: [16] } as const;

async function trained(experiment: Partial<Experiment> & Pick<Experiment, "data" | "target">): Promise<RunResult> {
  return await drain(trainFile({ epochs: 12, periodic: 0, seed: 1, ...experiment }, { store, folder }));
}

const data = sales();
const run = await trained({ data, ...asked });
const model = await loadTrained(run.model ?? "");

test("train, dev and test follow each other, and nothing of dev is forecast from before the end of train", () => {
  const { series, policy, rows } = run.plan.parts;
  if (series === undefined) throw new Error("no series");
  const { recipe } = series.preparation;
  expect(recipe).toMatchObject({ horizon: 7, seasons: [7], known: ["promotion"], past: ["visits"], group: "store" });
  expect(run.plan.resolved).toMatchObject({ horizon: 7, members: 1, refit: "dev" });
  const ends = (part: "train" | "dev" | "test") => series[part].map(({ origin, ahead }) => origin + ahead);
  const [learned, measured, sealed] = [ends("train"), ends("dev"), ends("test")];
  expect(Math.max(...learned)).toBeLessThan(Math.min(...measured));
  expect(Math.max(...measured)).toBeLessThan(Math.min(...sealed));
  expect(Math.min(...series.dev.map(({ origin }) => origin))).toBe(Math.max(...learned));
  expect(Math.min(...series.test.map(({ origin }) => origin))).toBe(Math.max(...measured));
  expect(rows).toEqual({ train: learned.length, dev: measured.length, test: sealed.length });
  expect(policy.reason).toContain("in the order of time");
});

test("the network is measured beside the last value and the last season, with an interval, and stays so in its record", async () => {
  const { forecast } = run.outcome;
  expect(forecast?.baselines.map(({ season }) => season)).toEqual([0, 7]);
  expect(forecast?.steps.map(({ ahead }) => ahead)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(forecast?.rmse).toBeCloseTo(run.outcome.rmse?.dev ?? 0, 3);
  expect(forecast?.better.from).toBeGreaterThan(0.3);
  expect(forecastText(forecast as NonNullable<typeof forecast>, "$")).toMatch(
    /^RMSE \$[\d.]+ on dev, 1 to 7 steps ahead; last value \$[\d.]+, last season \(7 steps before\) \$[\d.]+\nthe network's error is [\d.]+% smaller than that of the last /,
  );
  expect((await store.get(run.run)).outcome?.forecast).toEqual(forecast);
  const again = await partsOf(await store.get(run.run));
  expect(again.dev).toEqual(run.plan.parts.dev);
  expect((await evaluateRun(run.run, "dev", store)).score.rmse).toBeCloseTo(forecast?.rmse ?? 0, 3);
});

test("a forecast goes on from the end of the file, for rows that bring what is known in advance", async () => {
  const days = Array.from({ length: 10 }, (_, i) => DAYS + i);
  const coming = written(
    "coming.csv",
    "store,date,promotion",
    days.flatMap((day) => [["south", dayText(day), isPromoted(day)]]),
  );
  const { header, rows, forecasts } = await forecastFile(model, { from: coming });
  expect(header).toEqual(["date", "store", "prediction"]);
  expect(rows.map(([date, name]) => [date, name])).toEqual(days.map((day) => [dayText(day), "south"]));
  for (const [i, { prediction }] of forecasts.entries())
    expect(Math.abs(prediction - sold(DAYS + i, 1))).toBeLessThan(30);
  const programmed = await forecastRows(
    model,
    days.map((day) => ({ date: dayText(day), store: "south", promotion: isPromoted(day) })),
  );
  expect(programmed).toEqual(forecasts);
});

test("an interval holds as many of the values that come as was asked for, and they grow beyond the horizon", async () => {
  const { errors } = model.preparation.series ?? {};
  expect(errors?.steps.map(({ rows }) => rows > 80)).toEqual(Array.from({ length: 7 }, () => true));
  const { series = never(), openTest } = run.plan.parts;
  const sealed = { ...model, parts: { dev: openTest() }, series: { ...series, dev: series.test } };
  const { examples, actual, predicted } = await comparedForecasts(model.trained, sealed);
  for (const level of [0.5, 0.9]) {
    const held = examples.filter(({ past, origin, ahead }, i) => {
      const cut = { ...past, values: past.values.slice(0, origin - past.first + 1) };
      const reach = forecastReach(errors, { past: cut, level }, series.preparation.recipe)(ahead);
      return Math.abs((actual[i] ?? 0) - (predicted[i] ?? 0)) <= reach;
    });
    // some 90 days of dev say it of as many of test: their errors are alike from step to step
    expect(Math.abs(held.length / examples.length - level)).toBeLessThan(0.1);
  }
  const coming = Array.from({ length: 21 }, (_, i) => ({ date: dayText(DAYS + i), store: "south" }));
  const rows = coming.map((row, i) => ({ ...row, promotion: isPromoted(DAYS + i) }));
  const forecasts = await forecastRows(model, rows, { interval: 0.9 });
  const widths = forecasts.map(({ interval }) => (interval?.upper ?? 0) - (interval?.lower ?? 0));
  expect((forecasts[6]?.prediction ?? 0) - (forecasts[6]?.interval?.lower ?? 0)).toBeCloseTo((widths[6] ?? 0) / 2, 6);
  expect(widths[20]).toBeCloseTo(Math.sqrt(3) * (widths[6] ?? 0), 6);
  const file = written("interval.csv", "store,date,promotion", [["south", dayText(DAYS), isPromoted(DAYS)]]);
  const { header, rows: cells } = await forecastFile(model, { from: file, interval: 0.9 });
  expect(header).toEqual(["date", "store", "prediction", "lower", "upper"]);
  expect(Number(cells[0]?.[3])).toBeLessThan(Number(cells[0]?.[2]));
  await expect(forecastFile(model, { from: file, interval: 0.999 })).rejects.toMatchObject({
    code: "predict/interval",
    message: expect.stringMatching(/needs 999 forecasts 1 step ahead of what was not learned, and the model has \d+$/),
  });
  const { errors: _, ...before } = model.preparation.series ?? never();
  const earlier = { ...model, preparation: { ...model.preparation, series: before } };
  await expect(forecastFile(earlier, { from: file, interval: 0.9 })).rejects.toMatchObject({
    code: "predict/interval",
  });
});

test.each([
  "gru",
  "transformer",
] as const)("a %s reads the last values in order, beside what is known in advance, in every place", async (encoder) => {
  const few = sales(Array.from({ length: 100 }, (_, day) => day));
  const found = await trained({ data: few, ...asked, encoder, textUnits: 4, epochs: 1 });
  const own = await loadTrained(found.model ?? "");
  const { sequence = 0, lags } = own.preparation.series?.recipe ?? {};
  // a quarter of the days of train
  expect([sequence, lags?.length]).toEqual([15, 7]);
  expect(found.plan.notices.map(({ message }) => message).join()).toContain(
    "by the last 15 values in order, lags 1, 2",
  );
  const { train } = found.plan.parts;
  const column = train.columns.find(({ name }) => name === "sales last 15 values");
  const values = column?.kind === "number" ? column.values : never();
  const { series = never() } = found.plan.parts;
  for (const [i, { past, origin, ahead }] of series.train.slice(-20).entries()) {
    const row = series.train.length - 20 + i;
    const at = (back: number): number => past.values[origin - back - past.first] ?? Number.NaN;
    // the same day of the week before, as the recipe finds
    const reference = at((7 - (ahead % 7)) % 7);
    const given = values.data.slice(row * 15, (row + 1) * 15);
    for (const back of [0, 1, 14]) expect(given[14 - back]).toBeCloseTo(at(back) - reference, 6);
  }
  const [branch] = (found.plan.resolved.model as { readonly layers: readonly Json[] }).layers;
  expect(branch).toMatchObject({ kind: "featureBranch", length: 15, shape: [15, 1] });
  const rows = [0, 1].map((i) => ({ date: dayText(100 + i), store: "south", promotion: isPromoted(100 + i) }));
  const forecasts = await forecastRows(own, rows);
  expect(
    (
      await forecastFile(own, {
        from: written(
          "few.csv",
          "date,store,promotion",
          rows.map((row) => Object.values(row)),
        ),
      })
    ).forecasts,
  ).toEqual(forecasts);
  const server = await serveModel(own, { port: 0 });
  onTestFinished(server.close);
  const reply = await fetch(`${server.url}/predict`, { method: "POST", body: JSON.stringify(rows) });
  expect(
    ((await reply.json()) as readonly { readonly prediction: number }[]).map(({ prediction }) => prediction),
  ).toEqual(forecasts.map(({ prediction }) => prediction));
  // the network of an ONNX file answers to the features of the test part as it does here
  const some = takeTable(found.plan.parts.openTest(), Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7));
  const { answers } = await predict(own.trained, applyPreparation(own.preparation, some).inputs);
  const expected = restoreTargets(own.preparation, answers).data;
  const onnx = await answerOnnx(writeOnnx(own), some);
  for (const [i, value] of [...expected].entries()) expect(onnx.data[i]).toBeCloseTo(value, 2);
});

test("a server takes rows that came and rows to come, and answers with forecasts, as programs do", async () => {
  const server = await serveModel(model, { port: 0 });
  onTestFinished(server.close);
  const [, script = ""] = (await (await fetch(server.url)).text()).match(/<script>(.*)<\/script>/s) ?? [];
  expect(script).toContain("Forecast");
  expect(() => new Script(script)).not.toThrow();
  const post = async (body: unknown, query = ""): Promise<{ status: number; found: unknown }> => {
    const reply = await fetch(`${server.url}/predict${query}`, { method: "POST", body: JSON.stringify(body) });
    return { status: reply.status, found: await reply.json() };
  };
  const came = { date: dayText(DAYS), store: "north", promotion: 0, visits: 40, sales: 130 };
  const coming = [1, 2, 3].map((day) => ({
    date: dayText(DAYS + day),
    store: "north",
    promotion: isPromoted(DAYS + day),
  }));
  const { found } = await post({ rows: [came, ...coming] }, "?interval=80");
  const programmed = await forecastRows(model, [came, ...coming], { interval: 0.8 });
  expect(found).toEqual(
    programmed.map(({ written: time, series, ahead, prediction, interval }) => ({
      time,
      series,
      ahead,
      prediction,
      interval,
    })),
  );
  expect(programmed.map(({ written }) => written)).toEqual([1, 2, 3].map((day) => dayText(DAYS + day)));
  expect((await post([came, ...coming])).found).toHaveLength(3);
  for (const [body, code] of [
    [{ steps: 3 }, "series/known"],
    [{ steps: 0 }, "serve/body"],
    [{ rows: 5 }, "serve/body"],
    [{ row: [] }, "serve/body"],
    [7, "serve/body"],
    [[{ ...came, date: "soon" }], "data/not-a-date"],
  ] as const)
    expect(await post(body)).toMatchObject({ status: 400, found: { error: { code } } });
  expect(await post([came, ...coming], "?interval=99.9")).toMatchObject({ status: 400 });
  await expect(serveModel(model, { port: 0, interval: 0.999 })).rejects.toMatchObject({ code: "predict/interval" });
  const described = await (await fetch(`${server.url}/openapi.json`)).json();
  expect(described).toMatchObject({
    info: { title: "Forecasts of sales" },
    components: {
      schemas: {
        Row: { required: ["date", "store", "promotion"] },
        Forecast: { required: ["time", "ahead", "prediction"] },
      },
    },
  });
  expect(JSON.stringify(described)).not.toContain("#/components/schemas/Answer");
  expect(await (await fetch(server.url)).text()).toContain("Rows since training");
});

test("rows of a file are new history, by which a model is measured too", async () => {
  const later = sales(Array.from({ length: 30 }, (_, i) => DAYS + i));
  const found = await evaluateFile(model, later);
  expect(found.rows).toBe(60 * 7);
  expect(found.score.rmse).toBeLessThan(20);
  await expect(forecastFile(model, { steps: 3 })).rejects.toMatchObject({ code: "series/known" });
});

test("without groups and known columns, dates go on as many steps as are asked for", async () => {
  const walk = noise("walk", 150);
  let value = 100;
  const data = written(
    "walk.csv",
    "date,price",
    Array.from(walk, (step, day) => {
      value += step;
      return [dayText(day), value];
    }),
  );
  const { run, outcome, model: place } = await trained({ data, target: "price", timeColumn: "date", horizon: 3 });
  expect(outcome.forecast?.better).toMatchObject({ than: 0 });
  // a random walk cannot be forecast better than by its last value
  expect(outcome.forecast?.better.from).toBeLessThan(0);
  const { rows } = await forecastFile(await loadTrained(place ?? ""), { steps: 8 });
  expect(rows.map(([date]) => date)).toEqual(Array.from({ length: 8 }, (_, i) => dayText(150 + i)));
  for (const [, prediction] of rows) expect(Math.abs(Number(prediction) - value)).toBeLessThan(15);
  const { file } = await writeReport(run, { store, file: join(folder, "walk.html") });
  const page = readFileSync(file, "utf8");
  for (const shown of ["Forecast of price, the next 3 steps", "90% interval, lower", dayText(152)])
    expect(page).toContain(shown);
});

test("where the network is not better, or may be so by chance, that is said", () => {
  const score = { rmse: 2, baselines: [{ season: 0, rmse: 1.5 }], steps: [{ ahead: 1, rmse: 2, baselines: [1.5] }] };
  const worse = { than: 0, share: -1 / 3, from: -0.5, to: -0.1 };
  expect(forecastText({ ...score, better: worse }, undefined)).toContain(
    "the network is not better than the last value, which needs none: its error is 33.3% larger",
  );
  const chance = { than: 0, share: 0.02, from: -0.05, to: 0.1 };
  expect(forecastText({ ...score, better: chance }, undefined)).toContain(
    "2.0% smaller than that of the last value (95% interval -5.0% to 10.0%), which may be chance",
  );
});

const days = Array.from({ length: 60 }, (_, day) => day);
const events = days.map((day) => [
  `${dayText(Math.floor(day * 1.37 + ((day * 31) % 17)))} ${10 + (day % 9)}:${10 + ((day * 7) % 50)}`,
  day % 13,
  (day * 1.7) % 11,
]);

test.each<[string, () => string, Partial<Experiment>, string, string]>([
  ["no steady step", () => written("events.csv", "date,x,y", events), {}, "series/irregular", "follow no steady step"],
  ["times that repeat", sales, { target: "sales" }, "series/repeated", "share a time in date with another one"],
  [
    "classes",
    () =>
      written(
        "classes.csv",
        "date,y",
        days.map((day) => [dayText(day), day % 3 === 0 ? "a" : "b"]),
      ),
    {},
    "series/target",
    "y has classes",
  ],
  [
    "no times",
    sales,
    { target: "sales", timeColumn: undefined as never },
    "series/no-time",
    "--horizon is for forecasts",
  ],
  [
    "an unknown column",
    sales,
    { target: "sales", group: "store", known: ["promo"] },
    "data/missing-column",
    'no column "promo"',
  ],
  [
    "a row for each group",
    () =>
      written(
        "few.csv",
        "date,store,y",
        days.map((day) => [dayText(day), `s${day}`, day ** 2]),
      ),
    { group: "store" },
    "series/short",
    "is too short",
  ],
])("%s are refused where a horizon is asked for", async (_, file, options, code, message) => {
  const { timeColumn = "date", ...rest } = options;
  const time = "timeColumn" in options ? {} : { timeColumn };
  const { timeColumn: __, ...asked } = { target: "y", horizon: 2, seed: 1, data: file(), ...rest, timeColumn };
  await expect(openParts({ ...asked, ...time })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

test("where no horizon is asked for, rows that are no series are divided by time, which a notice says", async () => {
  const repeated = await openParts({ data, target: "sales", timeColumn: "date", seed: 1 });
  expect(repeated.series).toBeUndefined();
  const said = repeated.profile.notices.filter(({ code }) => code === "data/series").map(({ message }) => message);
  expect(said).toEqual([expect.stringMatching(/rows are divided by time, .*--group store tells the series apart$/)]);
  const plain = await openParts({ data, target: "sales", timeColumn: "date", seed: 1, horizon: 0 });
  expect(plain.profile.notices.some(({ code }) => code === "data/series")).toBe(false);
});

test("rows of any times become one a day, are forecast so, and go on from rows of any times", async () => {
  const drawn = noise("receipts", 1200);
  const receipts = Array.from({ length: 600 }, (_, i) => {
    const day = Math.floor(i / 5) + (i % 5 === 4 && i % 45 === 4 ? 1 : 0);
    const minute = String(10 + ((i * 37) % 50));
    return [`${dayText(day)} ${10 + (i % 9)}:${minute}`, 10 + (day % 7) + (drawn[i] ?? 0)];
  });
  const file = written("receipts.csv", "time,amount", receipts);
  const options = { data: file, target: "amount", timeColumn: "time", seed: 1 } as const;
  await expect(openParts({ ...options, horizon: 3 })).rejects.toMatchObject({
    code: "series/irregular",
    hint: "--resample day forecasts the mean of each day",
  });
  await expect(openParts({ ...options, horizon: 0, resample: "day" })).rejects.toMatchObject({
    code: "series/resample",
  });
  await expect(
    openParts({ ...options, target: "time", timeColumn: undefined as never, resample: "day" }),
  ).rejects.toMatchObject({
    code: "series/no-time",
  });
  const asked = {
    data: file,
    target: "amount",
    timeColumn: "time",
    resample: "day",
    aggregate: "sum",
    horizon: 3,
  } as const;
  const { plan, model: place } = await trained({ ...asked, hidden: [8], epochs: 4 });
  expect(plan.notices.map(({ message }) => message).join("\n")).toContain(
    "600 rows became 120 days, each with the sum of amount",
  );
  const daily = await loadTrained(place ?? "");
  expect(daily.preparation.series?.recipe.resampling).toEqual({ every: "day", aggregate: "sum" });
  const tail = daily.preparation.series?.tails[0]?.values.at(-2);
  expect(tail).toBeCloseTo(
    receipts
      .filter(([when]) => String(when).startsWith(dayText(118)))
      .reduce((sum, [, amount]) => sum + Number(amount), 0),
    6,
  );
  const later = written("later.csv", "time,amount", [
    [`${dayText(120)} 09:15`, 20],
    [`${dayText(120)} 18:45`, 31],
  ]);
  const { rows } = await forecastFile(daily, { from: later, steps: 2 });
  expect(rows.map(([when]) => when)).toEqual([dayText(121), dayText(122)].map((day) => expect.stringContaining(day)));
  expect((await evaluateFile(daily, later)).rows).toBe(3);
});

test("missing days are said, and the value before stands for them", async () => {
  const gaps = sales(Array.from({ length: DAYS }, (_, day) => day).filter((day) => day % 10 !== 3));
  const { series, profile } = await openParts({ data: gaps, ...asked, seed: 1 });
  expect(profile.notices.map(({ message }) => message).join()).toContain(
    "48 steps without a row take the value before",
  );
  expect(series?.preparation.recipe.steps).toMatchObject({ unit: "plain", every: 1 });
});

test("a report shows errors by steps ahead, and what came beside what was predicted, as values rather than differences", async () => {
  const { file, rows } = await writeReport(run.run, { store, file: join(folder, "report.html") });
  const page = readFileSync(file, "utf8");
  for (const shown of ["Error by steps ahead", "sales of north, 7 steps ahead", "last season (7 steps before)"])
    expect(page).toContain(shown);
  const [header = "", first = ""] = readFileSync(rows ?? "", "utf8").split("\n");
  expect(header).toMatch(/^predicted,sales,/);
  expect(Number(first.split(",")[1])).toBeGreaterThan(90);
});

test("an exported network says that it takes features of the past and answers with a difference", async () => {
  const { notices } = await writeOnnxModel(model, "sales");
  expect(notices.join()).toContain("by how much sales differs from its value 7 steps before");
});

function never(): never {
  throw new Error("there is no series");
}
