import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { split, splitRows } from "../../src/data/split.ts";
import { categoryColumn, numberColumn, table } from "../../src/data/table.ts";
import { thrown } from "./thrown.ts";

const numbered = (rows: number) =>
  table([
    numberColumn(
      "row",
      Float64Array.from({ length: rows }, (_, i) => i),
    ),
  ]);

function rowNumbers(part: { columns: readonly unknown[] } | undefined): readonly number[] {
  const [column] = part?.columns ?? [];
  return [...((column as { values: { data: Float64Array } } | undefined)?.values.data ?? [])];
}

describe("split", () => {
  it("A1 parts are disjoint, their union is the input, and train is the largest for every n from 3", () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 3000 }), fc.nat(), fc.boolean(), (rows, seed, classes) => {
        const codes = Int32Array.from({ length: rows }, (_, i) => (i * i) % 7);
        const { train, dev, test } = splitRows(classes ? { rows, classes: codes } : { rows }, { seed });
        const all = [...train, ...dev, ...test].sort((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: rows }, (_, i) => i));
        expect(train.length).toBeGreaterThan(Math.max(dev.length, test.length));
      }),
      { seed: 3 },
    );
  });

  it("A1 split of a table moves whole rows", () => {
    const parts = split(numbered(50), { seed: 1 });
    const all = [parts.train, parts.dev, parts.test].flatMap(rowNumbers);
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect([parts.train.rows, parts.dev.rows, parts.test?.rows]).toEqual([30, 10, 10]);
  });

  it("A7 no test part is fine, and the policy says what is lost", () => {
    const parts = split(numbered(100), { seed: 1, fractions: { test: 0 } });
    expect([parts.train.rows, parts.dev.rows, parts.test]).toEqual([75, 25, undefined]);
    expect(parts.policy.reason).toContain("no unbiased estimate");
  });

  it("A8 a two-way split calls the second part dev, never test", () => {
    const parts = split(numbered(10), { seed: 1, fractions: { train: 0.8, dev: 0.2, test: 0 } });
    expect(Object.keys(parts)).toEqual(["train", "dev", "policy"]);
    expect(parts.dev.rows).toBe(2);
  });

  it("A9 class shares in every part are within one row, for any class sizes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 2, maxLength: 12 }),
        fc.nat(),
        (sizes, seed) => {
          const names = sizes.flatMap((size, c) => new Array<string>(size).fill(`c${c}`));
          fc.pre(names.length >= 4);
          const target = categoryColumn("class", names);
          const parts = splitRows({ rows: names.length, classes: target.codes }, { seed });
          for (const part of [parts.train, parts.dev, parts.test]) {
            for (const [code, level] of target.levels.entries()) {
              const size = names.filter((name) => name === level).length;
              const inPart = part.reduce((sum, row) => sum + (target.codes[row] === code ? 1 : 0), 0);
              expect(Math.abs(inPart - (size * part.length) / names.length)).toBeLessThan(1);
            }
          }
        },
      ),
      { seed: 4 },
    );
  });

  it("is stratified by a category target unless told otherwise", () => {
    const target = categoryColumn(
      "class",
      Array.from({ length: 100 }, (_, i) => (i < 5 ? "rare" : "common")),
    );
    const data = table(
      [
        numberColumn(
          "row",
          Float64Array.from({ length: 100 }, (_, i) => i),
        ),
      ],
      target,
    );
    const rare = (seed: number, stratify: boolean) =>
      rowNumbers(split(data, { seed, stratify }).dev).filter((row) => row < 5).length;
    const seeds = Array.from({ length: 30 }, (_, seed) => seed);
    expect(new Set(seeds.map((seed) => rare(seed, true)))).toEqual(new Set([1]));
    expect(new Set(seeds.map((seed) => rare(seed, false))).size).toBeGreaterThan(1);
  });

  it("gives the same parts for the same seed and others for another", () => {
    const parts = (seed: number) => rowNumbers(split(numbered(200), { seed }).dev);
    expect(parts(7)).toEqual(parts(7));
    expect(parts(7)).not.toEqual(parts(8));
  });

  it("refuses rows too few to split, and names the number", () => {
    const error = thrown(() => split(numbered(1), { seed: 1 }));
    expect(error.code).toBe("data/few-rows");
    expect(error.message).toContain("1 row ");
  });

  it("keeps the parts that rows come in, and splits dev off train where there is none", () => {
    const parts = [2, 0, 1, 0, 0, 1, 2, 0, 0, 0, 0, 0];
    const given = splitRows({ rows: 12, parts }, { seed: 1 });
    expect([given.train, given.dev, given.test].map((part) => [...part])).toEqual([
      [1, 3, 4, 7, 8, 9, 10, 11],
      [2, 5],
      [0, 6],
    ]);
    expect(given.policy).toEqual({
      fractions: { train: 0.666666666667, dev: 0.166666666667, test: 0.166666666667 },
      reason: "12 rows: the parts that the data comes in",
    });
    const classes = [0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1];
    const rest = splitRows({ rows: 12, classes, parts: parts.map((part) => (part === 1 ? 0 : part)) }, { seed: 4 });
    expect([...rest.test]).toEqual([0, 6]);
    // 75/25 of 10 rows, with half of each class
    expect([...rest.train, ...rest.dev].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10, 11]);
    expect([rest.train.length, rest.dev.length]).toEqual([8, 2]);
    expect([...rest.dev].map((row) => classes[row]).sort()).toEqual([0, 1]);
    const untested = splitRows({ rows: 4, parts: [0, 0, 1, 1] }, { seed: 1 });
    expect(untested.policy.reason).toContain("without a test set there is no unbiased estimate");
  });

  it("refuses parts together with what asks for others, and rows without a part", () => {
    const parts = [0, 0, 1];
    const code = (call: () => unknown): string => thrown(call).code;
    expect(code(() => splitRows({ rows: 3, parts }, { seed: 1, fractions: { test: 0 } }))).toBe("data/split-both");
    expect(code(() => splitRows({ rows: 3, parts, groups: [0, 1, 2] }, { seed: 1 }))).toBe("data/split-both");
    const wrong = thrown(() => splitRows({ rows: 3, parts: [0, 3, 1] }, { seed: 1 }));
    expect([wrong.code, wrong.message]).toEqual([
      "data/empty-part",
      "3 rows come in parts of 1, 1 and 0 for train, dev and test",
    ]);
    expect(code(() => splitRows({ rows: 2, parts: [1, 2] }, { seed: 1 }))).toBe("data/empty-part");
    expect(code(() => splitRows({ rows: 2, parts: [0, 2] }, { seed: 1 }))).toBe("data/few-rows");
  });
});
