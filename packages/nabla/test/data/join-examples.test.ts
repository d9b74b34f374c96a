import { expect, test } from "vitest";
import { ndarray, takeRows } from "../../src/array/ndarray.ts";
import { type Examples, type StoredExamples, takeExamples } from "../../src/data/examples.ts";
import { joinExamples } from "../../src/data/join-examples.ts";

const examples = (from: number, rows: number): Examples => ({
  rows,
  inputs: ndarray(
    Float32Array.from({ length: 2 * rows }, (_, i) => from + i),
    [rows, 2],
  ),
  targets: ndarray(
    Int32Array.from({ length: rows }, (_, row) => (from + row) % 2),
    [rows],
  ),
  classes: ["even", "odd"],
});

test("rows of the second part follow those of the first, in memory or read from where they are", () => {
  const [a, b] = [examples(0, 3), examples(100, 2)];
  const stored: StoredExamples = {
    ...a,
    inputs: { dtype: "float32", shape: [3, 2] },
    read: (indices, into) => void takeRows(a.inputs, indices, into),
  };
  const all = [0, 1, 2, 3, 4, 5, 100, 101, 102, 103];
  const both = joinExamples(a, b);
  expect([both.rows, both.classes, both.inputs.shape]).toEqual([5, a.classes, [5, 2]]);
  expect(Array.from(both.inputs.data)).toEqual(all);
  expect(Array.from(both.targets.data)).toEqual([0, 1, 0, 0, 1]);
  for (const order of [[0, 1, 2, 3, 4], [4, 0, 3], [1]]) {
    const [read, taken] = [joinExamples(stored, b), both].map((one) => takeExamples(one, order));
    expect(read).toEqual(taken);
  }
  expect(joinExamples(stored, b).inputs).toEqual({ dtype: "float32", shape: [5, 2] });
});

test("parts that are not alike, and masks of positions, are refused", () => {
  const a = examples(0, 3);
  const narrow = { ...examples(0, 2), inputs: ndarray(new Float32Array(2), [2, 1]) };
  expect(() => joinExamples(a, narrow)).toThrow("rows of float32 [1] cannot follow rows of float32 [2]");
  const mask = ndarray(new Float32Array(3), [3, 1]);
  expect(() => joinExamples({ ...a, mask }, examples(0, 2))).toThrow("masks of positions cannot be joined");
});
