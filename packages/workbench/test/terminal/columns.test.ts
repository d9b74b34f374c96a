import type { ColumnProfile, Profile } from "nabla/tables";
import { describe, expect, it } from "vitest";
import { columnLines } from "../../src/terminal/columns.ts";
import { widthOf } from "../../src/text/layout.ts";

const number = (name: string, more: Partial<ColumnProfile> = {}): ColumnProfile => ({
  ...{ name, as: "number", how: "numbers", use: "input", missing: 0, distinct: 90 },
  ...{ minimum: 0, maximum: 16, range: "0 to 16", examples: ["5", "13", "0"] },
  ...more,
});

const names = (name: string, first: readonly string[], more: Partial<ColumnProfile> = {}): ColumnProfile => ({
  ...{ name, as: "category", how: "names", use: "input", missing: 0, distinct: first.length },
  ...{ levels: { count: first.length, first }, examples: first.slice(0, 3) },
  ...more,
});

function linesOf(columns: readonly ColumnProfile[], most = Number.POSITIVE_INFINITY): readonly string[] {
  const profile: Profile = { file: "a.csv", rows: 100, columns, notices: [] };
  return columnLines(profile, { most }).split("\n");
}

describe("the table of columns", () => {
  it("has a column for missing values only where some are missing", () => {
    expect(linesOf([number("a")])).toEqual(["Column  Read as  Values", "a       numbers  0 to 16: 5, 13, 0"]);
    expect(linesOf([number("a"), number("b", { missing: 1234 })])).toEqual([
      "Column  Read as  Values             Missing",
      "a       numbers  0 to 16: 5, 13, 0",
      "b       numbers  0 to 16: 5, 13, 0    1,234",
    ]);
  });

  it("writes ranges in four digits and in their unit, years as years, and examples as they are in the file", () => {
    const [, ...lines] = linesOf([
      number("fraction", { minimum: 0.088_42, maximum: 13.624_77, examples: ["1.45634"] }),
      number("year", { minimum: 1998, maximum: 2024, examples: ["2012"] }),
      number("people", { minimum: 285_369, maximum: 39_830_478, examples: ["7,331,007"] }),
      number("price", { how: "numbers with thousands commas, in $", unit: "$", minimum: -881.97, maximum: 21_856 }),
      number("rate", { how: "numbers, in %", unit: "%", minimum: 0, maximum: 70, examples: ["10%"] }),
      number("weight", { how: "numbers, in kg", unit: "kg", minimum: 3, maximum: 96, examples: ["12 kg"] }),
    ]);
    expect(lines.map((line) => line.replace(/ {2,}/g, " | "))).toEqual([
      "fraction | numbers | 0.08842 to 13.62: 1.45634",
      "year | numbers | 1998 to 2024: 2012",
      "people | numbers | 285,369 to 39,830,478: 7,331,007",
      "price | numbers with thousands commas | -$882 to $21,856: 5, 13, 0",
      "rate | numbers | 0 to 70%: 10%",
      "weight | numbers | 3 to 96 kg: 12 kg",
    ]);
  });

  it("says first what a column is for, and shows a constant's one value", () => {
    const constant = {
      use: "dropped",
      reason: "constant",
      distinct: 1,
      minimum: 7,
      maximum: 7,
      examples: ["7"],
    } as const;
    expect(linesOf([number("c", constant), names("y", ["-", "+"], { use: "target" })])).toEqual([
      "Column  Read as             Values",
      "c       left out: constant  7",
      "y       target: names       2 levels: -, +",
    ]);
  });

  it("leaves out examples that do not fit whole, and no range or level for them", () => {
    const lines = linesOf([
      number("a".repeat(60), { how: "dates, month before day, with times in UTC", as: "date", missing: 3 }),
      names("tool", ["a name of a level that is longer than the room that is left for it", "b"]),
      names("kind", ["Consumer", "Corporate", "Home Office", "Government"], { missing: 1 }),
    ]);
    expect(lines[1]).toBe(
      `${"a".repeat(8)}…${"a".repeat(7)}  dates, month before day, w…  0 to 16: 5, 13, 0               3`,
    );
    expect(lines[2]).toMatch(/ {2}2 levels: a name of a l…$/);
    expect(lines[3]).toMatch(/ {2}4 levels: Consumer, … {11}1$/);
  });

  it("cuts long names in the middle, so that those that begin alike can be told apart", () => {
    const long = "a_name_that_is_longer_than_any_line_of_a_terminal_could_ever_show_beside_the_rest";
    const [, first, second] = linesOf([number(`${long}_1`), number(`${long}_2`)]);
    expect(first).toMatch(/^a_name_that.*…\S*_rest_1 {2}numbers/);
    expect(second).toMatch(/^a_name_that.*…\S*_rest_2 {2}numbers/);
  });

  it("counts wide characters twice, and marks not at all", () => {
    const lines = linesOf([
      number("体重_最新の測定値による正確な数字です", { missing: 2 }),
      names("e\u0301te\u0301", ["⭐⭐", "子供"]),
    ]);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(80);
    const starts = lines.map((line) => widthOf(line.slice(0, line.search(/Read as|numbers|names/))));
    expect(new Set(starts)).toEqual(new Set([starts[0]]));
  });

  it("keeps to 80 characters whatever the columns are", () => {
    const texts = ["", "x", "a name of some length", "w".repeat(90), "数".repeat(50), "👩‍👩‍👧‍👦".repeat(20)];
    for (const name of texts)
      for (const how of texts)
        for (const level of texts)
          for (const missing of [0, 12_345_678])
            for (const line of linesOf([number(name, { how, missing, examples: [level] }), names(name, [level, "b"])]))
              expect(widthOf(line)).toBeLessThanOrEqual(80);
  });
});

describe("many columns", () => {
  const series = Array.from({ length: 20 }, (_, i) => [
    number(`x${i}`, { maximum: i, missing: 1 }),
    names(`kind[${i}]`, ["a", "b", "c"].slice(0, 2 + (i % 2))),
  ]).flat();

  it("that are alike share a line, wherever they stand", () => {
    const dull = [0, 1, 2, 3].map((i) =>
      number(`z${i}`, { use: "dropped", reason: "constant", how: i % 2 ? "numbers" : "names" }),
    );
    expect(linesOf([...series, number("y", { use: "target" }), ...dull])).toEqual([
      "Column              Read as             Values                          Missing",
      "x0 … x19            numbers             20 columns, 0 to 19                  20",
      "kind[0] … kind[19]  names               20 columns, 2 to 3 levels each",
      "y                   target: numbers     0 to 16: 5, 13, 0",
      "z0 … z3             left out: constant  4 columns",
    ]);
  });

  it("are shown one by one where there are few of a kind, or few at all", () => {
    const pixels = Array.from({ length: 22 }, (_, i) => number(`pixel_${i}`));
    const three = ["b1", "b2", "b3"].map((name) => number(name));
    expect(
      linesOf([...pixels, ...three])
        .slice(1)
        .map((line) => line.split(" ")[0]),
    ).toEqual(["pixel_0", "b1", "b2", "b3"]);
    expect(linesOf(pixels)).toHaveLength(1 + 22);
  });

  it("end where a training shows its first ones, with how many there are more", () => {
    const columns = ["a", "b", "c", "d", "e"].map((name) => number(name));
    expect(linesOf(columns, 3)).toEqual([
      "Column  Read as  Values",
      "a       numbers  0 to 16: 5, 13, 0",
      "b       numbers  0 to 16: 5, 13, 0",
      "… and 3 more columns; nabla profile shows all",
    ]);
  });
});
