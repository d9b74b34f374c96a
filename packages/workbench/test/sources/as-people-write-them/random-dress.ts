import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { type Draws, draws, many } from "./draws.ts";
import { csv, day, grouped } from "./dress.ts";
import type { Meant, Situation, WantedColumn } from "./situation.ts";

const delimiters = [",", ";", "\t", "|"] as const;
const ends = ["\n", "\r\n", "\r"] as const;
const encodings = ["UTF-8", "UTF-8 with a mark", "UTF-16", "UTF-16 high bytes first", "Latin-1", "gzip"] as const;
const truths = [
  ["True", "False"],
  ["TRUE", "FALSE"],
  ["true", "false"],
  ["yes", "no"],
  ["Yes", "No"],
  ["Y", "N"],
  ["1", "0"],
] as const;
const patterns = [
  "YYYY-MM-DD",
  "DD/MM/YYYY",
  "MM/DD/YYYY",
  "DD.MM.YYYY",
  "D.M.YYYY",
  "M/D/YYYY",
  "DD-MM-YYYY",
  "YYYY/MM/DD",
  "DD.MM.YYYY hh:mm",
] as const;
const nothings = ["", "NA", "None", "NULL", "n/a", "?", "-", "NaN", "#N/A"] as const;
const words = ["Bonn", "Köln", "Zürich", "Genève", "São Paulo", "a, b", "c; d", 'the "big" one', "x|y"] as const;
const names = ["alpha", "beta", "gamma", "delta", "épsilon", "zeta"] as const;

const dressOfNumbers = fc.record({
  digits: fc.constantFrom(0, 1, 2),
  point: fc.constantFrom(".", ","),
  group: fc.constantFrom("", "mark", " ", "\u00a0", "\u202f", "'"),
  before: fc.constantFrom("", "", "$", "€ ", "+"),
  after: fc.constantFrom("", "", "%", " kg", " €"),
  minus: fc.constantFrom("-", "−"),
});
/** A column: its kind, the dress of its cells, the word for nothing and how often it stands. */
const dressOfColumn = fc.record({
  kind: fc.constantFrom("number", "date", "truth", "word", "code"),
  numbers: dressOfNumbers,
  pattern: fc.constantFrom(...patterns),
  truth: fc.constantFrom(...truths),
  nothing: fc.constantFrom(...nothings),
  gaps: fc.constantFrom(0, 0.1, 0.3),
});
/** A file: its columns and its form. */
export const dressOfFile = fc.record({
  seed: fc.nat(1_000_000),
  rows: fc.integer({ min: 30, max: 70 }),
  columns: fc.array(dressOfColumn, { minLength: 2, maxLength: names.length }),
  delimiter: fc.constantFrom(...delimiters),
  end: fc.constantFrom(...ends),
  quoteAll: fc.boolean(),
  encoding: fc.constantFrom(...encodings),
});

type ColumnDress = typeof dressOfColumn extends fc.Arbitrary<infer T> ? T : never;
type FileDress = typeof dressOfFile extends fc.Arbitrary<infer T> ? T : never;
interface Written {
  readonly cells: readonly string[];
  readonly want: WantedColumn;
}

/** Values of one kind, the first of which decide what could be read in two ways, and their cells. */
function writeColumn(dress: ColumnDress, rows: number, random: Draws): Written {
  const { kind, gaps, nothing } = dress;
  // words have the empty cell alone: NA may be one of them
  const empty = kind === "word" || kind === "code" || kind === "truth" ? "" : nothing;
  const missing = many(rows, (i) => i > 3 && random.chance(gaps));
  const write = (values: readonly Meant[], cell: (value: never) => string, as?: WantedColumn["as"]): Written => {
    const meant = values.map((value, i) => (missing[i] ? null : value));
    const cells = meant.map((value) => (value === null ? empty : cell(value as never)));
    return {
      cells,
      want: { ...(as === undefined ? {} : { as }), values: meant, missing: missing.filter(Boolean).length },
    };
  };
  if (kind === "truth") {
    const values = many(rows, (i) => (i < 2 ? i === 0 : random.chance(0.5)));
    return write(values, (value: boolean) => dress.truth[value ? 0 : 1]);
  }
  if (kind === "word")
    return write(
      many(rows, (i) => words[i < 4 ? i : random.whole(0, words.length - 1)] ?? ""),
      (value: string) => value,
      "category",
    );
  if (kind === "code")
    return write(
      many(rows, (i) => (i === 0 ? "007" : String(random.whole(1, 12)).padStart(3, "0"))),
      (value: string) => value,
      "category",
    );
  if (kind === "date") {
    const times = dress.pattern.includes("hh");
    const values = many(rows, (i) => {
      const date = new Date(
        Date.UTC(
          2020,
          0,
          i === 0 ? 25 : 1 + random.whole(0, 1500),
          times ? random.whole(0, 23) : 0,
          times ? random.whole(0, 59) : 0,
        ),
      );
      return times ? date.toISOString().slice(0, 19) : date.toISOString().slice(0, 10);
    });
    return write(values, (value: string) => day(value, dress.pattern), "date");
  }
  return write(numbersOf(dress, rows, random), (value: number) => numberText(value, dress.numbers), "number");
}

/** Numbers of all sizes; one has two groups, so that a comma between them is no decimal mark. */
function numbersOf({ numbers: { digits } }: ColumnDress, rows: number, random: Draws): readonly number[] {
  return many(rows, (i) => {
    if (i === 0) return Number((1_234_567.25).toFixed(digits));
    const size = 10 ** random.whole(1, 6);
    return random.real(i % 5 === 4 ? -size : size / 10, size, digits);
  });
}

function numberText(value: number, { digits, point, group, before, after, minus }: ColumnDress["numbers"]): string {
  const mark = point === "." ? "," : ".";
  const text = grouped(Math.abs(value), { digits, group: group === "mark" ? mark : group, point });
  const sign = value < 0 ? minus : "";
  return before === "+"
    ? `${sign === "" ? "+" : sign}${text}${after}`
    : `${sign}${before}${text}${before === "" ? after : ""}`;
}

function encoded(text: string, encoding: FileDress["encoding"]): string | Uint8Array {
  if (encoding === "UTF-8 with a mark") return `\ufeff${text}`;
  if (encoding === "UTF-16") return Buffer.from(`\ufeff${text}`, "utf16le");
  if (encoding === "UTF-16 high bytes first") return Buffer.from(`\ufeff${text}`, "utf16le").swap16();
  if (encoding === "gzip") return gzipSync(text);
  return text;
}

// what Latin-1 has no bytes for: the euro, the narrow space and the minus of Unicode
const fitsLatin1 = (text: string): boolean => [...text].every((letter) => (letter.codePointAt(0) ?? 0) < 256);

/** The situation of a random table in random dress. */
export function situationOf({ seed, rows, columns, delimiter, end, quoteAll, encoding }: FileDress): Situation {
  const random = draws(seed);
  const written = columns.map((dress, i) => [names[i] ?? "", writeColumn(dress, rows, random)] as const);
  const text = csv(Object.fromEntries(written.map(([name, { cells }]) => [name, cells])), { delimiter, end, quoteAll });
  const latin = encoding === "Latin-1" && fitsLatin1(text);
  const content = latin ? Buffer.from(text, "latin1") : encoded(text, encoding);
  return {
    name: `a table of seed ${seed}`,
    files: { [encoding === "gzip" ? "table.csv.gz" : "table.csv"]: content },
    ...(latin ? { options: { encoding: "latin1" } } : {}),
    want: { rows, columns: Object.fromEntries(written.map(([name, { want }]) => [name, want])) },
  };
}
