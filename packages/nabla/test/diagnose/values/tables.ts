import { fork, normal, seedKey, uniform } from "../../../src/base/random.ts";
import { categoryColumn, numberColumn, type Table, table } from "../../../src/data/table.ts";

/** Columns of houses, as lists that a test may change. */
export interface Houses {
  readonly area: number[];
  readonly age: number[];
  readonly height: number[];
  readonly town: string[];
  readonly price: number[];
}

/** Houses whose price follows area and town, with noise; their height is measured in centimeters and follows nothing. */
export function houses(rows: number, seed = 1): Houses {
  const draw = (name: string): Float64Array => normal(fork(seedKey(seed), name), rows);
  const chance = (name: string): Float64Array => uniform(fork(seedKey(seed), name), rows);
  const [size, noise, tall, years, towns] = [draw("size"), draw("noise"), draw("tall"), chance("age"), chance("town")];
  const area = Array.from(size, (z) => Number(Math.exp(4.7 + 0.4 * z).toFixed(1)));
  const town = Array.from(towns, (u) => (u < 0.5 ? "north" : "south"));
  return {
    area,
    age: Array.from(years, (u) => Math.floor(90 * u)),
    height: Array.from(tall, (z) => Math.round(270 + 25 * z)),
    town,
    price: area.map((size, i) =>
      Math.round(size * (town[i] === "north" ? 2400 : 1900) * Math.exp(0.1 * (noise[i] ?? 0))),
    ),
  };
}

/** The same as a table whose target is the price. */
export function tableOf({ area, age, height, town, price }: Houses): Table {
  return table(
    [
      numberColumn("area", area),
      numberColumn("age", age),
      numberColumn("height", height),
      categoryColumn("town", town),
    ],
    numberColumn("price", price),
  );
}

/** Changes about a share of some numbers, and gives their places. */
export function changed(
  values: number[],
  share: number,
  change: (value: number) => number,
  seed = 5,
): readonly number[] {
  const chosen = uniform(fork(seedKey(seed), "changed"), values.length);
  const places = [...values.keys()].filter((i) => (chosen[i] ?? 1) < share);
  for (const i of places) values[i] = change(values[i] ?? 0);
  return places;
}
