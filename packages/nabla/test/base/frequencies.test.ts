import fc from "fast-check";
import { expect, test } from "vitest";
import { ascending, codesOf, frequencies } from "../../src/base/statistics/frequencies.ts";

const numbers = fc.array(
  fc.oneof(
    fc.integer({ min: -3, max: 5 }),
    fc.constantFrom(0.5, -0, Number.NaN, 4095, 4096, 1e9, Number.POSITIVE_INFINITY),
  ),
);

test("numbers are counted in the order in which they first occur", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const counts = new Map<number, number>();
      for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
      expect([...frequencies(Float64Array.from(values))]).toEqual([...counts]);
    }),
    { seed: 1 },
  );
});

test("each different number has a code of its own, in that order", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const codes = new Map<number, number>();
      for (const value of values) if (!Number.isNaN(value) && !codes.has(value)) codes.set(value, codes.size);
      expect([...codesOf(values)]).toEqual(values.map((value) => codes.get(value) ?? -1));
    }),
    { seed: 1 },
  );
});

test("numbers are sorted, whether they are small whole ones or not", () => {
  fc.assert(
    fc.property(numbers, fc.array(fc.integer({ min: 0, max: 300 })), (values, small) => {
      for (const list of [values, small])
        expect([...ascending(list)].map((x) => x + 0)).toEqual(
          list
            .filter((x) => !Number.isNaN(x))
            .sort((a, b) => a - b)
            .map((x) => x + 0),
        );
    }),
    { seed: 1 },
  );
});
