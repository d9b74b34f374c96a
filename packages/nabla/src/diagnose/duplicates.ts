import { known } from "../base/error.ts";
import { inRange } from "../base/range.ts";
import { count, grouped, listing } from "../base/text.ts";
import { type Table, takeTable, widthOf } from "../data/table.ts";
import { repeatsByChance } from "./duplicates-chance.ts";
import { type Fingerprints, fingerprints } from "./duplicates-fingerprint.ts";
import { type Grid, gridOf } from "./duplicates-near.ts";

/** Parts of one table, by name, in their order. */
export type NamedParts = Readonly<Record<string, Table>>;

/** Options of `duplicates`. */
export interface DuplicateOptions {
  /** How far two numbers may be apart for rows to be nearly the same, in standard deviations of their column. Default 0.01. */
  readonly tolerance?: number;
  /** Row numbers of each part in the data they come from; default the place in the part. */
  readonly rows?: Readonly<Record<string, ArrayLike<number>>>;
}

/** Two rows with the same inputs in two parts. */
export interface DuplicatePair {
  readonly kind: "exact" | "near";
  readonly parts: readonly [string, string];
  /** Row numbers, from 0. */
  readonly rows: readonly [number, number];
}

/** Duplicate rows across parts; plain data. */
export interface Duplicates {
  /** Rows of later parts whose inputs also occur in an earlier part: exactly, and nearly. */
  readonly exact: number;
  readonly near: number;
  /** Rows that would repeat exactly by chance, as rows of few names do. */
  readonly byChance: number;
  /** More rows repeat than chance explains. */
  readonly suspicious: boolean;
  /** One pair for each such row, at most 1,000. */
  readonly pairs: readonly DuplicatePair[];
  /** Whether every row was compared; false where that would have taken too long. */
  readonly complete: boolean;
  /** A sentence without its full stop. */
  readonly summary: string;
  /** What to do about it; empty where there is nothing to do. */
  readonly try: string;
}

const MOST_PAIRS = 1000;
const MOST_ROWS = 1_000_000;
const MOST_NUMBERS = 20_000_000;
/** Nearly the same rows are compared with those within four times the tolerance: on a line there are four times as many. */
const WIDER = 4;
const CROWDED = 2;
const MOST_PARTNERS = 50;
const MOST_SAMPLED = 200;

/**
 * Are rows of one part repeated in another, exactly or nearly? Then the later part says nothing about new rows. Only inputs are
 * inspected. `duplicates({ train: parts.train, dev: parts.dev })`. Throws `data/missing-column` and `data/column-kind`
 * for parts of different columns.
 */
export function duplicates(parts: NamedParts, { tolerance = 0.01, rows = {} }: DuplicateOptions = {}): Duplicates {
  inRange("tolerance", tolerance, { atLeast: 0 });
  const names = Object.keys(parts);
  const stride = strideFor(Object.values(parts));
  const prints = fingerprints(Object.values(parts).map((part) => everyNth(part, stride)));
  const firsts = firstOfEach(prints);
  const found = new Map<number, { readonly other: number; readonly kind: "exact" | "near" }>();
  for (let row = 0; row < prints.rows; row++) {
    const first = firsts[row] ?? row;
    if (prints.part[first] !== prints.part[row]) found.set(row, { other: first, kind: "exact" });
  }
  const exact = found.size;
  const byChance = exact === 0 ? 0 : repeatsByChance(prints, exact);
  const { near, complete, crowded } = nearRows(prints, { tolerance, known: new Set(found.keys()) });
  for (const [row, other] of near) found.set(row, { other, kind: "near" });
  const place = (row: number): readonly [string, number] => {
    const part = known(prints.part[row], "a row");
    const name = known(names[part], "the name of a part");
    const at = (row - known(prints.starts[part], "a part")) * stride;
    return [name, rows[name]?.[at] ?? at];
  };
  const pairs = [...found].slice(0, MOST_PAIRS).map(([row, { other, kind }]): DuplicatePair => {
    const [[partA, a], [partB, b]] = [place(other), place(row)];
    return { kind, parts: [partA, partB], rows: [a, b] };
  });
  const suspicious = (exact > 0 && exact > 3 * byChance) || (near.size > 0 && !crowded);
  return {
    ...{ exact, near: near.size, byChance, suspicious, pairs, complete: complete && stride === 1 },
    ...sentences({ exact, near: near.size, suspicious, pairs, names }),
  };
}

interface Near {
  /** For a row of a later part one of an earlier part. */
  readonly near: ReadonlyMap<number, number>;
  readonly complete: boolean;
  /** Rows lie close because all rows do: a little further out there are many more. Copies have no such neighbors. */
  readonly crowded: boolean;
}

function nearRows(
  prints: Fingerprints,
  { tolerance, known }: { readonly tolerance: number; readonly known: ReadonlySet<number> },
): Near {
  const grid = gridOf(prints, tolerance);
  const near = new Map<number, number>();
  let complete = true;
  const [, later = prints.rows] = prints.starts;
  for (let row = later; grid.useful && row < prints.rows; row++) {
    if (known.has(row)) continue;
    const found = grid.partners(row, 1);
    const [partner] = found.rows;
    if (partner !== undefined) near.set(row, partner);
    else if (!found.complete) complete = false;
  }
  const crowded = near.size > 0 && isCrowded(prints, [...near.keys()], { grid, tolerance, known });
  return { near, complete, crowded };
}

/** Within four times the tolerance: many more rows that have a partner, or many more partners of those that have one. */
function isCrowded(
  { rows, starts: [, later = rows], ...prints }: Fingerprints,
  near: readonly number[],
  { grid, tolerance, known }: { readonly grid: Grid; readonly tolerance: number; readonly known: ReadonlySet<number> },
): boolean {
  const wider = gridOf({ ...prints, rows, starts: [0, later] }, WIDER * tolerance);
  const partners = ({ partners: find }: Grid, row: number): number => {
    const found = find(row, MOST_PARTNERS);
    return found.complete ? found.rows.length : MOST_PARTNERS;
  };
  const sampled = near.filter((_, i) => i % Math.ceil(near.length / MOST_SAMPLED) === 0);
  const busy = sampled.filter(
    (row) => partners(wider, row) > CROWDED * partners(grid, row) || partners(grid, row) === MOST_PARTNERS,
  );
  if (2 * busy.length > sampled.length) return true;
  let many = 0;
  for (let row = later; row < rows; row++) if (!known.has(row)) many += wider.partners(row, 1).rows.length;
  return many > CROWDED * near.length;
}

/** Of tables too large to compare in a few seconds every second, third, … row is inspected. */
function strideFor(parts: readonly Table[]): number {
  const [first] = parts;
  const width = (first?.columns ?? []).reduce(
    (sum, column) => sum + (column.kind === "number" ? widthOf(column) : 1),
    0,
  );
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  return Math.max(1, Math.ceil((rows * width) / MOST_NUMBERS), Math.ceil(rows / MOST_ROWS));
}

function everyNth({ rows, columns }: Table, stride: number): Table {
  if (stride === 1) return { rows, columns };
  const indices = Uint32Array.from({ length: Math.ceil(rows / stride) }, (_, i) => i * stride);
  return takeTable({ rows, columns }, indices);
}

/** For each row the first one with the same inputs. */
function firstOfEach({ rows, hashes, same }: Fingerprints): Uint32Array {
  const byHash = new Map<number, number[]>();
  return Uint32Array.from({ length: rows }, (_, row) => {
    const list = byHash.get(hashes[row] ?? 0);
    if (list === undefined) {
      byHash.set(hashes[row] ?? 0, [row]);
      return row;
    }
    const first = list.find((other) => same(other, row));
    if (first === undefined) list.push(row);
    return first ?? row;
  });
}

interface ReportContext extends Pick<Duplicates, "exact" | "near" | "suspicious" | "pairs"> {
  readonly names: readonly string[];
}

function sentences({ exact, near, suspicious, pairs, names }: ReportContext): Pick<Duplicates, "summary" | "try"> {
  if (exact + near === 0)
    return { summary: `no row of ${listing(names.slice(1), "or")} is also in an earlier part`, try: "" };
  const kinds = [
    ...(exact > 0 ? [`${count(exact, "row")} exactly`] : []),
    ...(near > 0 ? [`${count(near, "row")} nearly`] : []),
  ];
  const shown = pairs.slice(0, 3).map(({ parts: [a, b], rows: [i, j] }) => `row ${j} of ${b} is row ${i} of ${a}`);
  const more = exact + near > shown.length ? [`${grouped(exact + near - shown.length)} more`] : [];
  const summary = `duplicate rows across parts, ${listing(kinds)}: ${listing([...shown, ...more])}`;
  if (!suspicious) return { summary: `${summary}; with so few distinct values this is expected by chance`, try: "" };
  return { summary, try: "remove duplicate rows, or split by group so that they stay in one part" };
}
