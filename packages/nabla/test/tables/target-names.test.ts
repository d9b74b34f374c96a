import { expect, test } from "vitest";
import { labelsIn } from "../../src/index.ts";
import { labelSeparator, targetNames } from "../../src/tables/index.ts";

const columns = ["a", "b", "net, price", "c"];

test.each([
  ["a", ["a"]],
  ["a,b", ["a", "b"]],
  [" a , b ", ["a", "b"]],
  ["net, price", ["net, price"]],
  ["a,net, price,c", ["a", "net, price", "c"]],
  [
    ["a", "b"],
    ["a", "b"],
  ],
  [
    ["a,b", "net, price"],
    ["a", "b", "net, price"],
  ],
  ["a,x", ["a", "x"]],
  ["a,b,", ["a", "b"]],
] as const)("%j names %j", (asked, names) => {
  expect(targetNames(asked, columns)).toEqual(names);
});

test("a target that is named twice is refused", () => {
  expect(() => targetNames(["a,b", "a"], columns)).toThrow("the target a is named twice (a, b and a)");
});

const counted = (...texts: readonly string[]) =>
  [...Map.groupBy(texts, (text) => text)].map(([text, all]) => ({ text, count: all.length }));

test.each([
  [["red|round", "red", "round", "red|round"], "|"],
  [["red;round", "red", "round", "blue", "blue;red"], ";"],
  [["red, round", "red", "round", "red"], ","],
  [["Paris, France", "Lyon, France", "Rome, Italy", "Rome, Italy"], undefined],
  [["red", "round", "red"], undefined],
  [["it was late, and it was very cold", "it was late", "and it was very cold", "it was late"], undefined],
] as const)("the labels of %j are separated by %j", (cells, separator) => {
  expect(labelSeparator(counted(...cells))).toBe(separator);
});

test("labels of a cell are trimmed, and none twice", () => {
  expect(labelsIn(" red | round||red", "|")).toEqual(["red", "round"]);
  expect(labelsIn("", "|")).toEqual([]);
});
