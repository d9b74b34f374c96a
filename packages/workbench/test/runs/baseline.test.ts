import { type Examples, ndarray } from "nabla";
import { expect, test } from "vitest";
import { baselineError } from "../../src/runs/baseline.ts";

const examples = (targets: Int32Array | Float32Array): Examples => ({
  rows: targets.length,
  inputs: ndarray(new Float32Array(targets.length), [targets.length, 1]),
  targets: ndarray(targets, targets instanceof Int32Array ? [targets.length] : [targets.length, 1]),
});

test("the most frequent class of train, on another part", () => {
  const train = examples(Int32Array.of(0, 2, 2, 1));
  expect(baselineError(train, examples(Int32Array.of(2, 2, 0, 1)))).toBe(0.5);
});

test("the mean of train leaves all variance, and more where the part's mean is another", () => {
  const train = examples(Float32Array.of(0, 2));
  expect(baselineError(train, examples(Float32Array.of(0, 2, 0, 2)))).toBe(1);
  expect(baselineError(train, examples(Float32Array.of(2, 4)))).toBe(5);
  expect(baselineError(train, examples(Float32Array.of(3, 3)))).toBeNaN();
});
