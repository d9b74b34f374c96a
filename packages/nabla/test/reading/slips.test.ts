import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideColumns } from "../../src/reading/decide-columns.ts";
import { columnFrom, decideColumn, writtenColumn } from "../../src/reading/index.ts";

type Write = (value: number) => string;

const grouped = (value: number, group: string, point: string, digits: number): string => {
  const [whole = "", fraction = ""] = Math.abs(value).toFixed(digits).split(".");
  const front = whole.replace(/\B(?=(\d{3})+$)/g, group);
  return `${value < 0 ? "-" : ""}${front}${digits === 0 ? "" : `${point}${fraction}`}`;
};

/** How a whole column is written. */
const DRESSES: Readonly<Record<string, Write>> = {
  plain: (value) => String(value),
  thousandths: (value) => value.toFixed(3),
  "decimal commas": (value) => value.toFixed(2).replace(".", ","),
  "three decimals after a comma": (value) => value.toFixed(3).replace(".", ","),
  "thousands commas": (value) => grouped(1000 * value, ",", ".", 2),
  "whole thousands with commas": (value) => grouped(1000 * value, ",", ".", 0),
  "thousands points": (value) => grouped(1000 * value, ".", ",", 2),
  blanks: (value) => grouped(1000 * value, " ", ".", 1),
  dollars: (value) => `$${grouped(1000 * Math.abs(value), ",", ".", 2)}`,
  "whole euros": (value) => `${grouped(1000 * Math.abs(value), ".", ",", 0)} €`,
  kilograms: (value) => `${value.toFixed(1)} kg`,
  meters: (value) => `${value.toFixed(0)}m`,
  percent: (value) => `${value.toFixed(1)}%`,
  thousands: (value) => `${value.toFixed(1)}k`,
  billions: (value) => `${value.toFixed(1)}B`,
};

/** What becomes of a cell by a slip of the pen. */
const SLIPS: readonly ((text: string) => string)[] = [
  (text) => `${text}x`,
  (text) => `${text.replace(".", ",")}x`,
  (text) => text.replace(/[.]/, ","),
  (text) => text.replace(/[,]/, "."),
  (text) => text.replace(/\d/, "o"),
  (text) => text.replace(/\d/, "l"),
  (text) => text.replace(/[^\d.,-]/g, ""),
  (text) => text.replace(/[.,]/, ""),
  (text) => text.replace(/[.,]/, ".."),
  (text) => `${text}%`,
  (text) => `${text.replace(/[^\d.,-]+$/, "")} g`,
  (text) => `${text.replace(/[^\d.,-]+$/, "")}k`,
  (text) => `$${text}`,
  () => "12,5",
  () => "12.5",
  () => "12,5x",
  () => "3,14 kg",
  () => "1k",
  () => "0",
  () => "?",
  () => "see note",
  () => "2024-05-31",
  () => "12:30",
  () => "true",
];

const ROWS = 80;

function valuesOf(texts: readonly string[], badCells: "error" | "missing"): readonly number[] | undefined {
  const column = writtenColumn("x", texts);
  const other = writtenColumn(
    "y",
    texts.map((_, row) => row % 7),
  );
  const [decision] = decideColumns([column, other], () => ({ badCells }));
  if (decision?.reading.as !== "number" && decision?.reading.as !== "date") return undefined;
  const read = columnFrom(column, decision.reading).column;
  return read.kind === "number" ? [...read.values.data] : undefined;
}

const slips = fc.uniqueArray(fc.tuple(fc.nat(ROWS - 1), fc.nat(SLIPS.length - 1)), {
  minLength: 1,
  maxLength: 3,
  selector: ([row]) => row,
});

const DATES: Readonly<Record<string, (iso: string) => string>> = {
  "year first": (iso) => iso,
  "points, day first": (iso) => iso.split("-").reverse().join("."),
  "slashes, month first": (iso) => iso.replace(/(\d+)-(\d+)-(\d+)/, "$2/$3/$1"),
  "with times": (iso) => `${iso}T10:15:00Z`,
};
const DATE_SLIPS: readonly ((text: string) => string)[] = [
  (text) => text.replace(/\d/, "o"),
  (text) => text.replace(/\d/, ""),
  (text) => `${text}x`,
  () => "31.02.2023",
  () => "2023-13-45",
  () => "05/06/2024",
  () => "25/12/2024",
  () => "12/25/2024",
  () => "12,5",
  () => "45000",
  () => "?",
  () => "see note",
];

describe("up to three slips in a column of numbers", () => {
  it.each(Object.keys(DRESSES))("leave the other cells as they are: %s", (name) => {
    const write = DRESSES[name] as Write;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1001, max: 99_999 }), { minLength: ROWS, maxLength: ROWS }),
        slips,
        (whole, found) => {
          const clean = whole.map((value) => write(value / 1000));
          const places = new Map(found);
          const slipped = clean.map((text, row) => SLIPS[places.get(row) ?? -1]?.(text) ?? text);
          const expected = valuesOf(clean, "error");
          for (const badCells of ["error", "missing"] as const) {
            const read = valuesOf(slipped, badCells);
            const changed = clean.flatMap((text, row) =>
              places.has(row) || Object.is(read?.[row], expected?.[row])
                ? []
                : [`${text} is ${read?.[row]}, not ${expected?.[row]}`],
            );
            expect([badCells, changed.slice(0, 3)]).toEqual([badCells, []]);
          }
        },
      ),
      { seed: 20240531, numRuns: 25 },
    );
  });
});

describe("up to three slips in a column of dates", () => {
  const days = fc.date({
    min: new Date(Date.UTC(2001, 0, 1)),
    max: new Date(Date.UTC(2030, 11, 31)),
    noInvalidDate: true,
  });
  const found = fc.uniqueArray(fc.tuple(fc.nat(ROWS - 1), fc.nat(DATE_SLIPS.length - 1)), {
    minLength: 1,
    maxLength: 3,
    selector: ([row]) => row,
  });
  it.each(Object.keys(DATES))("leave the other cells as they are: %s", (name) => {
    const write = DATES[name] as (iso: string) => string;
    fc.assert(
      fc.property(fc.array(days, { minLength: ROWS, maxLength: ROWS }), found, (dates, some) => {
        const clean = dates.map((date) => write(date.toISOString().slice(0, 10)));
        const places = new Map(some);
        const slipped = clean.map((text, row) => DATE_SLIPS[places.get(row) ?? -1]?.(text) ?? text);
        const expected = valuesOf(clean, "error");
        const read = valuesOf(slipped, "missing");
        const changed = clean.filter((_, row) => !places.has(row) && !Object.is(read?.[row], expected?.[row]));
        expect(changed).toEqual([]);
        expect(expected?.[0]).toBe(
          Date.parse(`${(dates[0] as Date).toISOString().slice(0, 10)}`) / 86_400_000 +
            (name === "with times" ? 10.25 / 24 : 0),
        );
      }),
      { seed: 20240531, numRuns: 25 },
    );
  });
});

/** Cells of some kinds, over and over. */
const cycle = (cells: readonly string[], rows: number): readonly string[] =>
  Array.from({ length: rows }, (_, row) => cells[row % cells.length] ?? "");

describe("what few cells show", () => {
  it("a whole column is not read otherwise by one cell without saying so", () => {
    const cells = Array.from({ length: 119 }, (_, row) => `${10 + (row % 80)}.${320 + row}`);
    const grouped = decideColumn(writtenColumn("income", [...cells, "1.234,5"]));
    expect(grouped.notices.map(({ message }) => message)).toEqual([
      expect.stringMatching(/10\.320.*10320.*--column income=number:point/),
    ]);
    const plain = decideColumn(writtenColumn("income", [...cells, "12,5"]));
    expect(plain.reading).toEqual({ as: "number" });
    expect(plain.notices.map(({ code }) => code)).toEqual(["data/ambiguous-number"]);
  });

  it("words as frequent as each of a few numbers are kinds, and rare ones gaps", () => {
    expect(decideColumn(writtenColumn("arm", cycle(["PLACEBO", "0.5 MG", "1 MG"], 90))).levels).toEqual([
      { text: "0.5 MG", count: 30 },
      { text: "1 MG", count: 30 },
      { text: "PLACEBO", count: 30 },
    ]);
    const rated = decideColumn(writtenColumn("rating", [...cycle(["1", "2", "3", "4"], 90), "refused", "refused"]));
    expect([rated.reading.as, rated.missing]).toEqual(["number", 2]);
  });

  it("versions, lists of answers and diagnoses are names, and limits of detection slips", () => {
    for (const cells of [
      ["17.0.1", "14", "16.2"],
      ["1", "2,3", "24,5", "1,2,3"],
      ["250.00", "250.01", "E11.9", "401.9", "V45.1"],
    ])
      expect(decideColumn(writtenColumn("x", cycle(cells, 90))).reading.as).toBe("category");
    const measured = Array.from({ length: 90 }, (_, row) => (row * 1.37).toFixed(2));
    const limits = decideColumn(writtenColumn("x", [...measured, ...cycle(["<0.5"], 20)]));
    expect([limits.reading.as, limits.faults[0]?.text]).toEqual(["number", "<0.5"]);
  });

  it("numbers without a unit beside others with one are counted", () => {
    const { notices } = decideColumn(writtenColumn("share", [...cycle(["93.2%", "88.1%"], 80), ...cycle(["1.3"], 20)]));
    expect(notices.map(({ message }) => message)).toEqual([
      expect.stringMatching(/20 cells such as 1\.3 have no unit/),
    ]);
  });

  it("nothing that the user calls numbers, dates or times becomes a gap unasked", () => {
    for (const as of ["number", "date", "time"] as const) {
      const { faults, missing } = decideColumn(writtenColumn("city", cycle(["Bonn", "Trier"], 50)), { as });
      expect([faults.map(({ text }) => text), missing]).toEqual([["Bonn", "Trier"], 0]);
    }
  });

  it("gaps that the user asks for are counted", () => {
    const cells = [...Array.from({ length: 60 }, (_, row) => String(row)), "12,5x", "l2"];
    expect(decideColumn(writtenColumn("x", cells), { badCells: "missing" }).missing).toBe(2);
    expect(decideColumn(writtenColumn("x", cells)).missing).toBe(0);
  });

  it.each([
    ["31/05/2024", "date:dmy"],
    ["12:30", "time"],
    ["$5.00", "number"],
    ["1.234,50 €", "number"],
  ])("%s in every row is no input", (text, as) => {
    const { leftOut } = decideColumn(writtenColumn("x", cycle([text], 60)));
    expect(leftOut).toEqual({ reason: "constant", option: `--column x=${as}` });
  });

  it.each([
    ["12,-", 12],
    ["1.234,-", 1234],
    ["12.--", 12],
    ["7,-- €", 7],
    ["-3,-", -3],
    ["12-", -12],
  ])("%s is %d", (text, value) => {
    const written = writtenColumn("x", [text, "4,25 €", "1.000,75 €"]);
    const { column } = columnFrom(written, decideColumn(written).reading);
    expect(column.kind === "number" ? column.values.data[0] : undefined).toBe(value);
  });

  it("rare classes are to be left out only where enough others stay", () => {
    const advice = (cells: readonly string[]): readonly string[] =>
      decideColumn(writtenColumn("y", cells), { role: "target" }).notices.map(({ message }) => message);
    expect(advice([...cycle(["a", "b"], 60), "c"])).toEqual([expect.not.stringMatching(/--missing/)]);
    expect(advice([...cycle(["a", "b", "c"], 60), "d"])).toEqual([expect.stringMatching(/--missing d$/)]);
    expect(advice([...cycle(["1", "2", "3", "4"], 60), "5"])).toEqual([expect.not.stringMatching(/--missing/)]);
  });
});
