import { fork, normal, seedKey, uniform } from "../../src/base/random.ts";
import { categoryColumn, numberColumn, type Table, table } from "../../src/data/table.ts";

/** Twenty columns of standard normal numbers, the first three moved by `shift`. */
export function cloud(rows: number, { name = "a", seed = 1, shift = 0, columns = 20 } = {}): Table {
  return table(
    Array.from({ length: columns }, (_, i) => {
      const draws = normal(fork(seedKey(seed), `${name} ${i}`), rows);
      return numberColumn(
        `x${i}`,
        draws.map((x) => x + (i < 3 ? shift : 0)),
      );
    }),
  );
}

/** Two clouds as one table, whose target is which of them a row comes from, with noise. */
export function twoClasses(rows: number, seed = 1): Table {
  const noise = uniform(fork(seedKey(seed), "noise"), rows);
  const { columns } = cloud(rows, { seed, columns: 6 });
  const [x0] = columns;
  const names = Array.from({ length: rows }, (_, row) => {
    const value = x0?.kind === "number" ? (x0.values.data[row] ?? 0) : 0;
    return value > 0 === (noise[row] ?? 0) < 0.8 ? "ill" : "well";
  });
  return table(columns, categoryColumn("state", names));
}
