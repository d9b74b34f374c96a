/** Models that answer with the very features of a row, so that what a file does to raw columns can be compared. */
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { fork, seedKey, uniform } from "../../src/base/random.ts";
import type { ColumnReading } from "../../src/data/column-reading.ts";
import { featureNames, type Preparation } from "../../src/data/preparation.ts";
import { type PrepareOptions, prepare } from "../../src/data/prepare.ts";
import { type Column, categoryColumn, numberColumn, type Table, table } from "../../src/data/table.ts";
import type { ExchangedModel } from "../../src/exchange/model-json.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { initModel } from "../../src/nn/model.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";

/** A network whose output is its input, with its preparation, and a target in its own unit. */
export function featureModel(
  columns: readonly Column[],
  options: PrepareOptions = {},
): ExchangedModel & { readonly preparation: Preparation } {
  const rows = table(columns).rows;
  const target = numberColumn(
    "y",
    Float64Array.from({ length: rows }, (_, row) => row),
  );
  const fitted = prepare.fit(table(columns, target), options);
  const preparation: Preparation = { ...fitted, target: { kind: "number", name: "y", mean: 0, deviation: 1 } };
  const width = featureNames(preparation).length;
  const model = chain(dense(width));
  const identity = Float32Array.from({ length: width * width }, (_, i) => Number(i % (width + 1) === 0));
  const { parameters } = initModel(model, [width], seedKey(1));
  const weights = new Map(
    [...parameters].map(([path, array]): [string, NdArray] => {
      const data = array.shape.length === 2 ? identity : new Float32Array(width);
      return [path, ndarray(data, array.shape)];
    }),
  );
  return { trained: { model, loss: squaredError(), weights, shape: [width] }, preparation };
}

/** A column with how it was read. */
export function readColumn(column: Column, reading: ColumnReading): Column {
  return { ...column, reading };
}

/** Days from 1890 to 2130 with times, the first and last days of months often, one in nine missing. */
export function randomDays(seed: number, rows: number, times = true): Float64Array {
  const key = seedKey(seed);
  const clock = uniform(fork(key, "clock"), rows);
  return uniform(fork(key, "days"), rows).map((draw, row) => {
    if (row % 9 === 4) return Number.NaN;
    const day = Math.floor(87_600 * draw) - 29_200;
    const date = new Date(day * 864e5);
    const ends = row % 3 === 0 ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + (row % 2), row % 2) : day * 864e5;
    const shown = Math.round(ends / 864e5) + (row % 3 === 0 && row % 2 === 0 ? 1 : 0);
    return shown + (times ? Math.floor(1440 * (clock[row] ?? 0)) / 1440 : 0);
  });
}

/** Columns of every kind of reading but blocks; `seed` other than 1 brings levels that training lacks. */
export function everyColumn(seed: number, rows: number): readonly Column[] {
  const key = seedKey(seed);
  const draws = uniform(fork(key, "numbers"), rows);
  const levels = uniform(fork(key, "levels"), rows);
  const zips = Array.from(levels, (draw, row) =>
    row % 7 === 3 ? null : `0${Math.floor((seed === 1 ? 900 : 1200) * draw * draw)}`,
  );
  return [
    readColumn(numberColumn("when", randomDays(seed, rows)), { as: "date", order: "ymd", times: true }),
    readColumn(
      numberColumn(
        "at",
        Float64Array.from(draws, (x, row) => (row % 6 === 5 ? Number.NaN : x)),
      ),
      { as: "time" },
    ),
    readColumn(numberColumn("due", randomDays(seed + 10, rows, false)), { as: "date", order: "dmy" }),
    // milliseconds of one hour: float32 holds none of them apart
    numberColumn(
      "stamp",
      Float64Array.from(draws, (x) => 1_700_000_000_000 + Math.floor(3_600_000 * x)),
    ),
    numberColumn(
      "plain",
      Float64Array.from(draws, (x, row) => (row % 5 === 2 ? Number.NaN : Math.fround(10 * x))),
    ),
    // without a missing value and with some, many zeros
    numberColumn(
      "rain",
      Float64Array.from(draws, (x) => (x < 0.4 ? 0 : Math.fround(9 * x))),
    ),
    numberColumn(
      "visits",
      Float64Array.from(levels, (x, row) => (row % 8 === 1 ? Number.NaN : x < 0.5 ? 0 : Math.floor(20 * x))),
    ),
    readColumn(categoryColumn("zip", zips), { as: "category" }),
    categoryColumn(
      "colour",
      Array.from(draws, (x, row) => ["red", "größe", null, seed === 1 ? "blue" : "new"][(row + Math.floor(9 * x)) % 4]),
    ),
  ];
}

/** The rows of a table as a program elsewhere gives them: null for what is missing. */
export function plainRows({ rows, columns }: Table): readonly Readonly<Record<string, number | string | null>>[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      columns.map((column) => {
        if (column.kind === "category") return [column.name, column.levels[column.codes[row] ?? -1] ?? null];
        const value = column.values.data[row] ?? Number.NaN;
        return [column.name, Number.isNaN(value) ? null : value];
      }),
    ),
  );
}
