import { NablaError } from "../base/error.ts";
import { fork, permutation, seedKey } from "../base/random.ts";
import { count } from "../base/text.ts";
import { type Counts, chosenPolicy, type Fractions, type SplitPolicy, splitCounts } from "./split-policy.ts";
import { quotas } from "./stratify.ts";
import { type Table, takeTable } from "./table.ts";

export interface SplitOptions {
  /** The same seed gives the same parts. */
  readonly seed: number;
  /** Shares of the rows; those left out follow the size policy. `{ test: 0 }` makes no test part. */
  readonly fractions?: Partial<Fractions>;
  /** Whether each class keeps its share in every part, within one row. Default true; needs classes. */
  readonly stratify?: boolean;
}

/** Row numbers of each part, ascending. */
export interface RowParts {
  readonly train: Uint32Array;
  readonly dev: Uint32Array;
  readonly test: Uint32Array;
  readonly policy: SplitPolicy;
}

/** Tables of each part; a two-way split has no `test`, its second part is called dev. */
export interface TableParts {
  readonly train: Table;
  readonly dev: Table;
  readonly test?: Table;
  readonly policy: SplitPolicy;
}

/** What is split: a number of rows, and their class codes for a stratified split (a negative code is a class of its own). */
export interface SplitRows {
  readonly rows: number;
  readonly classes?: ArrayLike<number>;
}

/**
 * Divides row numbers into train, dev and test: disjoint, complete, of exact sizes, by a permutation of the seed's fork
 * "split". Throws `data/few-rows` when train or dev would be empty, `data/fractions` for shares that do not sum to 1.
 */
export function splitRows({ rows, classes }: SplitRows, { seed, fractions, stratify = true }: SplitOptions): RowParts {
  const policy = chosenPolicy(rows, fractions);
  const sizes = splitCounts(rows, policy.fractions);
  if (sizes.train === 0 || sizes.dev === 0) {
    const said = `${count(rows, "row")} cannot be split into train and dev`;
    throw new NablaError("data/few-rows", said, "a split needs at least 2 rows, or 4 with a test part");
  }
  const order = permutation(fork(seedKey(seed), "split"), rows);
  const { codes, classSizes } =
    stratify && classes !== undefined ? dense(classes, rows) : { codes: undefined, classSizes: [rows] };
  return { ...assign(order, codes, quotas(classSizes, [sizes.train, sizes.dev, sizes.test]), sizes), policy };
}

/** Splits a table; see `splitRows`. Stratified by the target where that is a category. */
export function split(table: Table, options: SplitOptions): TableParts {
  const classes = table.target?.kind === "category" ? table.target.codes : undefined;
  const parts = splitRows({ rows: table.rows, ...(classes === undefined ? {} : { classes }) }, options);
  const train = takeTable(table, parts.train);
  const dev = takeTable(table, parts.dev);
  const test = parts.policy.fractions.test === 0 ? {} : { test: takeTable(table, parts.test) };
  return { train, dev, ...test, policy: parts.policy };
}

/** Class codes renumbered 0, 1, … in ascending order, with how many rows each has. */
function dense(classes: ArrayLike<number>, rows: number): { codes: Uint32Array; classSizes: number[] } {
  const sizes = new Map<number, number>();
  for (let row = 0; row < rows; row++) sizes.set(classes[row] ?? -1, (sizes.get(classes[row] ?? -1) ?? 0) + 1);
  const ordered = [...sizes].sort(([a], [b]) => a - b);
  const numbers = new Map(ordered.map(([code], number) => [code, number]));
  const codes = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) codes[row] = numbers.get(classes[row] ?? -1) ?? 0;
  return { codes, classSizes: ordered.map(([, size]) => size) };
}

/** Walks the rows in random order; each goes to the first part that still wants one of its class. */
function assign(
  order: Uint32Array,
  codes: Uint32Array | undefined,
  wanted: readonly (readonly number[])[],
  sizes: Counts,
): Omit<RowParts, "policy"> {
  const parts = [new Uint32Array(sizes.train), new Uint32Array(sizes.dev), new Uint32Array(sizes.test)] as const;
  const filled = [0, 0, 0];
  const left = Uint32Array.from(wanted.flat());
  for (const row of order) {
    const first = (codes?.[row] ?? 0) * 3;
    let part = 0;
    while ((left[first + part] ?? 1) === 0) part++;
    left[first + part] = (left[first + part] ?? 0) - 1;
    const rows = parts[part as 0 | 1 | 2];
    const at = filled[part] ?? 0;
    rows[at] = row;
    filled[part] = at + 1;
  }
  for (const rows of parts) rows.sort();
  return { train: parts[0], dev: parts[1], test: parts[2] };
}
