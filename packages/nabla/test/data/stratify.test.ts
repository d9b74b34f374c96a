import fc from "fast-check";
import { expect, it } from "vitest";
import { quotas } from "../../src/data/stratify.ts";

it("rounds every cell of the proportional table up or down, and keeps every row and column sum", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 0, max: 100 }),
      (classSizes, a, b) => {
        const total = classSizes.reduce((sum, size) => sum + size, 0);
        const dev = Math.floor((total * Math.min(a, b)) / 100);
        const test = Math.floor((total * Math.abs(a - b)) / 100);
        const partSizes = [total - dev - test, dev, test];
        const cells = quotas(classSizes, partSizes);
        expect(cells.map((row) => row.reduce((sum, cell) => sum + cell, 0))).toEqual(classSizes);
        expect(partSizes.map((_, p) => cells.reduce((sum, row) => sum + (row[p] ?? 0), 0))).toEqual(partSizes);
        cells.forEach((row, c) => {
          row.forEach((cell, p) => {
            const share = ((classSizes[c] ?? 0) * (partSizes[p] ?? 0)) / total;
            expect(Math.abs(cell - share)).toBeLessThan(1);
          });
        });
      },
    ),
    { seed: 2, numRuns: 300 },
  );
});

it("balances many equal classes, where the nearest rounding of each class alone would miss the part sizes", () => {
  const cells = quotas(new Array<number>(1000).fill(2), [1200, 400, 400]);
  expect([0, 1, 2].map((p) => cells.reduce((sum, row) => sum + (row[p] ?? 0), 0))).toEqual([1200, 400, 400]);
});
