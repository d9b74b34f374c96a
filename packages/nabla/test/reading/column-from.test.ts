import { describe, expect, test } from "vitest";
import type { ColumnReading } from "../../src/data/column-reading.ts";
import {
  type Cell,
  categoryCellReader,
  columnFrom,
  decideColumn,
  faultError,
  numberCellReader,
  unseenLevels,
  writtenColumn,
} from "../../src/reading/index.ts";

/** The levels of cells as a model reads them. */
function levelsOf(
  cells: readonly Cell[],
  reading: ColumnReading,
  levels: readonly string[],
): readonly (string | null)[] {
  const { column } = columnFrom(writtenColumn("x", cells), reading, { levels });
  if (column.kind !== "category") throw new Error("expected a category");
  expect(column.levels.slice(0, levels.length)).toEqual(levels);
  return Array.from(column.codes, (code) => column.levels[code] ?? null);
}

describe("levels of a model", () => {
  test.each<readonly [string, readonly Cell[]]>([
    ["as in training", ["True", "False"]],
    ["in capitals", ["TRUE", "FALSE"]],
    ["in small letters", ["true", "false"]],
    ["in words", ["yes", "no"]],
    ["in digits", ["1", "0"]],
    ["in fractions", ["1.0", "0.0"]],
    ["of a program", [true, false]],
    ["as numbers of a program", [1, 0]],
  ])("yes and no %s are the same", (_, cells) => {
    const { reading } = decideColumn(writtenColumn("flag", ["False", "True", "False"]));
    expect(levelsOf(cells, reading, ["False", "True"])).toEqual(["True", "False"]);
  });

  test("a column of 0 and 1 takes yes and no", () => {
    const { reading } = decideColumn(writtenColumn("flag", ["0", "1", "1"]));
    const { column, faults } = columnFrom(writtenColumn("flag", [true, "FALSE", "yes", 0, "2"]), reading);
    expect(column).toMatchObject({ values: { data: Float64Array.of(1, 0, 1, 0, 2) } });
    expect(faults).toEqual([]);
  });

  test("numbers are the same by value where all levels are numbers", () => {
    const { reading } = decideColumn(writtenColumn("size", ["1", "2", "10"]), { as: "category" });
    expect(reading).toEqual({ as: "category", numeric: true });
    expect(levelsOf(["1.0", 2, "10.00", "01", 1n], reading, ["1", "2", "10"])).toEqual(["1", "2", "10", "1", "1"]);
  });

  test("01 is not 1 where the levels are text, and 1 is", () => {
    const { reading } = decideColumn(writtenColumn("size", ["01", "1", "2A"]));
    expect(levelsOf(["01", "1", 1, "1.0", "2A"], reading, ["01", "1", "2A"])).toEqual(["01", "1", "1", "1", "2A"]);
    expect(levelsOf([1], reading, ["01", "2A"])).toEqual(["1"]);
  });

  test("words for missing values that are levels stay levels in any case, and others are gaps", () => {
    const { reading } = decideColumn(writtenColumn("heating", ["gas", "unknown", "gas", "oil", "unknown", "oil"]));
    const levels = ["gas", "oil", "unknown"];
    expect(levelsOf(["Unknown", "UNKNOWN", "unknown", "n/a", ""], reading, levels)).toEqual([
      ...["unknown", "unknown", "unknown"],
      ...[null, null],
    ]);
  });

  test("accents are the same in one character and in two", () => {
    const [composed, apart] = ["caf\u00e9", "cafe\u0301"];
    const cells = [composed, apart, "tea", composed, "tea", "tea"];
    const decision = decideColumn(writtenColumn("drink", cells));
    expect(decision.levels).toEqual([
      { text: composed, count: 3 },
      { text: "tea", count: 3 },
    ]);
    expect(levelsOf([apart, composed, "tea"], decision.reading, [composed, "tea"])).toEqual([
      composed,
      composed,
      "tea",
    ]);
  });

  test("merged spellings", () => {
    const { reading } = decideColumn(writtenColumn("c", ["Blue", "blue ", "red"]), { mergeCase: true });
    expect(levelsOf(["BLUE.", "Red", " red"], reading, ["Blue", "red"])).toEqual(["Blue", "red", "red"]);
  });

  test("levels never seen are counted and follow those of the model", () => {
    const { column, unseen } = columnFrom(
      writtenColumn("colour", ["teal", "red", "teal", "mauve", "", "NaN", null]),
      { as: "category" },
      { levels: ["blue", "red"] },
    );
    expect(unseen).toEqual([
      { text: "teal", count: 2 },
      { text: "mauve", count: 1 },
    ]);
    expect(unseenLevels("colour", unseen, 7)?.message).toBe(
      "3 cells of column colour hold levels the model has never seen: teal (2) and mauve (1)",
    );
    expect(unseenLevels("colour", [{ text: "teal", count: 2 }], 2)?.message).toMatch(/^all 2 cells of column colour/);
    expect(unseenLevels("colour", [], 2)).toBeUndefined();
    expect(column).toMatchObject({
      codes: Int32Array.of(2, 1, 2, 3, -1, -1, -1),
      levels: ["blue", "red", "teal", "mauve"],
    });
  });
});

describe("single cells", () => {
  test("are read as columns are", () => {
    const price = numberCellReader({ as: "number", decimal: ",", grouping: ".", unit: "€", missing: ["k.A.", "-999"] });
    expect(["1.234,50 €", "81.382", "k.A.", "", "n/a", "x", 12.5, null, undefined, -999, 7n].map(price)).toEqual([
      ...[1234.5, 81382, null, null, null, undefined, 12.5, null, null, null, 7],
    ]);
    const when = numberCellReader({ as: "date", order: "dmy" });
    expect(["31.05.2024", new Date(Date.UTC(2024, 4, 31)), "31.02.2024", Number.NaN].map(when)).toEqual([
      19874,
      19874,
      undefined,
      null,
    ]);
    const time = numberCellReader({ as: "time" });
    expect(["6:00", "6 PM", "25:00", new Date(3_600_000)].map(time)).toEqual([0.25, 0.75, undefined, 1 / 24]);
    const flag = numberCellReader({ as: "number", binary: true });
    expect([true, "no", "1", 0, "maybe"].map(flag)).toEqual([1, 0, 1, 0, undefined]);
    const name = categoryCellReader({ as: "category", missing: ["-"] });
    expect([" a ", "-", "", null, 7, true, Number.NaN].map(name)).toEqual(["a", null, null, null, "7", "true", null]);
  });
});

describe("written columns", () => {
  test("plain numbers are kept as they are, without a copy", () => {
    const written = writtenColumn("x", ["1.5", "", "2"]);
    const { column } = columnFrom(written, { as: "number" });
    expect(column.kind === "number" && column.values.data).toBe(written.numbers);
    expect(written.codes).toBeUndefined();
  });

  test("texts and numbers are told apart", () => {
    const cells = ["01067", "1E3", "+5", "1,234", "true", "NA", "1.50", "-3", "9007199254740993", "1.5e-3"];
    const written = writtenColumn("x", cells);
    expect(written.texts).toEqual(["01067", "1E3", "+5", "1,234", "true", "NA", "9007199254740993"]);
    expect([...written.spellings]).toEqual([
      [1.5, "1.50"],
      [0.0015, "1.5e-3"],
    ]);
  });

  test("numbers of a program keep their points where texts have commas", () => {
    const reading: ColumnReading = { as: "number", decimal: ",", grouping: "." };
    const texts = columnFrom(writtenColumn("x", ["81.382", "1.234,5"]), reading).column;
    const typed = columnFrom(writtenColumn("x", [81.382, 1234.5], "number"), reading).column;
    expect(texts).toMatchObject({ values: { data: Float64Array.of(81382, 1234.5) } });
    expect(typed).toMatchObject({ values: { data: Float64Array.of(81.382, 1234.5) } });
  });
});

describe("cells that do not fit", () => {
  test("are an error that names row, column and the options", () => {
    const written = writtenColumn("price", ["5.5", "l2", "6.1", "7x", "8.2", "l2"]);
    const { reading, faults } = decideColumn(written);
    const error = faultError(faults, { column: "price", reading, source: "houses.csv, ", rowOf: (row) => row + 2 });
    expect(error?.code).toBe("data/not-a-number");
    expect(error?.message).toBe(
      'houses.csv, row 3, column price: expected a number, found "l2" (and 2 cells more like it: "7x" in row 5)',
    );
    expect(error?.hint).toContain("--bad-cells missing");
    expect(error?.hint).toContain("--column price=category");
    expect(faultError([], { column: "price", reading })).toBeUndefined();
  });

  test.each([
    [["1,5", "2,5", "x"], { as: "number", decimal: ",", unit: "€" }, "numbers with decimal commas, in €"],
    [["1", "2", "x"], { as: "number" }, "numbers such as 1234.5"],
    [["1,234", "x"], { as: "number", grouping: "," }, "numbers with thousands commas"],
    [["0", "1", "2x"], { as: "number", binary: true }, "numbers, 0 and 1 only"],
    [["31/12/2023", "12/31/2023"], { as: "date", order: "dmy" }, "dates, day before month"],
    [["12:30", "x"], { as: "time" }, "times of day"],
  ] as const)("of a model tell how it learned the column: %j as %j", (cells, reading, learned) => {
    const { faults } = columnFrom(writtenColumn("a", cells), reading);
    const hint = `the model learned this column from ${learned}: write the cells so, or read them as missing with --bad-cells missing`;
    expect(faults).toHaveLength(1);
    expect(faultError(faults, { column: "a", reading, learned: true })?.hint).toBe(hint);
  });
});
