import { expect, test } from "vitest";
import { ndarray } from "../../../src/array/ndarray.ts";
import { classMeasures } from "../../../src/diagnose/errors/class-measures.ts";
import golden from "./golden/class-measures.json" with { type: "json" };

test.each(golden.map((one, i) => [i, one] as const))("scikit-learn's numbers, case %i", (_, one) => {
  const { probabilities, targets, balancedError, macroF1, second } = one;
  const width = probabilities[0]?.length ?? 0;
  const classes = Array.from({ length: width }, (_, code) => `c${code}`);
  const array = ndarray(Float64Array.from(probabilities.flat()), [targets.length, width]);
  const found = classMeasures(array, targets, classes);
  expect(found.balancedError).toBeCloseTo(balancedError, 10);
  expect(found.macroF1).toBeCloseTo(macroF1, 10);
  expect(found.positive === undefined).toBe(second === undefined);
  for (const [name, value] of Object.entries(second ?? {}))
    expect(found.positive?.[name as keyof typeof second], name).toBeCloseTo(value, 10);
});

test("one kind of rows has no ranking, and what is never predicted no precision", () => {
  const found = classMeasures(ndarray(Float64Array.of(0.9, 0.1, 0.8, 0.2), [2, 2]), [0, 0], ["no", "yes"]);
  expect(found).toMatchObject({ balancedError: 0, macroF1: 1 });
  expect(found.positive).toEqual({
    name: "yes",
    rows: 0,
    precision: Number.NaN,
    recall: Number.NaN,
    f1: Number.NaN,
    auc: Number.NaN,
    averagePrecision: Number.NaN,
  });
});
