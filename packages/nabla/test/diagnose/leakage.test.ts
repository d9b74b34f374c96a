import { expect, test } from "vitest";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { categoryColumn, numberColumn, type Table, table } from "../../src/data/table.ts";
import { leakage } from "../../src/diagnose/leakage.ts";
import { thrown } from "../data/thrown.ts";
import { twoClasses } from "./samples.ts";

const { columns, target, rows } = twoClasses(600);
const codes = target?.kind === "category" ? target.codes : new Int32Array(rows);
const noise = normal(fork(seedKey(2), "leak"), rows);
const withColumn = (column: Table["columns"][number]): Table => table([...columns, column], target);

test("a healthy table has no leak, and says which features tell most", () => {
  const found = leakage(table(columns, target));
  expect(found.leaks).toEqual([]);
  expect([found.measure, found.best[0]?.name, found.try]).toEqual(["AUC", "x0", ""]);
  expect(found.best[0]?.score).toBeGreaterThan(0.7);
  expect(found.best[0]?.score).toBeLessThan(0.9);
  expect(found.best[1]?.score).toBeLessThan(0.6);
});

test("a copy of the answer is found as a number, as names, and where only its absence tells", () => {
  const copies = [
    numberColumn(
      "discharged",
      Float64Array.from(codes, (code, i) => code * 10 + (noise[i] ?? 0)),
    ),
    categoryColumn(
      "ward",
      Array.from(codes, (code) => (code === 1 ? "A" : "B")),
    ),
    numberColumn(
      "dose",
      Float64Array.from(codes, (code, i) => (code === 1 ? Number.NaN : (noise[i] ?? 0))),
    ),
    numberColumn(
      "odd",
      Float64Array.from(codes, (code, i) => 2 * Math.round(5 * (noise[i] ?? 0)) + code),
    ), // not monotone
  ];
  for (const column of copies.slice(0, 3)) {
    const found = leakage(withColumn(column));
    expect(found.leaks.map(({ name }) => name)).toEqual([column.name]);
    expect(found.leaks[0]?.score).toBeGreaterThan(0.999);
    expect(found.summary).toMatch(
      new RegExp(`^column ${column.name} \\(alone it reaches an AUC of .*\\) may leak state$`),
    );
  }
  expect(leakage(withColumn(copies[3] as Table["columns"][number])).leaks[0]?.name).toBe("odd");
});

test("a feature far above all others is suspicious, one among equals is not", () => {
  const close = (name: string, seed: number) => {
    const own = normal(fork(seedKey(seed), "close"), rows);
    return numberColumn(
      name,
      Float64Array.from(codes, (code, i) => code * 3.6 + (own[i] ?? 0)),
    );
  };
  const lone = leakage(withColumn(close("a", 5)), { copy: 1 });
  expect(lone.leaks.map(({ name }) => name)).toEqual(["a"]);
  expect(lone.leaks[0]?.because).toContain("next best feature");
  const twins = leakage(table([...columns, close("a", 5), close("b", 6)], target), { copy: 1 });
  expect(twins.leaks).toEqual([]);
});

test("numbers to predict: R², and a law of nature with noise is no leak", () => {
  const x = normal(seedKey(8), 500);
  const y = x.map((value, i) => 3 * value + (noise[i] ?? 0));
  const honest = leakage(table([numberColumn("x", x)], numberColumn("y", y)));
  expect([honest.measure, honest.leaks]).toEqual(["R²", []]);
  expect(honest.best[0]?.score).toBeGreaterThan(0.8);
  const inDollars = numberColumn(
    "dollars",
    y.map((value) => value * 1.1),
  );
  const found = leakage(table([numberColumn("x", x), inDollars], numberColumn("y", y)), { suspicious: 0.95 });
  expect(found.leaks.map(({ name }) => name)).toEqual(["dollars"]);
});

test("one pixel of a picture that shows the class is found by its place", () => {
  const images = new Float32Array(rows * 9);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < 9; i++) images[row * 9 + i] = i === 4 ? (codes[row] ?? 0) : (row * (i + 7)) % 11;
  const image = numberColumn("image", { dtype: "float32", shape: [rows, 3, 3], data: images });
  expect(leakage(table([image], target)).leaks.map(({ name }) => name)).toEqual(["image[4]"]);
});

test("no target, and few rows", () => {
  expect(thrown(() => leakage(table(columns))).code).toBe("data/no-target");
  const few = table([numberColumn("x", [0, 1, 0, 1])], categoryColumn("y", ["a", "b", "a", "b"]));
  expect(leakage(few).leaks).toEqual([]);
  expect(thrown(() => leakage(few, { copy: 2 })).message).toContain("received 2");
});
