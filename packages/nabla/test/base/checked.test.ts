import { expect, expectTypeOf, test } from "vitest";
import { at } from "../../src/base/checked.ts";
import { compact } from "../../src/base/compact.ts";

test("an index outside an array is a mistake of ours, not undefined", () => {
  expect(at([3, 4], 1)).toBe(4);
  expect(at(Float32Array.of(0), 0)).toBe(0);
  expect(() => at([3, 4], 2)).toThrow("internal: index 2 of an array of 2");
});

test("what is undefined has no key, what is null or 0 or empty has", () => {
  const seed = undefined as number | undefined;
  const record = compact({ rows: 4, seed, name: "", none: null });
  expect(Object.keys(record)).toEqual(["rows", "name", "none"]);
  expectTypeOf(record).toMatchTypeOf<{ readonly rows: number; readonly seed?: number; readonly none: null }>();
  // @ts-expect-error a seed that may be missing is not a number
  const number: number = record.seed;
  expect(number).toBeUndefined();
});
