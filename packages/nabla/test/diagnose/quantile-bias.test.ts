import { expect, test } from "vitest";
import { absoluteError, huber, quantile, squaredError } from "../../src/nn/losses.ts";

test("only losses whose predictions are medians are told to learn the mean: a quantile is far from it on purpose", () => {
  expect(
    [squaredError(), absoluteError(), huber(), quantile(), quantile({ level: 0.9 })].map(({ learns }) => learns),
  ).toEqual(["mean", "median", "median", "median", "quantile"]);
});
