import { expect, test } from "vitest";
import { scoreText, unitText } from "../../src/text/description.ts";
import { duration } from "../../src/text/duration.ts";
import { bound, boundsText, compact, number, percent, percentTick } from "../../src/text/format.ts";

test.each([
  [0, "0%"],
  [0.028, "2.8%"],
  [0.002778, "0.28%"],
  [0.0094, "0.94%"],
  [0.0000764, "0.0076%"],
  [-0.0009, "-0.09%"],
  [1e-9, "0.00%"],
  [1, "100.0%"],
  [Number.NaN, "n/a"],
  [Number.POSITIVE_INFINITY, "n/a"],
  [9.4, "940.0%"],
  [434543693.799, ">1000%"],
  [-434543693.799, "<-1000%"],
])("percent of %f is %s", (value, text) => {
  expect(percent(value)).toBe(text);
});

test.each([
  [0.025, "2.5%"],
  [2.5, "250%"],
  [12.54, "12.5"],
  [4.8e11, "5e11"],
])("next to an axis %f is %s", (value, text) => {
  expect(percentTick(value)).toBe(text);
});

test.each([
  [{ error: 0.022, rmse: 1.5 }, "dev 2.2% (RMSE 1.5)"],
  [{ error: 0.022 }, "dev 2.2%"],
  [{ error: 1.001, rmse: 1.5 }, "dev 100.1% (RMSE 1.5)"],
  [{ error: 2.5, rmse: 1.5 }, "dev 250.0% (worse than predicting the mean; RMSE 1.5)"],
  [{ error: 4.345e10, rmse: 160_100 }, "dev 4.35e10 (worse than predicting the mean; RMSE 160,100)"],
  [{ error: Number.NaN, rmse: 1.5 }, "dev not measurable, its targets are all the same (RMSE 1.5)"],
])("the score %o is %s", (score, text) => {
  expect(scoreText("dev", score)).toBe(text);
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

test.each([
  [5.25, "kg", "5.25 kg"],
  [5.25, "$", "$5.25"],
  [5.25, "%", "5.25%"],
  [5.25, undefined, "5.25"],
  [12, "days", "12 days"],
])("%d in %s", (value, unit, text) => {
  expect(unitText(value, unit)).toBe(text);
  expect(scoreText("dev", { error: 0.25, rmse: value, unit })).toBe(`dev 25.0% (RMSE ${text})`);
});

test.each([
  [0, "0"],
  [0.088_42, "0.08842"],
  [-0.000_123_45, "-1.234e-4"],
  [13.624_77, "13.62"],
  [1998, "1998"],
  [9999.6, "10,000"],
  [-2271.67, "-2272"],
  [87_546.37, "87,546"],
  [39_830_478, "39,830,478"],
  [1_504_211_881_990, "1.504e12"],
])("the end %f of a range is %s", (value, text) => {
  expect(bound(value)).toBe(text);
});

test.each([
  [{ minimum: -2.5, maximum: 30 }, "-2.5 to 30"],
  [{ minimum: 0, maximum: 70, unit: "%" }, "0 to 70%"],
  [{ minimum: -12, maximum: 12_345.6, unit: "€" }, "-€12 to €12,346"],
  [{ minimum: 3, maximum: 96, unit: "kg" }, "3 to 96 kg"],
])("the range %o is %s", (range, text) => {
  expect(boundsText(range)).toBe(text);
});
