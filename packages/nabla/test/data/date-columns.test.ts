import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fork, seedKey, uniform } from "../../src/base/random.ts";
import { preparedInputs } from "../../src/data/apply-preparation.ts";
import type { ColumnReading, DateReading } from "../../src/data/column-reading.ts";
import { joinTables } from "../../src/data/join-tables.ts";
import { featureNames, type Preparation, wantedColumns } from "../../src/data/preparation.ts";
import { prepare } from "../../src/data/prepare.ts";
import { fitSource } from "../../src/data/prepare-source.ts";
import { preparationFrom } from "../../src/data/read-preparation.ts";
import {
  categoryColumn,
  type NumberColumn,
  numberColumn,
  selectColumns,
  type Table,
  table,
  takeTable,
} from "../../src/data/table.ts";
import { thrown } from "./thrown.ts";

const DAY = 864e5;
const nan = Number.NaN;
const dates: DateReading = { as: "date", order: "ymd" };

function read(name: string, values: readonly number[], reading: ColumnReading): NumberColumn {
  return { ...numberColumn(name, values), reading };
}

function rowsOf(columns: readonly NumberColumn[]): Table {
  const rows = columns[0]?.values.data.length ?? 0;
  return table(
    columns,
    numberColumn(
      "y",
      Float64Array.from({ length: rows }, (_, row) => row),
    ),
  );
}

const on = (...written: readonly string[]): readonly number[] =>
  written.map((text) => (text === "" ? nan : Date.parse(`${text.length > 10 ? text : `${text}T00:00`}Z`) / DAY));

/** The features of each row by their names. */
function named(preparation: Preparation, rows: Table): readonly Record<string, number>[] {
  const names = featureNames(preparation);
  const { data } = preparedInputs(preparation, rows);
  return Array.from({ length: rows.rows }, (_, row) =>
    Object.fromEntries(names.map((name, i) => [name, data[row * names.length + i] ?? nan])),
  );
}

/** Random days around 1970, some of them missing, some with a time. */
function randomDates(seed: number, rows: number): readonly number[] {
  const key = seedKey(seed);
  const times = uniform(fork(key, "times"), rows);
  return Array.from(uniform(fork(key, "days"), rows), (draw, row) =>
    row % 9 === 4 ? nan : Math.floor(4000 * draw - 2000) + Math.floor(24 * (times[row] ?? 0)) / 24,
  );
}

async function* chunksOf(all: Table, size: number): AsyncGenerator<Table, void, undefined> {
  for (let from = 0; from < all.rows; from += size) {
    const length = Math.min(size, all.rows - from);
    yield takeTable(
      all,
      Array.from({ length }, (_, i) => from + i),
    );
  }
}

describe("a column of dates", () => {
  it("gives its days, scaled, and the parts of the calendar that vary in training", () => {
    const days = on("2024-01-01", "2024-01-31", "", "2023-02-28", "1969-12-31");
    const preparation = prepare.fit(rowsOf([read("when", days, dates)]));
    const known = days.filter((day) => !Number.isNaN(day));
    const sorted = known.toSorted((a, b) => a - b);
    const at = (place: number): number =>
      (sorted[Math.floor(place)] ?? 0) * (1 - (place % 1)) + (sorted[Math.ceil(place)] ?? 0) * (place % 1);
    const z = ((days[1] ?? 0) - at(1.5)) / (at(2.25) - at(0.75));
    const [found] = preparation.columns;
    expect(found).toMatchObject({
      kind: "date",
      weekdays: [0, 1, 2],
      months: [1, 2, 12],
      monthDays: true,
      times: false,
    });
    const features = named(preparation, rowsOf([read("when", days, dates)]));
    expect(Object.keys(features[0] ?? {})).toEqual([
      "when",
      "when is missing",
      "when weekday=Mon",
      "when weekday=Tue",
      "when weekday=Wed",
      "when month=Jan",
      "when month=Feb",
      "when month=Dec",
      "when day of month",
    ]);
    expect(Object.values(features[1] ?? {})).toEqual([
      expect.closeTo(z / Math.sqrt(1 + (z / 3) ** 2), 6),
      ...[0, 0, 0, 1, 1, 0, 0, 1],
    ]);
    expect(Object.values(features[2] ?? {})).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0]);
    expect(Object.values(features[3] ?? {}).slice(1)).toEqual([0, 0, 1, 0, 0, 1, 0, 1]);
    expect(Object.values(features[4] ?? {}).slice(1)).toEqual([0, 0, 0, 1, 0, 0, 1, 1]);
  });

  it("takes a new day at prediction, with a weekday and month that training did not see", () => {
    const preparation = prepare.fit(rowsOf([read("when", on("2024-01-01", "2024-01-02", "2024-02-05"), dates)]));
    const [row] = named(preparation, rowsOf([read("when", on("2031-07-20"), dates)]));
    // years beyond all of training are near the most that a scaled number is
    expect(row?.when).toBeGreaterThan(2.99);
    expect(row?.when).toBeLessThan(3);
    expect(Object.values(row ?? {}).slice(1)).toEqual([0, 0, 0, 0, Math.fround((2 * 19) / 30 - 1)]);
  });

  it("gives the time of day as a hand of the clock where it varies", () => {
    const days = on("2024-01-01T06:00", "1960-01-04T18:00", "2024-01-08T00:00");
    const rows = named(prepare.fit(rowsOf([read("when", days, dates)])), rowsOf([read("when", days, dates)]));
    const hands = rows.map((row) => [row["when time of day (sine)"], row["when time of day (cosine)"]]);
    for (const [i, [sine, cosine]] of [
      [1, 0],
      [-1, 0],
      [0, 1],
    ].entries()) {
      expect(hands[i]?.[0]).toBeCloseTo(sine ?? nan, 6);
      expect(hands[i]?.[1]).toBeCloseTo(cosine ?? nan, 6);
    }
    // midday alone does not vary
    const noons = on("2024-01-01T12:00", "2024-01-02T12:00");
    expect(prepare.fit(rowsOf([read("when", noons, dates)])).columns[0]).toMatchObject({ times: false });
  });

  it("has no weekday and no day where they are not written, and is no date without a reading", () => {
    const days = on("2024-01-01", "2024-02-01", "2024-03-01");
    const months = prepare.fit(rowsOf([read("when", days, { as: "date", order: "month" })]));
    expect(featureNames(months)).toEqual(["when", "when month=Jan", "when month=Feb", "when month=Mar"]);
    expect(featureNames(prepare.fit(rowsOf([numberColumn("when", days)])))).toEqual(["when"]);
    const numbers = prepare.fit(rowsOf([read("when", days, { as: "number" })]));
    expect(numbers.columns[0]).toMatchObject({ kind: "number", reading: { as: "number" } });
  });

  it("of one day is constant, and keeps how it was read", () => {
    const rows = rowsOf([read("when", on("2024-01-01", "2024-01-01"), dates), numberColumn("x", [1, 2])]);
    expect(prepare.fit(rows).columns[0]).toEqual({ kind: "constant", name: "when", reading: dates });
  });

  it("refuses names, and numbers where names are wanted", () => {
    const preparation = prepare.fit(rowsOf([read("when", on("2024-01-01", "2024-01-02"), dates)]));
    const error = thrown(() => preparedInputs(preparation, table([categoryColumn("when", ["2024-01-01"])])));
    expect(error.code).toBe("data/column-kind");
    expect(error.message).toContain("trained on dates, this table has names");
  });
});

describe("a column of times", () => {
  it("gives the time, scaled, and the hand of the clock", () => {
    const rows = rowsOf([read("at", [0, 0.25, 0.5, nan], { as: "time" })]);
    const [, quarter, , missing] = named(prepare.fit(rows), rows);
    expect(Object.keys(quarter ?? {})).toEqual([
      "at",
      "at is missing",
      "at time of day (sine)",
      "at time of day (cosine)",
    ]);
    expect(Object.values(quarter ?? {}).map((x) => Math.round(x * 1e6) / 1e6)).toEqual([0, 0, 1, 0]);
    expect(Object.values(missing ?? {})).toEqual([0, 1, 0, 0]);
  });
});

describe("how columns were read", () => {
  const all = table(
    [
      read("when", randomDates(3, 400), { ...dates, times: true }),
      read("at", Array.from(uniform(seedKey(4), 400)), { as: "time" }),
      read("amount", Array.from(uniform(seedKey(5), 400)), { as: "number", decimal: ",", missing: ["none"] }),
      {
        ...categoryColumn(
          "zip",
          Array.from({ length: 400 }, (_, i) => `z${i % 100}`),
        ),
        reading: { as: "category" },
      },
    ],
    {
      ...categoryColumn(
        "kind",
        Array.from({ length: 400 }, (_, i) => `${i % 2}`),
      ),
      reading: { as: "category", numeric: true },
    },
  );

  it("is in the preparation, from a table and from a stream alike, and comes back from JSON", async () => {
    const preparation = prepare.fit(all);
    expect(preparation.columns.map(({ reading }) => reading)).toEqual(all.columns.map(({ reading }) => reading));
    expect(preparation.target.reading).toEqual({ as: "category", numeric: true });
    expect(await fitSource(chunksOf(all, 7))).toEqual(preparation);
    expect(preparationFrom(JSON.parse(JSON.stringify(preparation)))).toEqual(preparation);
    expect(wantedColumns(preparation).map(({ kind, reading }) => [kind, reading?.as])).toEqual([
      ["number", "date"],
      ["number", "time"],
      ["number", "number"],
      ["category", "category"],
    ]);
  });

  it("is the same from any chunks of any columns", async () => {
    const readings: readonly (readonly ColumnReading[])[] = [
      [
        { as: "date", order: "dmy" },
        { as: "date", order: "month" },
        { as: "date", order: "week" },
      ],
      [{ as: "time" }, { as: "number" }, { as: "number", unit: "kg" }],
    ];
    const cell = fc.oneof(
      fc.constant(nan),
      fc.integer({ min: -50_000, max: 50_000 }),
      fc.double({ min: -99, max: 99, noNaN: true }),
    );
    const given = fc.record({
      reading: fc.constantFrom(...readings.flat(), undefined),
      cells: fc.array(cell, { minLength: 12, maxLength: 12 }),
      names: fc.array(fc.constantFrom("a", "b", "c", "01", "1", null), { minLength: 12, maxLength: 12 }),
      levels: fc.integer({ min: 1, max: 5 }),
      chunk: fc.integer({ min: 1, max: 12 }),
      scaling: fc.constantFrom("standardize", "minMax", "robust", "smoothClip", undefined),
      targetScale: fc.constantFrom("none", "log"),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ reading, cells, names, levels, chunk, scaling, targetScale }) => {
        const options = { targetScale, ...(scaling === undefined ? {} : { scaling }) };
        const column = reading === undefined ? numberColumn("n", cells) : read("n", cells, reading);
        const always = numberColumn(
          "always",
          Float64Array.from({ length: 12 }, (_, row) => row * 0.1),
        );
        const amount = numberColumn(
          "y",
          Float64Array.from({ length: 12 }, (_, row) => row * row),
        );
        const rows = table([column, always, categoryColumn("names", names)], amount);
        const preparation = prepare.fit(rows, { levels, ...options });
        const streamed = await fitSource(chunksOf(rows, chunk), { levels, ...options });
        expect(streamed).toEqual(preparation);
        expect(preparationFrom(JSON.parse(JSON.stringify(preparation)))).toEqual(preparation);
        const { data, shape } = preparedInputs(preparation, rows);
        expect(shape[1]).toBe(featureNames(preparation).length);
        expect(data.every((value) => Number.isFinite(value))).toBe(true);
      }),
      { seed: 11, numRuns: 150 },
    );
  });

  it("is refused with an infinite value, from a table and from a stream alike", async () => {
    for (const endless of [numberColumn("n", [1, Infinity, 2]), read("n", [1, -Infinity, 2], dates)]) {
      const rows = table([endless, numberColumn("m", [1, 2, 3])], numberColumn("y", [1, 2, 3]));
      expect(thrown(() => prepare.fit(rows)).code).toBe("data/infinite");
      await expect(fitSource(chunksOf(rows, 2))).rejects.toMatchObject({ code: "data/infinite" });
    }
  });

  it("stays with a column wherever rows are chosen or joined", () => {
    const some = takeTable(selectColumns(all, ["zip", "when"]), [1, 2, 3]);
    const joined = joinTables(some, some);
    expect(joined.rows).toBe(6);
    expect([...joined.columns, joined.target].map((column) => column?.reading?.as)).toEqual([
      "category",
      "date",
      "category",
    ]);
  });

  it("is refused where it is damaged", () => {
    const preparation = prepare.fit(all);
    const [date, time, number, category] = preparation.columns;
    const damages: readonly (readonly [unknown, string])[] = [
      [{ ...date, months: [2, 1] }, "columns[0].months[1]: expected a whole number from 3 to 12, found 1"],
      [{ ...date, weekdays: [7] }, "weekdays[0]: expected a whole number from 0 to 6"],
      [{ ...date, times: "no" }, "times: expected true or false"],
      [{ ...date, reading: { as: "date", order: "ydm" } }, "reading.order: expected one of ymd, dmy, mdy"],
      [{ ...date, reading: { as: "time" } }, 'reading.as: expected "date", found "time"'],
      [{ ...time, spread: -1 }, "spread: expected a number from 0 up"],
      [{ ...number, reading: { as: "number", decimal: ";" } }, "reading.decimal"],
      [{ ...number, wide: "yes" }, "wide: expected true"],
      [{ ...category, slots: [0] }, "slots: expected 100 numbers, one a level"],
      [{ ...category, levels: ["a", "b"], slots: [0, 2] }, "slots[1]: expected a whole number from 0 to 1, found 2"],
    ];
    for (const [column, part] of damages) {
      const error = thrown(() => preparationFrom({ ...preparation, columns: [column] }));
      expect(error.code).toBe("model/damaged");
      expect(error.message).toContain(part);
    }
  });
});
