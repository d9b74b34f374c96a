import { categoryColumn, normal, numberColumn, prepare, seedKey, type Table, table } from "nabla";
import { expect, test } from "vitest";
import { preparationNotices } from "../../src/experiment/preparation-notices.ts";

const ROWS = 1200;
const codes = (levels: number): readonly string[] => Array.from({ length: ROWS }, (_, i) => `c${i % levels}`);
const plain = numberColumn("y", normal(seedKey(1), ROWS));

function messages(rows: Table): readonly string[] {
  return preparationNotices(prepare.fit(rows)).map(({ message }) => message);
}

test("many inputs of one category are said, shared or not", () => {
  const columns = [64, 200, 1200].map((levels) => categoryColumn(`of ${levels}`, codes(levels)));
  expect(messages(table(columns, plain))).toEqual([
    "of 200 has 200 levels and an input for each; with --levels 64 its rare levels share some",
    "of 1200 has 1,200 levels and 256 inputs: frequent levels have their own, rare ones share some (--levels 512 for more)",
  ]);
  const many = Array.from({ length: 9 }, (_, i) => categoryColumn(`column ${i}`, codes(100)));
  expect(messages(table(many, plain))).toHaveLength(6);
  expect(messages(table(many, plain)).at(-1)).toBe("4 more columns of many levels");
});

test("what is measured of a target on a log scale is said", () => {
  const x = [numberColumn("x", normal(seedKey(2), ROWS))];
  const rows = table(
    x,
    numberColumn(
      "price",
      normal(seedKey(3), ROWS).map((value) => Math.exp(6 + 1.5 * value)),
    ),
  );
  expect(messages(rows)).toEqual([]);
  expect(preparationNotices(prepare.fit(rows, { targetScale: "log" }))).toEqual([
    {
      code: "data/log-scale",
      message:
        "price is learned as log(1 + price): 1 - R² of epochs and of the verdict is that of the logarithm, all else is in price's own unit",
    },
  ]);
});
