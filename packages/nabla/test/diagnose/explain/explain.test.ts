/** Explanations of functions whose truth is known. */
import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../../src/array/ndarray.ts";
import { seedKey, uniform } from "../../../src/base/random.ts";
import { preparedInputs } from "../../../src/data/apply-preparation.ts";
import type { ColumnPreparation, Preparation } from "../../../src/data/preparation.ts";
import { prepare } from "../../../src/data/prepare.ts";
import { categoryColumn, numberColumn, table } from "../../../src/data/table.ts";
import { columnEffect } from "../../../src/diagnose/explain/column-effect.ts";
import { columnGroups } from "../../../src/diagnose/explain/column-groups.ts";
import { columnImportance } from "../../../src/diagnose/explain/column-importance.ts";
import { explainPrediction } from "../../../src/diagnose/explain/explain-prediction.ts";

const rows = 400;
const draws = uniform(seedKey(5), 3 * rows);
const a = Array.from({ length: rows }, (_, i) => 10 * (draws[i] ?? 0));
const b = Array.from({ length: rows }, (_, i) => 10 * (draws[rows + i] ?? 0));
const names = Array.from({ length: rows }, (_, i) => ["x", "y", "z"][i % 3] ?? "x");
const columns = table(
  [numberColumn("a", a), numberColumn("b", b), categoryColumn("name", names)],
  numberColumn("t", a),
);
const preparation = straight(prepare.fit(columns));
const inputs = preparedInputs(preparation, columns);
const groups = columnGroups(preparation);
const width = inputs.shape[1] ?? 0;

/** Without what bends the far ends of a column. */
function straight(fit: Preparation): Preparation {
  const unbent = fit.columns.map((column): ColumnPreparation => {
    if (column.kind !== "number") return column;
    const { clip: _, ...plain } = column;
    return plain;
  });
  return { ...fit, columns: unbent };
}

/** A network that answers by a function of the inputs of a row. */
const answering =
  (outputs: (row: ArrayLike<number>) => readonly number[]) =>
  async ({ data, shape }: NdArray): Promise<NdArray> => {
    const found = Array.from({ length: shape[0] ?? 0 }, (_, i) => outputs(data.subarray(i * width, (i + 1) * width)));
    return ndarray(Float64Array.from(found.flat()), [found.length, found[0]?.length ?? 1]);
  };

/** 3a + 5 where the name is y; b counts for nothing. */
const spread = (name: string): number => {
  const column = preparation.columns.find((one) => one.name === name);
  return column?.kind === "number" ? column.spread : Number.NaN;
};
const sum = answering((row) => [3 * spread("a") * (row[0] ?? 0) + 5 * (row[groups[2]?.from ?? 0] ?? 0)]);

test("groups are the columns with all of their inputs, one behind the other", () => {
  expect(groups.map(({ name }) => name)).toEqual(["a", "b", "name"]);
  expect(groups.map(({ from, to }) => [from, to])).toEqual([
    [0, 1],
    [1, 2],
    [2, 6],
  ]);
});

test("importance: twice the variance that a column gives, nothing for one that is not used", async () => {
  const targets = Array.from((await sum(inputs)).data);
  const found = await columnImportance(sum, { inputs, targets, task: "regression" }, groups, { repeats: 8 });
  expect(found.map(({ column }) => column)).toEqual(["a", "name", "b"]);
  const [first, second, none] = found;
  const mean = targets.reduce((total, value) => total + value, 0) / rows;
  const variance = targets.reduce((total, value) => total + (value - mean) ** 2, 0) / rows;
  // two independent draws of a variable are twice its variance apart: 9 · 100/12 and 25 · 2/9
  expect(first?.rise).toBeCloseTo((2 * 9 * (100 / 12)) / variance, 0);
  expect(second?.interval.from).toBeLessThan((2 * 25 * 2) / 9 / variance);
  expect(second?.interval.to).toBeGreaterThan((2 * 25 * 2) / 9 / variance);
  expect(none).toEqual({ column: "b", rise: 0, interval: { from: 0, to: 0 } });
});

test("importance of classes is the share of rows that go wrong", async () => {
  const classes = answering((row) => ((row[0] ?? 0) > 0 ? [0.1, 0.9] : [0.8, 0.2]));
  const targets = Array.from({ length: rows }, (_, i) => Number((inputs.data[i * width] ?? 0) > 0));
  const [first, ...others] = await columnImportance(classes, { inputs, targets, task: "classification" }, groups);
  expect(first?.column).toBe("a");
  expect(first?.rise).toBeGreaterThan(0.44);
  expect(first?.rise).toBeLessThan(0.56);
  expect(others.map(({ rise }) => rise)).toEqual([0, 0]);
});

test("effects: a line is a line, a column that is not used is flat, and each is 0 on average", async () => {
  const line = await columnEffect(sum, { preparation, table: columns, column: "a" });
  const [curve = []] = line.effects;
  expect(line.at).toHaveLength(17);
  expect([line.at[0], line.at.at(-1)]).toEqual([Math.min(...a), Math.max(...a)]);
  for (const [i, value] of curve.entries())
    expect(value - (curve[0] ?? 0)).toBeCloseTo(3 * ((line.at[i] ?? 0) - (line.at[0] ?? 0)), 3);
  expect(Math.abs(curve[8] ?? 9)).toBeLessThan(1.5);
  const flat = await columnEffect(sum, { preparation, table: columns, column: "b" });
  expect(Math.max(...(flat.effects[0] ?? [9]).map(Math.abs))).toBe(0);
  await expect(columnEffect(sum, { preparation, table: columns, column: "name" })).rejects.toMatchObject({
    code: "explain/column",
  });
});

test("effects are local: rows far from a value say nothing of it", async () => {
  // b follows a, and a product of both would be far off where they are set apart
  const twin = table([numberColumn("a", a), numberColumn("b", a), categoryColumn("name", names)], numberColumn("t", a));
  const learned = straight(prepare.fit(twin));
  const raw = (row: ArrayLike<number>, at: number, name: string): number => {
    const column = learned.columns.find((one) => one.name === name);
    return column?.kind === "number" ? (row[at] ?? 0) * column.spread + column.center : Number.NaN;
  };
  const apart = answering((row) => [Math.abs(raw(row, 0, "a") - raw(row, 1, "b")) > 2 ? 1000 : raw(row, 0, "a")]);
  const { effects, at } = await columnEffect(apart, { preparation: learned, table: twin, column: "a" });
  const [curve = []] = effects;
  expect((curve.at(-1) ?? 0) - (curve[0] ?? 0)).toBeCloseTo((at.at(-1) ?? 0) - (at[0] ?? 0), 1);
});

test("a prediction is taken apart exactly where columns add up, and shares sum to its distance from the mean", async () => {
  const at = 4;
  const row = inputs.data.subarray(at * width, (at + 1) * width);
  const found = await explainPrediction(sum, { row, others: inputs, groups }, { samples: 400 });
  const total = found.shares.reduce((all, { share }) => all + share, 0);
  expect(total).toBeCloseTo(found.value - found.base, 6);
  const share = (name: string) => found.shares.find(({ column }) => column === name);
  const mean = a.reduce((all, value) => all + value, 0) / rows;
  const expected = 3 * ((a[at] ?? 0) - mean);
  expect(share("a")?.interval.from).toBeLessThan(expected);
  expect(share("a")?.interval.to).toBeGreaterThan(expected);
  expect(share("b")?.share).toBe(0);
  // an interaction is halved between the two: a·b beside rows of zeros
  const product = answering((one) => [(one[0] ?? 0) * (one[1] ?? 0)]);
  const zeros = ndarray(new Float32Array(width), [1, width]);
  const halves = await explainPrediction(
    product,
    { row: [2, 3, 0, 0, 0, 0], others: zeros, groups },
    { samples: 1000 },
  );
  expect(halves.shares.find(({ column }) => column === "a")?.share).toBeCloseTo(3, 0);
  expect(halves.shares.find(({ column }) => column === "b")?.share).toBeCloseTo(3, 0);
});
