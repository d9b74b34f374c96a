import { draws, many } from "./draws.ts";
import { csv, day, grouped } from "./dress.ts";

/** One order of a shop, as it is meant; null where nothing is known. */
export interface Order {
  readonly paid: boolean | null;
  readonly member: boolean | null;
  readonly fragile: boolean | null;
  readonly rooms: number | null;
  readonly price: number | null;
  readonly share: number | null;
  readonly when: string | null;
  readonly sent: string | null;
  readonly at: string | null;
  readonly zip: string | null;
  readonly city: string | null;
  readonly grade: number | null;
}

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** Orders by a seed; `gaps` is the chance of a cell to be missing. */
export function orders(
  count: number,
  { seed, gaps }: { readonly seed: number; readonly gaps: number },
): readonly Order[] {
  const random = draws(seed);
  const known = <T>(value: T): T | null => (random.chance(gaps) ? null : value);
  return many(count, (): Order => {
    const iso = new Date(Date.UTC(2022, 0, 1 + random.whole(0, 900))).toISOString().slice(0, 10);
    return {
      paid: known(random.chance(0.4)),
      member: known(random.chance(0.6)),
      fragile: known(random.chance(0.5)),
      rooms: known(random.whole(1, 9)),
      price: known(random.real(2, 40_000, 2)),
      share: known(random.real(0, 100, 1)),
      when: known(iso),
      sent: known(`${iso}T${clock(random.whole(0, 1439))}:00`),
      at: known(clock(random.whole(0, 1439))),
      zip: known(random.pick(["01067", "10115", "80331", "53111", "1067"])),
      city: known(random.pick(["Bonn", "Köln", "Trier"])),
      grade: known(random.whole(1, 5)),
    };
  });
}

type Words = readonly [yes: string, no: string];
interface Dress {
  readonly paid: Words;
  readonly member: Words;
  readonly fragile: Words;
  readonly rooms: (value: number) => string;
  readonly grade: (value: number) => string;
  readonly nothing: string;
}

/** As the file that was trained on writes them. */
export const trained: Dress = {
  paid: ["True", "False"],
  member: ["yes", "no"],
  fragile: ["1", "0"],
  rooms: String,
  grade: String,
  nothing: "",
};

/** The columns of a text file of orders. */
export function cellsOf(rows: readonly Order[], dress: Dress): Readonly<Record<string, readonly string[]>> {
  const column = <T>(value: (row: Order) => T | null, write: (value: T) => string): readonly string[] =>
    rows.map((row) => {
      const found = value(row);
      return found === null ? dress.nothing : write(found);
    });
  const words =
    ([yes, no]: Words) =>
    (value: boolean): string =>
      value ? yes : no;
  return {
    paid: column((row) => row.paid, words(dress.paid)),
    member: column((row) => row.member, words(dress.member)),
    fragile: column((row) => row.fragile, words(dress.fragile)),
    rooms: column((row) => row.rooms, dress.rooms),
    price: column(
      (row) => row.price,
      (value) => `$${grouped(value, { digits: 2 })}`,
    ),
    share: column(
      (row) => row.share,
      (value) => `${value.toFixed(1)}%`,
    ),
    when: column(
      (row) => row.when,
      (value) => day(value, "DD/MM/YYYY"),
    ),
    sent: column(
      (row) => row.sent,
      (value) => day(value, "DD/MM/YYYY hh:mm"),
    ),
    at: column(
      (row) => row.at,
      (value) => value,
    ),
    zip: column(
      (row) => row.zip,
      (value) => value,
    ),
    city: column(
      (row) => row.city,
      (value) => value,
    ),
    grade: column((row) => row.grade, dress.grade),
  };
}

/** Orders as a program holds them: numbers, truths and texts; dates in the words of ISO. */
export function plainRows(rows: readonly Order[]): readonly Readonly<Record<string, unknown>>[] {
  return rows.map((row) => ({ ...row }));
}

/** Orders with dates as dates of JavaScript. */
export function datedRows(rows: readonly Order[]): readonly Readonly<Record<string, unknown>>[] {
  const date = (iso: string | null): Date | null =>
    iso === null ? null : new Date(iso.length === 10 ? iso : `${iso}Z`);
  return rows.map((row) => ({ ...row, when: date(row.when), sent: date(row.sent) }));
}

/** A SELECT that gives orders in the types of a database. */
export function selectOf(rows: readonly Order[]): string {
  const literal = (value: unknown, type: string): string =>
    `${value === null ? "NULL" : typeof value === "string" ? `'${value}'` : String(value)}::${type}`;
  const types: Readonly<Record<keyof Order, string>> = {
    ...{ paid: "BOOLEAN", member: "BOOLEAN", fragile: "BOOLEAN", rooms: "INTEGER", price: "DOUBLE", share: "DOUBLE" },
    ...{ when: "DATE", sent: "TIMESTAMP", at: "TIME", zip: "VARCHAR", city: "VARCHAR", grade: "BIGINT" },
  };
  const names = Object.keys(types) as (keyof Order)[];
  const tuples = rows.map((row) => `(${names.map((name) => literal(row[name], types[name])).join(", ")})`);
  return `SELECT * FROM (VALUES ${tuples.join(", ")}) AS orders(${names.map((name) => `"${name}"`).join(", ")})`;
}

/** A file of orders to learn from, with a target. */
export function trainingFile(rows: readonly Order[]): string {
  const { whole } = draws(rows.length);
  return csv({ ...cellsOf(rows, trained), returned: rows.map(() => (whole(0, 1) === 0 ? "kept" : "returned")) });
}
