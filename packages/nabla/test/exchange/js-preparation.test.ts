import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { preparedInputs, restoreTargets } from "../../src/data/apply-preparation.ts";
import type { ColumnReading } from "../../src/data/column-reading.ts";
import { prepare } from "../../src/data/prepare.ts";
import { type Column, categoryColumn, numberColumn, table } from "../../src/data/table.ts";
import { writeJs } from "../../src/exchange/js/write-js.ts";
import type { ExchangedModel } from "../../src/exchange/model-json.ts";
import { writeTfjs } from "../../src/exchange/tfjs/tfjs.ts";
import { predict as answer } from "../../src/train/trained.ts";
import { thrown } from "../data/thrown.ts";
import { everyColumn, featureModel, plainRows, readColumn } from "./prepared-features.ts";
import { furthest } from "./runtime.ts";

type Cell = number | string | boolean | Date | null;
type Predict = (
  rows: readonly Readonly<Record<string, Cell>>[],
) => readonly { readonly prediction: number | number[] }[];

async function opened(model: ExchangedModel): Promise<Predict> {
  const text = writeJs(model, { name: "m", version: "1" });
  const { predict } = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`)) as {
    readonly predict: Predict;
  };
  return predict;
}

/** What the file makes of one column's cells, and what preparing makes of the values that they mean. */
async function expectSame(trained: Column, cells: readonly Cell[], values: Column): Promise<void> {
  const model = featureModel([trained]);
  const predict = await opened(model);
  const found = predict(cells.map((cell) => ({ [trained.name]: cell }))).flatMap(({ prediction }) => prediction);
  expect(furthest(numbers(found), preparedInputs(model.preparation, table([values])))).toBeLessThan(1e-6);
}

const numbers = (list: readonly number[]): NdArray => ndarray(Float64Array.from(list), [list.length]);
const days = (...written: readonly (string | number)[]): Float64Array =>
  Float64Array.from(written, (text) => (typeof text === "number" ? text : Date.parse(text) / 864e5));

test("rows of dates, times, codes and long numbers become the features of preparing", async () => {
  const model = featureModel(everyColumn(1, 1500));
  const asked = table(everyColumn(2, 1500));
  const found = (await opened(model))(plainRows(asked)).flatMap(({ prediction }) => prediction);
  expect(furthest(numbers(found), preparedInputs(model.preparation, asked))).toBeLessThan(1e-6);
});

const seen = days("2023-01-31T00:00Z", "2024-02-29T13:30Z", "1955-07-04T00:00Z", "2031-12-01T06:15Z");
const when = (reading: ColumnReading): Column => readColumn(numberColumn("when", seen), reading);

test("dates come as Date, as 2024-05-31, and as the file writes them", async () => {
  const asked = days("2024-05-06T00:00Z", "1931-05-06T18:45:30Z");
  const [date = 0, earlier = 0] = asked;
  const both = [new Date(date * 864e5), new Date(Math.round(earlier * 864e5))];
  const orders: readonly (readonly [ColumnReading, readonly Cell[]])[] = [
    [{ as: "date", order: "ymd" }, [date, earlier]],
    [{ as: "date", order: "ymd" }, both],
    [{ as: "date", order: "dmy" }, ["2024-05-06", "1931-05-06T18:45:30Z"]],
    [{ as: "date", order: "ymd" }, ["2024/5/6", "1931-05-06 20:45:30+02:00"]],
    [{ as: "date", order: "dmy" }, ["6.5.2024", "06/05/1931 18:45:30"]],
    [{ as: "date", order: "mdy" }, ["5/6/2024", "05-06-1931 6:45:30 pm"]],
    [{ as: "date", order: "mdy", firstYear: 1930 }, ["5/6/24", "05/06/31 18:45:30"]],
    [{ as: "date", order: "compact" }, [20240506, "19310506T18:45:30"]],
    [{ as: "date", order: "mdy" }, [20240506, earlier]],
    [{ as: "date", order: "excel" }, [date + 25569, earlier + 25569]],
  ];
  for (const [reading, cells] of orders) await expectSame(when(reading), cells, numberColumn("when", asked));
  const mondays = days("2020-12-28T00:00Z", "2024-06-03T00:00Z");
  await expectSame(when({ as: "date", order: "week" }), ["2020-W53", "2024-W23"], numberColumn("when", mondays));
  const firsts = days("2020-12-01T00:00Z", "1969-06-01T00:00Z");
  await expectSame(when({ as: "date", order: "month" }), ["2020-12", 196906], numberColumn("when", firsts));
});

test("what is missing is missing, in the column's own words too", async () => {
  const gaps = numberColumn("when", Float64Array.of(Number.NaN, Number.NaN, Number.NaN));
  await expectSame(when({ as: "date", order: "ymd", missing: ["unknown"] }), [null, "", "unknown"], gaps);
});

test("times of day come as a fraction, as 18:30, or of a Date", async () => {
  const trained = readColumn(numberColumn("at", [0, 0.25, 0.9]), { as: "time" });
  const asked = numberColumn("at", [0.75, 0.75, 0.75, 0.75, 0.75, Number.NaN]);
  await expectSame(trained, [0.75, "18:00", "6:00 pm", "18:00:00", new Date(Date.UTC(2024, 3, 1, 18)), null], asked);
});

test("numbers and levels come as the file writes them", async () => {
  const amount = readColumn(numberColumn("amount", [1, 2, 5000]), {
    ...{ as: "number", decimal: ",", grouping: ".", unit: "€", missing: ["-"] },
  });
  const wanted = numberColumn("amount", [1234.5, 1234.5, 3, Number.NaN]);
  await expectSame(amount, ["1.234,5 €", 1234.5, "3", "-"], wanted);
  const spaced = readColumn(numberColumn("amount", [1, 2, 5000]), { as: "number", grouping: " ", missing: ["-999"] });
  await expectSame(spaced, ["1 234.5", "1\u00a0234.5", 3, -999], wanted);
  const kept = readColumn(numberColumn("flag", [0, 1]), { as: "number", binary: true });
  await expectSame(kept, [true, "Yes", "nein", 0, "N/A"], numberColumn("flag", [1, 1, 0, 0, Number.NaN]));
  const levels = ["true", "false"];
  const paid = readColumn(categoryColumn("paid", ["true", "false"], levels), { as: "category", truth: true });
  await expectSame(
    paid,
    [true, "Oui", 1, "No", false],
    categoryColumn("paid", ["true", "true", "true", "false", "false"], levels),
  );
  const size = readColumn(categoryColumn("size", ["1", "2"]), { as: "category", numeric: true });
  await expectSame(size, [1, "1.0", 2, "3"], categoryColumn("size", ["1", "1", "2", "3"]));
  const town = readColumn(categoryColumn("town", ["Bonn", "Ulm"]), { as: "category", merged: true });
  await expectSame(town, ["bonn ", "ULM.", "Hof"], categoryColumn("town", ["Bonn", "Ulm", "Hof"]));
  const zip = readColumn(categoryColumn("zip", ["01067", "1067"]), { as: "category" });
  await expectSame(zip, ["01067", 1067, "001067"], categoryColumn("zip", ["01067", "1067", "001067"]));
});

test("what is no date, time or number is refused by its column", async () => {
  const refused: readonly (readonly [Column, Cell, string])[] = [
    [when({ as: "date", order: "dmy" }), "31.02.2024", 'when: there is no day "31.02.2024"'],
    [when({ as: "date", order: "ymd" }), "06/05/2024", 'when: "06/05/2024" is no date'],
    [when({ as: "date", order: "ymd" }), "2024-05-06 25h", 'when: "25h" is no time'],
    [readColumn(numberColumn("at", [0, 0.5]), { as: "time" }), "noon", 'at: "noon" is no time'],
    [readColumn(numberColumn("n", [1, 2]), { as: "number" }), "2024-05-06", 'n: "2024-05-06" is no number'],
  ];
  for (const [column, cell, message] of refused) {
    const predict = await opened(featureModel([column]));
    expect(() => predict([{ [column.name]: cell }])).toThrow(message);
  }
});

test("numbers learned on a log scale come out in their own unit, within the same bounds", async () => {
  const x = normal(seedKey(3), 100);
  const prices = x.map((value) => Math.floor(Math.exp(7 + 2 * value)));
  const rows = table([numberColumn("x", x)], numberColumn("price", prices));
  const plain = featureModel(rows.columns, { scaling: "standardize" });
  for (const targetScale of ["log", "none"] as const) {
    const preparation = { ...plain.preparation, target: prepare.fit(rows, { targetScale }).target };
    const asked = table([numberColumn("x", Float64Array.from([...x, 50, -50]))]);
    const { answers } = await answer(plain.trained, preparedInputs(preparation, asked));
    const found = (await opened({ ...plain, preparation }))(plainRows(asked)).flatMap(({ prediction }) => prediction);
    expect(furthest(numbers(found), restoreTargets(preparation, answers))).toBeLessThan(1e-6);
    expect(found.at(-1)).toBe(0);
    expect(found.at(-2)).toBeCloseTo(Math.max(...prices) * 1.5 - Math.min(...prices) * 0.5, 3);
  }
});

test("only what the columns need is written, and an image beside other columns is refused", () => {
  const text = writeJs(featureModel([readColumn(numberColumn("n", [1, 2]), { as: "number" })]), {
    name: "m",
    version: "1",
  });
  expect(text).not.toMatch(/daysOf|clockOf|keyOf|hand\(/);
  const image: Column = { kind: "number", name: "image", values: ndarray([1, 2, 3, 4], [2, 2]) };
  const mixed = featureModel([image, numberColumn("n", [1, 2])]);
  expect(thrown(() => writeJs(mixed, { name: "m", version: "1" })).code).toBe("js/columns");
});

test("layers of Keras do not bring back a log scale, so that it is refused by name", () => {
  const plain = featureModel([numberColumn("x", [1, 2, 3])]);
  const target = { kind: "number", name: "price", mean: 1, deviation: 1, scale: "log", most: 9 } as const;
  const error = thrown(() => writeTfjs({ ...plain, preparation: { ...plain.preparation, target } }, "m"));
  expect(error.code).toBe("keras/write");
  expect(error.message).toContain("the target price on a log scale");
});
