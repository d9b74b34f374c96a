import fc from "fast-check";
import { expect, test } from "vitest";
import { count, grouped } from "../../src/base/text.ts";

test("numbers with their thousands apart are those of the host's own text", () => {
  const values = [0, -0, 7, 999, 1000, -1234, 12_345_678, 1e6, 1e21, 0.5, 39.37, 1234.5678, 1e-9, -0.0004, Number.NaN];
  for (const value of [...values, Number.POSITIVE_INFINITY]) expect(grouped(value)).toBe(value.toLocaleString("en-US"));
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => grouped(value) === value.toLocaleString("en-US")),
    { seed: 3 },
  );
  fc.assert(
    fc.property(fc.double(), (value) => {
      const rounded = Number(value.toPrecision(4));
      return grouped(rounded, 6) === rounded.toLocaleString("en-US", { maximumFractionDigits: 6 });
    }),
    { seed: 4 },
  );
  expect([count(1, "row"), count(1797, "row")]).toEqual(["1 row", "1,797 rows"]);
});
