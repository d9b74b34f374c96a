import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey, uniform } from "../../src/base/random.ts";
import { preparedInputs, restoreTargets } from "../../src/data/apply-preparation.ts";
import type { ColumnPreparation, Preparation } from "../../src/data/preparation.ts";
import { prepare } from "../../src/data/prepare.ts";
import { type Column, categoryColumn, numberColumn, type Table, table } from "../../src/data/table.ts";
import type { ExchangedModel } from "../../src/exchange/model-json.ts";
import { answerOnnx } from "../../src/exchange/onnx/answer-onnx.ts";
import { readOnnx } from "../../src/exchange/onnx/read-onnx.ts";
import { writeOnnx } from "../../src/exchange/onnx/write-onnx.ts";
import { predict } from "../../src/train/trained.ts";
import { everyColumn, featureModel, randomDays, readColumn } from "./prepared-features.ts";
import { type Fed, furthest, openOnnx } from "./runtime.ts";

/** Raw columns [rows, 1] under their names; float64 for those that are named. */
function feedsOf({ rows, columns }: Table, wide: readonly string[]): Readonly<Record<string, Fed>> {
  return Object.fromEntries(
    columns.map((column): [string, Fed] => {
      if (column.kind === "category")
        return [column.name, Array.from(column.codes, (code) => column.levels[code] ?? "")];
      const dtype = wide.includes(column.name) ? "float64" : "float32";
      return [column.name, { ...column.values, dtype, shape: [rows, 1] }];
    }),
  );
}

function matrixOf({ rows, columns }: Table): NdArray {
  const numbers = columns.map((column) => (column.kind === "number" ? column.values.data : []));
  const all = Float64Array.from({ length: rows * columns.length }, (_, i) =>
    Number(numbers[i % columns.length]?.[Math.floor(i / columns.length)]),
  );
  return ndarray(all, [rows, columns.length]);
}

const ROWS = 3000;

test.each([
  17, 22,
])("raw dates, times, codes and long numbers become the features of preparing, opset %d", async (opset) => {
  const model = featureModel(everyColumn(1, ROWS));
  const asked = table(everyColumn(2, ROWS));
  const file = writeOnnx(model, { opset });
  const found = await (await openOnnx(file))(feedsOf(asked, ["when", "due", "stamp"]));
  const expected = preparedInputs(model.preparation, asked);
  expect(found.shape).toEqual(expected.shape);
  expect(furthest(found, expected)).toBeLessThan(1e-6);
  expect(readOnnx(file).preparation).toEqual(model.preparation);
});

test("a matrix holds dates and times beside numbers, all of them float64", async () => {
  const columns = (seed: number): readonly Column[] => everyColumn(seed, 500).filter(({ kind }) => kind === "number");
  const model = featureModel(columns(1));
  const asked = table(columns(3));
  const found = await (await openOnnx(writeOnnx(model, { inputs: "matrix" })))({ inputs: matrixOf(asked) });
  expect(furthest(found, preparedInputs(model.preparation, asked))).toBeLessThan(1e-6);
});

test("dates of months, and dates whose parts do not vary, are written too", async () => {
  const months = Float64Array.from({ length: 40 }, (_, i) => Date.UTC(2020, i, 1) / 864e5);
  const mondays = Float64Array.from({ length: 4 }, (_, i) => Date.UTC(2024, 6, 1 + 7 * i) / 864e5);
  for (const [values, order] of [
    [months, "month"],
    [mondays, "ymd"],
    [Float64Array.of(Number.NaN, 5, 5), "ymd"],
  ] as const) {
    const model = featureModel([readColumn(numberColumn("when", values), { as: "date", order })]);
    const asked = table([numberColumn("when", Float64Array.from([...randomDays(4, 50), 1e7, -1e7]))]);
    const found = await (await openOnnx(writeOnnx(model)))(feedsOf(asked, ["when"]));
    expect(furthest(found, preparedInputs(model.preparation, asked))).toBeLessThan(1e-6);
  }
});

/** The answers of a file for rows of one matrix. */
async function answersFor(model: ExchangedModel, dtype: "float32" | "float64", rows: Table): Promise<NdArray> {
  return await (await openOnnx(writeOnnx(model)))({ inputs: { ...matrixOf(rows), dtype } });
}

function targeted(
  preparation: Preparation,
  columns: readonly Column[],
): ExchangedModel & { readonly preparation: Preparation } {
  const model = featureModel(columns, { scaling: "standardize" });
  return { ...model, preparation: { ...model.preparation, target: preparation.target } };
}

test("numbers learned on a log scale come out in their own unit, within the same bounds", async () => {
  const x = normal(seedKey(3), 300).map(Math.fround);
  const prices = x.map((value) => Math.floor(Math.exp(7 + 2 * value)));
  const rows = table([numberColumn("x", x)], numberColumn("price", prices));
  for (const targetScale of ["log", "none"] as const) {
    const model = targeted(prepare.fit(rows, { targetScale }), rows.columns);
    const asked = table([numberColumn("x", Float64Array.from([...x, 50, -50]))]);
    const { answers } = await predict(model.trained, preparedInputs(model.preparation, asked));
    const expected = restoreTargets(model.preparation, answers);
    const found = await answersFor(model, "float32", asked);
    expect(furthest(found, expected)).toBeLessThan(1e-6);
    expect(found.data[301]).toBe(0);
    const most = Math.max(...prices) * 1.5 - Math.min(...prices) * 0.5;
    expect(furthest(ndarray([found.data[300] ?? 0], [1]), ndarray([most], [1]))).toBeLessThan(1e-6);
  }
});

test("numbers that float32 cannot hold apart go in and come out as float64", async () => {
  const stamps = uniform(seedKey(6), 200).map((draw) => 1_700_000_000_000 + Math.floor(60_000 * draw));
  const rows = table(
    [numberColumn("stamp", stamps)],
    numberColumn(
      "next",
      stamps.map((stamp) => stamp + 5),
    ),
  );
  const model = targeted(prepare.fit(rows), rows.columns);
  expect(model.preparation.columns[0]).toMatchObject({ wide: true });
  const found = await answersFor(model, "float64", rows);
  for (const [row, stamp] of stamps.entries()) expect(Math.abs((found.data[row] ?? 0) - stamp - 5)).toBeLessThan(0.1);
  // models of earlier versions do not say so
  const columns = model.preparation.columns.map((column) => {
    const { wide: _, ...older } = { wide: undefined, ...column };
    return older as ColumnPreparation;
  });
  const again = await answersFor({ ...model, preparation: { ...model.preparation, columns } }, "float64", rows);
  expect([...again.data]).toEqual([...found.data]);
});

test("numbers that float32 holds exactly stay float32", () => {
  const years = numberColumn(
    "year",
    Float64Array.from({ length: 30 }, (_, i) => 1990 + i),
  );
  expect(prepare.fit(table([years], numberColumn("y", years.values))).columns[0]).not.toHaveProperty("wide");
});

test("numbers that mean a missing value are missing there too", async () => {
  const train = [
    readColumn(numberColumn("a", [1, 2, Number.NaN, 4]), { as: "number", missing: ["-999", "none", "-1"] }),
    numberColumn("b", [1, 2, 3, -999]),
    readColumn(numberColumn("c", [0.1, 0.2, 0.3, Number.NaN]), { as: "number", missing: ["9999"] }),
  ];
  const model = featureModel(train);
  const asked = (sentinels: readonly [number, number, number]): Table =>
    table([
      numberColumn("a", [3, sentinels[0], sentinels[1]]),
      numberColumn("b", [-999, -999, 2]),
      numberColumn("c", [0.25, 0.5, sentinels[2]]),
    ]);
  const found = await (await openOnnx(writeOnnx(model)))({
    inputs: { ...matrixOf(asked([-999, -1, 9999])), dtype: "float32" },
  });
  const missing = asked([Number.NaN, Number.NaN, Number.NaN]);
  expect(furthest(found, preparedInputs(model.preparation, missing))).toBeLessThan(1e-6);
});

test("columns that are drawn in stand beside columns that are not, and far values come out alike", async () => {
  const values = normal(seedKey(9), 40).map(Math.fround);
  const model = featureModel([
    numberColumn("a", values),
    numberColumn("b", values),
    numberColumn("c", [...values.slice(0, 39), Number.NaN]),
  ]);
  const columns = model.preparation.columns.map((column, i) => {
    const { clip: _, ...free } = { clip: undefined, ...column };
    return i === 1 ? (free as ColumnPreparation) : column;
  });
  const mixed = { ...model, preparation: { ...model.preparation, columns } };
  const far = [0, 1e7, -1e7, 1e30, Number.NaN, Number.POSITIVE_INFINITY];
  const rows = table([
    numberColumn("a", far),
    numberColumn(
      "b",
      far.map((value) => (value === 1e30 ? 5 : Math.min(value, 1e6))),
    ),
    numberColumn("c", far),
  ]);
  const expected = preparedInputs(mixed.preparation, rows);
  expect(furthest(await answersFor(mixed, "float32", rows), expected)).toBeLessThan(1e-6);
  expect(furthest(await answerOnnx(writeOnnx(mixed), rows), expected)).toBeLessThan(1e-6);
  expect(expected.data[4]).toBeCloseTo(3, 5);
});

test("a file that is run as it stands answers as ONNX Runtime does", async () => {
  const model = featureModel(everyColumn(1, 400));
  const asked = table(everyColumn(2, 400));
  const file = writeOnnx(model);
  const found = await answerOnnx(file, asked);
  expect(furthest(found, await (await openOnnx(file))(feedsOf(asked, ["when", "due", "stamp"])))).toBeLessThan(1e-6);
});

test("it rounds what such a file takes as float32, as programs elsewhere do", async () => {
  const values = Float64Array.from(uniform(seedKey(8), 50), (draw) => 1e7 + draw);
  const model = featureModel([numberColumn("n", values)]);
  const [column] = model.preparation.columns;
  const { wide: _, ...older } = { wide: undefined, ...column };
  const rounding = { ...model, preparation: { ...model.preparation, columns: [older as ColumnPreparation] } };
  const rows = table([numberColumn("n", values)]);
  const found = await answerOnnx(writeOnnx(rounding), rows);
  expect(furthest(found, await answersFor(rounding, "float32", rows))).toBeLessThan(1e-6);
  expect(furthest(found, preparedInputs(model.preparation, rows))).toBeGreaterThan(0.1);
  expect(furthest(await answerOnnx(writeOnnx(model), rows), preparedInputs(model.preparation, rows))).toBeLessThan(
    1e-6,
  );
});

test("a file without a preparation is not run so", async () => {
  const { trained } = featureModel([numberColumn("n", [1, 2])]);
  await expect(answerOnnx(writeOnnx({ trained }), table([]))).rejects.toMatchObject({ code: "onnx/answer" });
});

test("levels are found in the spellings that training read as one", async () => {
  const levels = ["no", "Yes"];
  const train = [
    readColumn(categoryColumn("paid", ["no", "Yes", "no"], levels), { as: "category", truth: true }),
    readColumn(categoryColumn("size", ["1", "2", "10"]), { as: "category", numeric: true }),
    readColumn(categoryColumn("town", ["Bonn", "Ulm", "Ulm"]), { as: "category", merged: true }),
    readColumn(categoryColumn("zip", ["01", "1", "01"]), { as: "category" }),
  ];
  const model = featureModel(train);
  const feeds = {
    paid: ["TRUE", "0", "Oui", "maybe", "no"],
    size: ["1.0", "10.0", "2", "01", "1"],
    town: ["BONN", "ulm", "Ulm", "Hof", "bonn"],
    zip: ["01", "1", "1.0", "001", ""],
  };
  const meant = table([
    categoryColumn("paid", ["Yes", "no", "Yes", null, "no"], levels),
    categoryColumn("size", ["1", "10", "2", null, "1"]),
    categoryColumn("town", ["Bonn", "Ulm", "Ulm", null, "Bonn"]),
    categoryColumn("zip", ["01", "1", null, null, null]),
  ]);
  const found = await (await openOnnx(writeOnnx(model)))(feeds);
  expect(furthest(found, preparedInputs(model.preparation, meant))).toBe(0);
});
