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
  "YYYY-MM-DDThh:mm:ssZ",
  "M/D/YYYY h:mm AP",
  "DD-NAME-YYYY",
  "NAME D, YYYY",
  "D.M.YY",
] as const;
const shortMonths = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const clocks = ["hh:mm", "hh:mm:ss", "h:mm AP"] as const;
/** Lines above the header, and below the last row. */
const openings = ["", "", "", "Export of the day\n\n", "# made by a program\n# twice\n", "sep=DELIMITER\n"] as const;
const nothings = ["", "NA", "None", "NULL", "n/a", "?", "-", "NaN", "#N/A"] as const;
const words = ["Bonn", "Köln", "Zürich", "Genève", "São Paulo", "a, b", "c; d", 'the "big" one', "x|y"] as const;
const names = ["alpha", "beta", "gamma", "delta", "épsilon", "zeta"] as const;

const dressOfNumbers = fc.record({
  digits: fc.constantFrom(0, 1, 2),
  point: fc.constantFrom(".", ","),
  group: fc.constantFrom("", "mark", " ", "\u00a0", "\u202f", "'"),
  before: fc.constantFrom("", "", "$", "€ ", "+"),
  after: fc.constantFrom("", "", "%", " kg", " €"),
  minus: fc.constantFrom("-", "−", "()", "behind"),
  /** The size of the largest number, as a power of ten. */
  size: fc.constantFrom(2, 4, 6),
});
/** A column: its kind, the dress of its cells, the word for nothing and how often it stands. */
const dressOfColumn = fc.record({
  kind: fc.constantFrom("number", "number", "date", "time", "truth", "word", "code"),
  numbers: dressOfNumbers,
  pattern: fc.constantFrom(...patterns),
  clock: fc.constantFrom(...clocks),
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
  opening: fc.constantFrom(...openings),
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
  const decisive = random.whole(0, 3);
  if (kind === "truth") {
    const values = many(rows, (i) => (i < 2 ? i === 0 : random.chance(0.5)));
    return write(values, (value: boolean) => dress.truth[value ? 0 : 1]);
  }
  if (kind === "word") {
    const values = many(rows, (i) => words[i < 4 ? i : random.whole(0, words.length - 1)] ?? "");
    return write(values, (value: string) => value, "category");
  }
  if (kind === "code") {
    const values = many(rows, (i) => (i === decisive ? "007" : String(random.whole(1, 12)).padStart(3, "0")));
    return write(values, (value: string) => value, "category");
  }
  if (kind === "time") {
    const values = many(rows, () => new Date(60_000 * random.whole(0, 1439)).toISOString().slice(11, 16));
    return write(values, (value: string) => day(`2000-01-01T${value}:00`, dress.clock), "time");
  }
  if (kind === "date") {
    const times = dress.pattern.includes("h");
    const values = many(rows, (i) => {
      const days = i === decisive ? 25 : 1 + random.whole(0, 1500);
      const iso = new Date(Date.UTC(2020, 0, days, 0, times ? random.whole(0, 1439) : 0)).toISOString();
      return iso.slice(0, times ? 19 : 10);
    });
    return write(values, (value: string) => day(value, dress.pattern, shortMonths), "date");
  }
  const numbers = numbersOf(dress, { rows, decisive, random });
  return write(numbers, (value: number) => numberText(value, dress.numbers), "number");
}

/** Numbers of all sizes; where a mark between groups could be a decimal mark, one number has two groups. */
function numbersOf(
  { numbers: { digits, group, size } }: ColumnDress,
  { rows, decisive, random }: { readonly rows: number; readonly decisive: number; readonly random: Draws },
): readonly number[] {
  const undecided = digits === 0 && group === "mark";
  return many(rows, (i) => {
    if (i === decisive && (undecided || size === 6)) return Number((1_234_567.25).toFixed(digits));
    const most = 10 ** random.whole(1, size);
    return random.real(i % 5 === 4 ? -most : most / 10, most, digits);
  });
}

function numberText(value: number, { digits, point, group, before, after, minus }: ColumnDress["numbers"]): string {
  const mark = point === "." ? "," : ".";
  const text = grouped(Math.abs(value), { digits, group: group === "mark" ? mark : group, point });
  if (before === "+") return `${value < 0 ? "-" : "+"}${text}${after}`;
  const dressed = `${before}${text}${before === "" ? after : ""}`;
  if (value >= 0) return dressed;
  const bare = before === "" && after === "";
  if (minus === "()" && after === "") return `(${dressed})`;
  if (minus === "behind" && bare) return `${text}-`;
  return `${minus === "−" ? minus : "-"}${dressed}`;
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
export function situationOf({
  seed,
  rows,
  columns,
  delimiter,
  end,
  quoteAll,
  encoding,
  opening,
}: FileDress): Situation {
  const random = draws(seed);
  const written = columns.map((dress, i) => [names[i] ?? "", writeColumn(dress, rows, random)] as const);
  const above = opening.replace("DELIMITER", delimiter).replaceAll("\n", end);
  const text =
    above + csv(Object.fromEntries(written.map(([name, { cells }]) => [name, cells])), { delimiter, end, quoteAll });
  const latin = encoding === "Latin-1" && fitsLatin1(text);
  const content = latin ? Buffer.from(text, "latin1") : encoded(text, encoding);
  return {
    name: `a table of seed ${seed}`,
    files: { [encoding === "gzip" ? "table.csv.gz" : "table.csv"]: content },
    ...(latin ? { options: { encoding: "latin1" } } : {}),
    want: { rows, columns: Object.fromEntries(written.map(([name, { want }]) => [name, want])) },
  };
}
