import { expect, test } from "vitest";
import { bestCosts, luckOf } from "../../../../scripts/tuning/compare.ts";
import { digits } from "../../../../scripts/tuning/digits.ts";
import { branin, hartmann6 } from "../../../../scripts/tuning/functions.ts";
import { medianOf } from "../../src/base/statistics/summary.ts";
import { random } from "../../src/tune/samplers/random.ts";
import { samplerFrom } from "../../src/tune/samplers.ts";

test("O5 searches beat random search on the table of real trainings, half of it", async () => {
  const landscape = await digits(2048);
  const size = { budget: 64, seeds: 30 };
  const plain = await bestCosts(random(), landscape, size);
  for (const kind of ["coarseToFine", "tpe"]) {
    const ours = await bestCosts(samplerFrom(kind), landscape, size);
    expect(medianOf(ours)).toBeLessThan(0.95 * medianOf(plain));
    expect(luckOf(ours, plain)).toBeLessThan(0.05);
  }
});

test.each([
  [branin, 0.2],
  [hartmann6, 0.45],
] as const)("O5 gp beats random search %#", async (landscape, most) => {
  const ours = await bestCosts(samplerFrom("gp"), landscape, { budget: 64, seeds: 8 });
  expect(medianOf(ours) - landscape.least).toBeLessThan(most);
  expect(luckOf(ours, await bestCosts(random(), landscape, { budget: 64, seeds: 24 }))).toBeLessThan(0.01);
});
