import fc from "fast-check";
import { expect, test } from "vitest";
import type { DateReading, NumberReading } from "../../src/data/column-reading.ts";
import { numberCellReader } from "../../src/reading/index.ts";
import { decided } from "./decided.ts";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const MISSING = ["", "NA", "N/A", "None", "NaN", "null", "-", "--", "?", "unknown", "#N/A"];

/** Digits in groups of three. */
function grouped(digits: string, mark: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, mark);
}

/** How the numbers of a column are written. */
interface Dress {
  readonly decimal: "." | ",";
  readonly mark: string;
  readonly fraction: number;
  readonly negative: (text: string) => string;
  readonly unit: (text: string) => string;
}

const dresses: fc.Arbitrary<Dress> = fc
  .record({
    marks: fc.constantFrom<readonly [".", string] | readonly [",", string]>(
      ...([
        [".", ""],
        [".", ","],
        [".", " "],
        [".", "'"],
        [".", "\u202f"],
        [".", "’"],
      ] as const),
      ...([
        [",", ""],
        [",", "."],
        [",", " "],
        [",", "'"],
        [",", "\u00a0"],
      ] as const),
    ),
    fraction: fc.constantFrom(1, 2, 4),
    negative: fc.constantFrom(
      ...[
        (text: string) => `-${text}`,
        (text: string) => `−${text}`,
        (text: string) => `(${text})`,
        (text: string) => `${text}-`,
      ],
    ),
    unit: fc.constantFrom(
      ...[
        (text: string) => text,
        (text: string) => `$${text}`,
        (text: string) => `${text} €`,
        (text: string) => `${text}%`,
      ],
      ...[(text: string) => `${text} kg`, (text: string) => `CHF ${text}`, (text: string) => `${text}km/h`],
    ),
  })
  .map(({ marks: [decimal, mark], ...rest }) => ({ decimal, mark, ...rest }));

function written(value: number, { decimal, mark, fraction, negative, unit }: Dress): string {
  const [whole = "", digits = ""] = Math.abs(value).toFixed(fraction).split(".");
  const text = unit(`${grouped(whole, mark)}${decimal}${digits}`);
  return value < 0 ? negative(text) : text;
}

/** Cells with gaps between them, where a value is undefined. */
function withGaps<T>(values: readonly T[], gaps: readonly (string | undefined)[]): readonly (T | string)[] {
  return values.map((value, i) => gaps[i] ?? value);
}

const gapsOf = (length: number): fc.Arbitrary<readonly (string | undefined)[]> =>
  fc.array(fc.option(fc.constantFrom(...MISSING), { nil: undefined, freq: 3 }), {
    minLength: length,
    maxLength: length,
  });

test("numbers in any dress, with words for gaps, are read as they were meant", () => {
  const numbers = fc.array(fc.integer({ min: -99_999_999, max: 99_999_999 }), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(numbers, dresses, gapsOf(12), (integers, dress, gaps) => {
      const values = integers.map((integer) => integer / 10 ** dress.fraction);
      const cells = withGaps(
        values.map((value) => written(value, dress)),
        gaps,
      );
      fc.pre(gaps.filter((gap) => gap === undefined).length > 6);
      const found = decided(cells);
      expect(found.reading.as).toBe("number");
      expect(found.values).toEqual(values.map((value, i) => (gaps[i] === undefined ? value : Number.NaN)));
      expect(cells.map(numberCellReader(found.reading as NumberReading)).map((value) => value ?? Number.NaN)).toEqual(
        found.values,
      );
    }),
    { seed: 11, numRuns: 400 },
  );
});

const dateDresses: readonly (readonly [string, (year: string, month: string, day: string) => string])[] = [
  ["ymd", (y, m, d) => `${y}-${m}-${d}`],
  ["ymd", (y, m, d) => `${y}/${m}/${d}`],
  ["dmy", (y, m, d) => `${d}.${m}.${y}`],
  ["dmy", (y, m, d) => `${d}/${m}/${y}`],
  ["dmy", (y, m, d) => `${Number(d)}-${Number(m)}-${y}`],
  ["mdy", (y, m, d) => `${m}/${d}/${y}`],
  ["mdy", (y, m, d) => `${Number(m)}/${Number(d)}/${y}`],
  ["dmy", (y, m, d) => `${d} ${MONTHS[Number(m) - 1]} ${y}`],
  ["mdy", (y, m, d) => `${MONTHS[Number(m) - 1]?.slice(0, 3).toUpperCase()} ${Number(d)}, ${y}`],
  ["dmy", (y, m, d) => `${d}-${MONTHS[Number(m) - 1]?.slice(0, 3)}-${y.slice(2)}`],
  ["compact", (y, m, d) => `${y}${m}${d}`],
];
const clocks: readonly ((hour: number, minute: number) => string)[] = [
  () => "",
  (hour, minute) => ` ${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`,
  (hour, minute) => ` ${hour % 12 || 12}:${String(minute).padStart(2, "0")} ${hour < 12 ? "AM" : "PM"}`,
];

test("dates in any order, with times, are the days that were meant", () => {
  const minutes = fc.array(fc.integer({ min: Date.UTC(1972, 0, 1) / 60_000, max: Date.UTC(2060, 0, 1) / 60_000 }), {
    minLength: 12,
    maxLength: 12,
  });
  fc.assert(
    fc.property(
      minutes,
      fc.constantFrom(...dateDresses),
      fc.constantFrom(...clocks),
      gapsOf(12),
      (times, [order, dress], clock, gaps) => {
        const timed = order !== "compact" && clock(0, 0) !== "";
        const dates = times.map((time) => new Date(timed ? time * 60_000 : Math.floor(time / 1440) * 86_400_000));
        const cells = dates.map((date) => {
          const [year = "", month = "", day = ""] = date.toISOString().slice(0, 10).split("-");
          return `${dress(year, month, day)}${timed ? clock(date.getUTCHours(), date.getUTCMinutes()) : ""}`;
        });
        // a day above the twelfth decides the order
        fc.pre(dates.filter((date, i) => date.getUTCDate() > 12 && gaps[i] === undefined).length > 1);
        fc.pre(gaps.filter((gap) => gap === undefined).length > 6);
        const found = decided(withGaps(cells, gaps), { name: "date" });
        expect(found.reading).toMatchObject({ as: "date", order });
        const single = withGaps(cells, gaps).map(numberCellReader(found.reading as DateReading));
        expect(single.map((value) => value ?? Number.NaN)).toEqual(found.values);
        for (const [i, date] of dates.entries())
          if (gaps[i] === undefined) expect(found.values[i]).toBeCloseTo(date.getTime() / 86_400_000, 6);
          else expect(found.values[i]).toBeNaN();
      },
    ),
    { seed: 12, numRuns: 300 },
  );
});

test("yes and no in any words and case are the same two levels", () => {
  const pairs = [
    ["true", "false"],
    ["yes", "no"],
    ["y", "n"],
    ["t", "f"],
    ["ja", "nein"],
    ["oui", "non"],
  ] as const;
  const cases = [
    (text: string) => text,
    (text: string) => text.toUpperCase(),
    (text: string) => `${text[0]?.toUpperCase()}${text.slice(1)}`,
  ];
  const cell = fc.record({ truth: fc.boolean(), spell: fc.constantFrom(...cases) });
  fc.assert(
    fc.property(fc.constantFrom(...pairs), fc.array(cell, { minLength: 4, maxLength: 20 }), ([yes, no], cells) => {
      fc.pre(new Set(cells.map(({ truth }) => truth)).size === 2);
      const found = decided(cells.map(({ truth, spell }) => spell(truth ? yes : no)));
      expect(found.reading).toEqual({ as: "category", truth: true });
      const [first] = cells;
      const same = found.values.map((value) => (value === found.values[0] ? first?.truth : !first?.truth));
      expect(same).toEqual(cells.map(({ truth }) => truth));
    }),
    { seed: 13, numRuns: 200 },
  );
});

test("names in any case are merged to the most frequent spelling, and kept apart unless asked", () => {
  const names = ["berlin", "new york", "são paulo", "köln", "east-end"];
  const cases = [
    (text: string) => text,
    (text: string) => text.toUpperCase(),
    (text: string) => `${text}.`,
    (text: string) => ` ${text}`,
  ];
  const cell = fc.record({ name: fc.constantFrom(...names), spell: fc.constantFrom(...cases) });
  fc.assert(
    fc.property(fc.array(cell, { minLength: 2, maxLength: 20 }), (cells) => {
      const texts = cells.map(({ name, spell }) => spell(name));
      const merged = decided(texts, { mergeCase: true });
      expect(new Set(merged.values).size).toBe(new Set(cells.map(({ name }) => name)).size);
      const apart = decided(texts);
      expect(apart.values).toEqual(texts.map((text) => text.trim()));
    }),
    { seed: 14, numRuns: 200 },
  );
});

test("no text breaks the decision, and every cell is a value, a gap or a fault", () => {
  const pieces = fc.constantFrom(
    ...[
      "1",
      "12",
      "0",
      ".",
      ",",
      " ",
      "-",
      "/",
      ":",
      "$",
      "%",
      "e",
      "T",
      "Z",
      "May",
      "kg",
      "(",
      ")",
      "NA",
      "yes",
      "'",
      "\u00a0",
      "٣",
    ],
  );
  const text = fc.array(pieces, { maxLength: 6 }).map((found) => found.join(""));
  fc.assert(
    fc.property(fc.array(fc.oneof(text, fc.string({ maxLength: 12 })), { maxLength: 12 }), (cells) => {
      const found = decided(cells);
      const present = cells.length - found.missing - found.faults.reduce((sum, { count }) => sum + count, 0);
      const values = found.values.filter((value) => value !== null && !Number.isNaN(value));
      if (found.reading.as !== "text") expect(values.length).toBe(present);
    }),
    { seed: 15, numRuns: 500 },
  );
});
