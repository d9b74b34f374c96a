import { expect, test } from "vitest";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { split } from "../../src/data/split.ts";
import { categoryColumn, numberColumn, type Table, table, takeTable } from "../../src/data/table.ts";
import { duplicates } from "../../src/diagnose/duplicates.ts";
import { thrown } from "../data/thrown.ts";
import { cloud } from "./samples.ts";

/** The table with some rows replaced by (nearly) others. */
function planted(data: Table, copies: readonly (readonly [from: number, to: number])[], off = 0): Table {
  const order = Array.from({ length: data.rows }, (_, row) => copies.find(([, to]) => to === row)?.[0] ?? row);
  const taken = takeTable(data, order);
  const columns = taken.columns.map((column, c) => {
    if (column.kind !== "number") return column;
    const values = Float64Array.from(column.values.data);
    for (const [, to] of copies) values[to] = (values[to] ?? 0) + off * (c % 2 === 0 ? 1 : -1);
    return numberColumn(column.name, values);
  });
  return table(columns);
}

const halves = (data: Table) => ({
  train: takeTable(
    data,
    Uint32Array.from({ length: 600 }, (_, i) => i),
  ),
  dev: takeTable(
    data,
    Uint32Array.from({ length: 200 }, (_, i) => 600 + i),
  ),
  test: takeTable(
    data,
    Uint32Array.from({ length: 200 }, (_, i) => 800 + i),
  ),
});

test("A9 rows that stand in two parts are reported with their numbers, also between dev and test", () => {
  const found = duplicates(
    halves(
      planted(cloud(1000), [
        [5, 610],
        [77, 999],
        [650, 850],
      ]),
    ),
  );
  expect([found.exact, found.near, found.suspicious, found.complete]).toEqual([3, 0, true, true]);
  expect(found.pairs).toEqual([
    { kind: "exact", parts: ["train", "dev"], rows: [5, 10] },
    { kind: "exact", parts: ["dev", "test"], rows: [50, 50] },
    { kind: "exact", parts: ["train", "test"], rows: [77, 199] },
  ]);
  expect(found.summary).toContain("row 10 of dev is row 5 of train");
});

test("A9 rows that nearly stand in two parts are found too, and rows further apart are not", () => {
  const copies = [
    [5, 610],
    [77, 999],
  ] as const;
  const near = duplicates(halves(planted(cloud(1000), copies, 0.008)));
  expect([near.exact, near.near, near.suspicious]).toEqual([0, 2, true]);
  expect(near.pairs[0]).toEqual({ kind: "near", parts: ["train", "dev"], rows: [5, 10] });
  const apart = duplicates(halves(planted(cloud(1000), copies, 0.05)));
  expect([apart.exact, apart.near, apart.suspicious, apart.try]).toEqual([0, 0, false, ""]);
  expect(duplicates(halves(planted(cloud(1000), copies, 0.05)), { tolerance: 0.06 }).near).toBe(2);
});

test("A9 rows are named by their numbers in the file where these are given", () => {
  const data = planted(cloud(1000), [[5, 610]]);
  const rows = { train: Uint32Array.from({ length: 600 }, (_, i) => 2 + 3 * i) };
  expect(duplicates(halves(data), { rows }).pairs[0]?.rows).toEqual([17, 10]);
});

test("one healthy table, divided at random, is not suspicious for any seed", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { train, dev, test: last } = split(cloud(500, { seed, columns: 4 }), { seed });
    expect(duplicates({ train, dev, ...(last === undefined ? {} : { test: last }) }).suspicious).toBe(false);
  }
});

test("rows that are close because all rows are, and names of few levels that repeat by chance, are not suspicious", () => {
  const draws = normal(fork(seedKey(3), "line"), 1000);
  const line = halves(
    table([
      numberColumn("x", draws),
      numberColumn(
        "y",
        draws.map((x) => 2 * x),
      ),
    ]),
  );
  expect(duplicates(line).near).toBeGreaterThan(100);
  expect(duplicates(line).suspicious).toBe(false);
  const names = (of: number, step: number) =>
    Array.from({ length: 1000 }, (_, i) => `${(i * step + ((i * i) % 7)) % of}`);
  const coarse = halves(
    table([categoryColumn("a", names(5, 3)), categoryColumn("b", names(4, 1)), categoryColumn("c", names(6, 5))]),
  );
  const found = duplicates(coarse);
  expect(found.exact).toBeGreaterThan(100);
  expect([found.suspicious, found.try]).toEqual([false, ""]);
  expect(found.summary).toContain("expected by chance");
  expect(found.pairs.length).toBeLessThanOrEqual(1000);
});

test("missing values and minus zero: alike is alike", () => {
  const part = (values: readonly number[], name: string) =>
    table([numberColumn("x", values), numberColumn("y", [3, 4, 5]), categoryColumn("c", ["a", null, name])]);
  const found = duplicates({ train: part([Number.NaN, 0, 1], "a"), dev: part([Number.NaN, -0, 1], "b") });
  expect(found.pairs.map(({ rows }) => rows)).toEqual([
    [0, 0],
    [1, 1],
  ]);
});

test("bad input", () => {
  const other = table([numberColumn("z", [1, 2])]);
  expect(thrown(() => duplicates({ train: cloud(5), dev: other })).code).toBe("data/missing-column");
  expect(thrown(() => duplicates({ train: cloud(5) }, { tolerance: -1 })).message).toContain("received -1");
});
