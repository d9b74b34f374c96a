import { csv } from "../as-people-write-them/dress.ts";

/** One row by the names of its columns. */
export type Row = Readonly<Record<string, string | number | null>>;

/** Rows as a text file under the names of the first one. */
export function textOf(rows: readonly Row[], options: Parameters<typeof csv>[1] = {}): string {
  const names = Object.keys(rows[0] ?? {});
  return csv(Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)])), options);
}

/** ISO text of a day, `at` days after the first of January of a year. */
export function dayIn(year: number, at: number): string {
  return new Date(Date.UTC(year, 0, 1 + at)).toISOString().slice(0, 10);
}

/** ISO text of a moment, `at` minutes after the first of January of a year. */
export function momentIn(year: number, at: number): string {
  return new Date(Date.UTC(year, 0, 1, 0, at)).toISOString().slice(0, 19);
}
