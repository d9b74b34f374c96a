import { expect, test } from "vitest";
import { missingWords } from "../../src/reading/missing-words.ts";

test("bounds among the words for missing values mean all numbers beyond them", () => {
  const { values } = missingWords(["above:120", "below:-0.5", "99", "unknown"]);
  const known = [-0.5, 0, 98, 120];
  expect(known.filter((value) => values.has(value))).toEqual([]);
  for (const gone of [120.5, 1e9, -0.6, -1e300, 99]) expect(values.has(gone)).toBe(true);
  expect(values.size).toBe(3);
  expect(missingWords(["above:1e6"]).values.has(1_000_001)).toBe(true);
  expect(missingWords(["above", "above:", "above:x"]).values.size).toBe(0);
  expect(missingWords(["above:10", "above:5"]).values.has(7)).toBe(true);
});
