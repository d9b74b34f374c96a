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

test("a rare class is no reason for a warning until its rows can hardly be where they are by chance", () => {
  const total = 500;
  const x = normal(seedKey(3), total);
  const order = [...x.keys()].sort((a, b) => (x[b] ?? 0) - (x[a] ?? 0));
  const topOf = (many: number): Table => {
    const top = new Set(order.slice(0, many));
    return table(
      [numberColumn("x", x), numberColumn("other", normal(seedKey(4), total))],
      categoryColumn(
        "fraud",
        Array.from(x, (_, row) => (top.has(row) ? "yes" : "no")),
      ),
    );
  };
  for (const many of [1, 2, 3, 4]) expect(leakage(topOf(many)).leaks).toEqual([]);
  expect(leakage(topOf(8)).leaks.map(({ name }) => name)).toEqual(["x"]);
  // 6 of 50 rows lie in one of 15,890,700 orders, which among 50 features is no proof
  const some = normal(seedKey(5), 50);
  const six = new Set([...some.keys()].sort((a, b) => (some[b] ?? 0) - (some[a] ?? 0)).slice(0, 6));
  const rare = categoryColumn(
    "t",
    Array.from(some, (_, row) => (six.has(row) ? "yes" : "no")),
  );
  const others = Array.from({ length: 49 }, (_, i) => numberColumn(`o${i}`, normal(seedKey(100 + i), 50)));
  expect(leakage(table([numberColumn("x", some), ...others], rare)).leaks).toEqual([]);
});

test("of many leaks ten are named, and the others counted", () => {
  const copies = Array.from({ length: 44 }, (_, i) =>
    numberColumn(
      `copy${String(i).padStart(2, "0")}`,
      normal(seedKey(i), rows).map((value, row) => 10 * (codes[row] ?? 0) + value),
    ),
  );
  const { leaks, summary } = leakage(table([...columns, ...copies], target));
  expect(leaks).toHaveLength(44);
  expect(summary.match(/copy\d\d/g)).toHaveLength(10);
  expect(summary).toMatch(/, copy\d\d and 34 more \(each alone reaches an AUC of \d\.\d+ or more\) may leak state$/);
});

test("noisy copies of a number are noticed, one or two; what explains as much together with all others is not", () => {
  const price = normal(seedKey(20), 500);
  const noisy = (name: string, seed: number, off: number) =>
    numberColumn(
      name,
      normal(seedKey(seed), 500).map((value, row) => 1.19 * (price[row] ?? 0) + off * value),
    );
  const honest = [1, 2, 3].map((i) => noisy(`size${i}`, 30 + i, 1.5));
  const leaked = (...more: Table["columns"]): readonly string[] =>
    leakage(table([...honest, ...more], numberColumn("price", price))).leaks.map(({ name }) => name);
  expect(leaked()).toEqual([]);
  expect(leaked(noisy("gross", 40, 0.2))).toEqual(["gross"]);
  expect(leaked(noisy("gross", 40, 0.2), noisy("net", 41, 0.2)).toSorted()).toEqual(["gross", "net"]);
  const family = [50, 51, 52, 53, 54].map((seed) => noisy(`length${seed}`, seed, 0.2));
  expect(leaked(...family)).toEqual([]);
});

test("a number of the rows of a sorted file is named as one", () => {
  const sorted = Array.from(codes).sort((a, b) => a - b);
  const state = categoryColumn(
    "state",
    sorted.map((code) => (code === 1 ? "well" : "ill")),
  );
  const number = numberColumn(
    "sample_no",
    sorted.map((_, row) => 1000 + 3 * row),
  );
  const { leaks, summary } = leakage(table([...columns, number], state));
  expect(leaks.map(({ name }) => name)).toEqual(["sample_no"]);
  expect(summary).toContain("it numbers the rows, which are sorted by state");
});
