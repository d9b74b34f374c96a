import { expect, test } from "vitest";
import { duration } from "../../src/text/duration.ts";
import { compact, number, percent } from "../../src/text/format.ts";

test.each([
  [0, "0%"],
  [0.028, "2.8%"],
  [0.002778, "0.28%"],
  [0.0094, "0.94%"],
  [1, "100.0%"],
  [Number.NaN, "NaN"],
])("percent of %f is %s", (value, text) => {
  expect(percent(value)).toBe(text);
});

test.each([
  [0.001, "0.001"],
  [0.31487, "0.3149"],
  [1.2e-5, "1.2e-5"],
  [462.31, "462.3"],
  [1_000_000, "1,000,000"],
  [2e9, "2e9"],
  [0, "0"],
  [-0.5, "-0.5"],
])("the number %f is %s", (value, text) => {
  expect(number(value)).toBe(text);
});

test.each([
  [0.8412, "0.84 s"],
  [4.21, "4.2 s"],
  [3, "3 s"],
  [59.7, "1 min 0 s"],
  [185, "3 min 5 s"],
  [3725, "1 h 2 min"],
  [Number.NaN, "?"],
])("%f seconds are %s", (value, text) => {
  expect(duration(value)).toBe(text);
});

test.each([
  [940, "940"],
  [1234, "1.2k"],
  [87_654, "88k"],
  [999_600, "1.0M"],
])("a count of %d is %s", (value, text) => {
  expect(compact(value)).toBe(text);
});
