import { expect, expectTypeOf, test } from "vitest";
import { compact } from "../../src/base/compact.ts";

test("what is undefined has no key, what is null or 0 or empty has", () => {
  const seed = undefined as number | undefined;
  const record = compact({ rows: 4, seed, name: "", none: null });
  expect(Object.keys(record)).toEqual(["rows", "name", "none"]);
  expectTypeOf(record).toMatchTypeOf<{ readonly rows: number; readonly seed?: number; readonly none: null }>();
  // @ts-expect-error a seed that may be missing is not a number
  const number: number = record.seed;
  expect(number).toBeUndefined();
});
