import fc from "fast-check";
import { expect, test } from "vitest";
import { csvLines } from "../../src/text/csv.ts";

test("cells are quoted where RFC 4180 asks for it, numbers have the digits of a float32", () => {
  expect(csvLines([["a,b", 'say "x"', " pad", "two\nlines"]])).toBe('"a,b","say ""x"""," pad","two\nlines"\n');
  expect(csvLines([["Adelie", Math.fround(0.1), 1, 1e-9]])).toBe("Adelie,0.1,1,1e-9\n");
});

/** Seven significant digits as JavaScript itself rounds and prints them. */
const seven = (value: number): string => String(Number(value.toPrecision(7)));

/** Numbers of every size, among them those halfway between two that are printed. */
const numbers = fc.oneof(
  fc.double(),
  fc.double({ min: 0, max: 1 }),
  fc.float(),
  fc.tuple(fc.integer(), fc.integer({ min: 0, max: 20 })).map(([digits, places]) => digits / 10 ** places),
  fc.tuple(fc.nat(9_999_999), fc.integer({ min: 0, max: 20 })).map(([digits, places]) => (digits + 0.5) / 10 ** places),
);

test("every number is printed as JavaScript rounds it to seven digits", () => {
  const edges = [0, -0, Number.NaN, Infinity, -Infinity, 5e-324, 1e-15, 9.99e-16, 1e-7, 1e-6, 9.9999999e-7, 0.99999995];
  const large = [999_999.95, 9_999_999.4, 9_999_999.5, 1e7, 1e20, 1e21, 1e22, 1.7e308, 123_456.75];
  for (const value of [...edges, ...large, ...edges.map((edge) => -edge)])
    expect(csvLines([[value]])).toBe(`${seven(value)}\n`);
  fc.assert(
    fc.property(fc.array(numbers, { minLength: 1 }), (row) => {
      expect(csvLines([row])).toBe(`${row.map(seven).join()}\n`);
    }),
    { numRuns: 2000 },
  );
});

test("texts of any language and length stand between the numbers", () => {
  const long = "ü".repeat(100_000);
  expect(csvLines([["Ж, 中", -1.5, "🙂", long], [2], ["", ""]])).toBe(`"Ж, 中",-1.5,🙂,${long}\n2\n,\n`);
});
