import { expect, test } from "vitest";
import { inOneUnit, readUnitRule, unitRuleOf, unitRuleText } from "../../src/data/unit-rule.ts";
import { columnFrom, decideColumn, numberCellReader, writtenColumn } from "../../src/reading/index.ts";

test("a rule is typed as it is printed, and what is none is refused", () => {
  for (const text of ["above:100:divide:25.4", "below:2:divide:0.01", "above:45:subtract:32:divide:1.8"])
    expect(unitRuleText(unitRuleOf(text))).toBe(text);
  for (const text of [
    "",
    "divide:2",
    "above:1:below:2:divide:3",
    "above:x:divide:2",
    "above:1:divide:0",
    "over:1:divide:2",
  ])
    expect(() => unitRuleOf(text)).toThrow(expect.objectContaining({ code: "options/unit" }));
  expect(readUnitRule({ above: 5, divide: 1000 }, "a rule")).toEqual({ above: 5, divide: 1000 });
});

test("numbers beyond the limit are converted to the last digit, whatever their sign; others stay", () => {
  const rule = unitRuleOf("above:100:divide:25.4");
  expect([2540, -2540, 254.254, 100, 99.5].map((value) => inOneUnit(value, rule))).toEqual([
    100, -100, 10.01, 100, 99.5,
  ]);
  expect([0.5, 2, -1.7].map((value) => inOneUnit(value, unitRuleOf("below:2:divide:0.01")))).toEqual([50, 2, -170]);
});

test("a column is read by its rule: plain numbers, texts in dress, and cells of programs alike", () => {
  const column = writtenColumn("width", ["1,000.5", "2,540", 12, 254, "", "30"]);
  const { reading, range } = decideColumn(column, { unit: unitRuleOf("above:100:divide:25.4") });
  const { column: read } = columnFrom(column, reading);
  if (read.kind !== "number" || reading.as !== "number") throw new Error("no numbers");
  expect([...read.values.data]).toEqual([39.3897637795, 100, 12, 10, Number.NaN, 30]);
  expect([range?.minimum, range?.maximum]).toEqual([10, 100]);
  const cell = numberCellReader(reading);
  expect([cell("2,540"), cell(254), cell(12), cell("")]).toEqual([100, 10, 12, null]);
});
