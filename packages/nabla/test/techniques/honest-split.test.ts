import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import { foldRows } from "../../src/data/folds.ts";
import { type LearningParts, seal } from "../../src/data/seal.ts";
import { type SplitRows, split, splitRows, type TableParts } from "../../src/data/split.ts";
import { categoryColumn, identityCodes, numberColumn, table } from "../../src/data/table.ts";
import type { Job } from "../../src/train/job.ts";
import { thrown } from "../data/thrown.ts";

const PARTS = ["train", "dev", "test"] as const;
const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/** The parts as one list, which must be every row once. */
function partOf(given: SplitRows, options: Parameters<typeof splitRows>[1]): Uint8Array {
  const found = splitRows(given, options);
  const parts = new Uint8Array(given.rows).fill(9);
  for (const [part, name] of PARTS.entries())
    for (const row of found[name]) {
      expect(parts[row]).toBe(9);
      parts[row] = part;
    }
  expect(parts.includes(9)).toBe(false);
  return parts;
}

test("A1 parts by groups, times and sources are disjoint and complete, and none that is wanted is empty", () => {
  fc.assert(
    fc.property(fc.integer({ min: 12, max: 400 }), fc.nat(), fc.integer({ min: 4, max: 60 }), (rows, seed, many) => {
      const codes = Int32Array.from({ length: rows }, (_, row) => (row < many ? row : (row * row + seed) % many));
      for (const given of [{ groups: codes }, { times: codes }, { sources: codes }]) {
        const parts = partOf({ rows, ...given }, { seed });
        expect(new Set(parts)).toEqual(new Set([0, 1, 2]));
      }
    }),
    { seed: 1, numRuns: 60 },
  );
});

describe("A4 the test part under seal", () => {
  const data = table(
    [
      numberColumn(
        "x",
        range(20).map((i) => 1000 + i),
      ),
    ],
    categoryColumn(
      "y",
      range(20).map((i) => `c${i % 2}`),
    ),
  );

  test("A4 what may be learned from has no test part, neither in its type nor in its numbers", () => {
    const { learning, test: sealed } = seal(split(data, { seed: 3 }));
    const tune = (parts: LearningParts): number => parts.train.rows + parts.dev.rows;
    expect(tune(learning)).toBe(16);
    // @ts-expect-error parts that carry a test part are refused
    tune(split(data, { seed: 3 }) as TableParts & { readonly test: TableParts["train"] });
    expectTypeOf<Job>().not.toHaveProperty("test");
    expectTypeOf<LearningParts["test"]>().toEqualTypeOf<undefined>();
    const marked = (value: unknown): readonly number[] => numbersIn(value).filter((number) => number >= 1000);
    const hidden = marked(split(data, { seed: 3 }).test);
    const shown = marked(learning);
    expect([hidden.length, shown.length]).toEqual([4, 16]);
    expect(shown.filter((value) => hidden.includes(value))).toEqual([]);
    expect(numbersIn(sealed)).toEqual([0]); // the peeks are all that can be read from outside
    expect(JSON.stringify(sealed)).toBe("{}");
  });

  test("A4 opening it is counted", () => {
    const { test: sealed } = seal(split(data, { seed: 3 }));
    expect(sealed.evaluations).toBe(0);
    expect([sealed.open().rows, sealed.open().rows, sealed.evaluations]).toEqual([4, 4, 2]);
  });

  test("A7 a sealed part that is not there says what is lost, and is not counted as opened", () => {
    const { learning, test: sealed } = seal(split(data, { seed: 3, fractions: { test: 0 } }));
    expect(learning.policy.reason).toContain("no unbiased estimate");
    const error = thrown(() => sealed.open());
    expect([error.code, sealed.evaluations]).toEqual(["data/no-test", 0]);
    expect(error.message).toContain("no unbiased estimate");
  });
});

/** Every number that can be reached from a value. */
function numbersIn(value: unknown, seen = new Set<unknown>()): readonly number[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  const getters = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(value)))
    .filter(([name, { get }]) => get !== undefined && name !== "__proto__")
    .map(([name]) => Reflect.get(value, name) as unknown);
  return [...Object.values(value), ...getters].flatMap((inner) => numbersIn(inner, seen));
}

/** Upper tail of chi-square by Wilson and Hilferty's cube root, good to a few percent. */
function chiSquareTail(statistic: number, freedom: number): number {
  const z = (Math.cbrt(statistic / freedom) - 1 + 2 / (9 * freedom)) / Math.sqrt(2 / (9 * freedom));
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z > 0 ? tail : 1 - tail;
}

function sourceTest(parts: ArrayLike<number>, sources: ArrayLike<number>, many: number): number {
  const counts = Array.from({ length: 3 }, () => new Float64Array(many));
  for (let row = 0; row < sources.length; row++) {
    const list = counts[parts[row] ?? 0];
    if (list !== undefined) list[sources[row] ?? 0] = (list[sources[row] ?? 0] ?? 0) + 1;
  }
  const sums = counts.map((list) => list.reduce((a, b) => a + b));
  let statistic = 0;
  for (let source = 0; source < many; source++) {
    const all = counts.reduce((sum, list) => sum + (list[source] ?? 0), 0);
    for (const [part, list] of counts.entries()) {
      const expected = (all * (sums[part] ?? 0)) / sources.length;
      statistic += ((list[source] ?? 0) - expected) ** 2 / expected;
    }
  }
  return chiSquareTail(statistic, 2 * (many - 1));
}

test("A6 mixing makes sources one distribution: their shares in all parts pass a chi-square test", () => {
  for (let seed = 0; seed < 20; seed++) {
    const names = range(1000).map((i) => (i < 700 ? "web" : i < 950 ? "phone" : "scan"));
    const target = categoryColumn(
      "class",
      range(1000).map((i) => `c${(i * 7) % 5}`),
    );
    const data = table([numberColumn("row", range(1000)), categoryColumn("source", names)], target);
    const parts = split(data, { seed, mix: true, by: "source" });
    const where = new Uint8Array(1000);
    for (const [part, name] of PARTS.entries()) {
      const [column] = parts[name]?.columns ?? [];
      if (column?.kind === "number") for (const row of column.values.data) where[row] = part;
    }
    const sources = identityCodes(categoryColumn("source", names));
    expect(sourceTest(where, sources, 3)).toBeGreaterThan(0.9);
    expect(parts.policy.reason).toContain("each source has the same share of every part");
  }
});

test("A6 the notes' mismatch, web pictures for train and phone pictures for dev and test, fails that test", () => {
  const sources = Int32Array.from({ length: 1000 }, (_, row) => (row < 600 ? 0 : 1));
  const literal = Uint8Array.from({ length: 1000 }, (_, row) => (row < 600 ? 0 : row < 800 ? 1 : 2));
  expect(sourceTest(literal, sources, 2)).toBeLessThan(1e-6);
});

test("A9 a group never stands in two parts, and sizes are as near to those wanted as groups allow", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 8, maxLength: 80 }),
      fc.nat(),
      fc.boolean(),
      (groupSizes, seed, withClasses) => {
        const groups = groupSizes.flatMap((size, g) => new Array<number>(size).fill(g));
        const rows = groups.length;
        const classes = withClasses ? { classes: groups.map((g) => g % 3) } : {};
        const parts = partOf({ rows, groups, ...classes }, { seed });
        const homes = new Map<number, number>();
        for (const [row, group] of groups.entries()) {
          expect(homes.get(group) ?? parts[row]).toBe(parts[row]);
          homes.set(group, parts[row] ?? 9);
        }
        const largest = Math.max(...groupSizes);
        for (const [part, share] of [0.6, 0.2, 0.2].entries()) {
          const size = parts.filter((found) => found === part).length;
          expect(Math.abs(size - share * rows)).toBeLessThanOrEqual(largest);
        }
      },
    ),
    { seed: 5, numRuns: 150 },
  );
});

test("A9 groups whose sizes allow it give the exact sizes, and rows without a group are groups by themselves", () => {
  const groups = [...new Array<number>(50).fill(-1), ...range(50).map((i) => Math.floor(i / 5))];
  const parts = partOf({ rows: 100, groups }, { seed: 2 });
  expect([0, 1, 2].map((part) => parts.filter((found) => found === part).length)).toEqual([60, 20, 20]);
});

test("A9 groups of one class each still give every part every class", () => {
  for (let seed = 0; seed < 10; seed++) {
    const groups = range(300).map((row) => Math.floor(row / 10));
    const classes = groups.map((group) => (group < 6 ? 1 : 0));
    const parts = partOf({ rows: 300, groups, classes }, { seed });
    for (const part of [0, 1, 2]) {
      const own = range(300).filter((row) => parts[row] === part);
      const share = own.filter((row) => classes[row] === 1).length / own.length;
      expect(share).toBeGreaterThan(0.1);
      expect(share).toBeLessThan(0.4);
    }
  }
});

test("A9 in the order of time train lies before dev and dev before test, and one moment stays together", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 10, maxLength: 300 }), (times) => {
      fc.pre(new Set(times).size >= 3);
      const found = splitRows({ rows: times.length, times }, { seed: 1 });
      const [train, dev, after] = PARTS.map((name) => Array.from(found[name], (row) => times[row] ?? 0)) as [
        number[],
        number[],
        number[],
      ];
      expect(Math.max(...train)).toBeLessThan(Math.min(...dev));
      expect(Math.max(...dev)).toBeLessThan(Math.min(...after));
      expect(train.length + dev.length + after.length).toBe(times.length);
    }),
    { seed: 6, numRuns: 200 },
  );
  const exact = splitRows({ rows: 100, times: range(100).map((i) => (i * 37) % 100) }, { seed: 1 });
  expect([exact.train.length, exact.dev.length, exact.test.length]).toEqual([60, 20, 20]);
});

test("A2 few rows: folds hold every row out once, keep class shares within one row, and tear no group", () => {
  const classes = range(97).map((i) => (i % 4 === 0 ? 1 : 0));
  const folds = foldRows({ rows: 97, classes }, { folds: 5, seed: 3 });
  expect(folds.flatMap(({ held }) => [...held]).sort((a, b) => a - b)).toEqual(range(97));
  for (const { learn, held } of folds) {
    expect([...learn, ...held].sort((a, b) => a - b)).toEqual(range(97));
    const share = (25 * held.length) / 97;
    expect(Math.abs(held.filter((row) => classes[row] === 1).length - share)).toBeLessThan(1);
  }
  const groups = range(97).map((i) => i % 20);
  for (const { learn, held } of foldRows({ rows: 97, groups }, { folds: 5, seed: 3 })) {
    const outside = new Set(Array.from(held, (row) => groups[row]));
    expect([...learn].some((row) => outside.has(groups[row] ?? 0))).toBe(false);
    expect(Math.abs(held.length - 97 / 5)).toBeLessThan(3);
  }
});

describe("bad input", () => {
  const data = table([
    numberColumn("day", range(10)),
    categoryColumn(
      "patient",
      range(10).map((i) => `p${i % 2}`),
    ),
  ]);

  test("a column that does not exist names the nearest", () => {
    const error = thrown(() => split(data, { seed: 1, group: "pateint" }));
    expect([error.code, error.message]).toEqual(["data/missing-column", 'there is no column "pateint"']);
    expect(error.hint).toMatch(/nearest names are patient/);
  });

  test("fewer groups or moments than parts", () => {
    const error = thrown(() => split(data, { seed: 1, group: "patient" }));
    expect([error.code, error.message]).toEqual([
      "data/empty-part",
      "2 groups cannot fill 3 parts, since a group is never split",
    ]);
    const late = thrown(() => splitRows({ rows: 10, times: new Array(10).fill(4) }, { seed: 1 }));
    expect([late.code, late.message]).toEqual([
      "data/empty-part",
      "1 moment cannot fill 3 parts, since rows of the same time stay together",
    ]);
  });

  test("names for times, a missing time, two ways at once, folds in time, too many folds", () => {
    expect(thrown(() => split(data, { seed: 1, time: "patient" })).code).toBe("data/not-numeric");
    const missing = thrown(() => splitRows({ rows: 4, times: [1, Number.NaN, 3, 4] }, { seed: 1 }));
    expect([missing.code, missing.message]).toEqual(["data/missing", "the time is missing in 1 row, row 1 the first"]);
    const both = thrown(() => split(data, { seed: 1, time: "day", by: "patient" }));
    expect([both.code, both.message]).toEqual([
      "data/split-both",
      "rows can be split by times or sources, not by both at once",
    ]);
    expect(thrown(() => foldRows({ rows: 10, times: range(10) }, { folds: 5, seed: 1 })).code).toBe(
      "data/folds-in-time",
    );
    expect(thrown(() => foldRows({ rows: 3 }, { folds: 5, seed: 1 })).message).toContain("3 rows");
    expect(thrown(() => foldRows({ rows: 3 }, { folds: 1, seed: 1 })).message).toContain("received 1");
  });
});
