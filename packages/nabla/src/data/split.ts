import { compact } from "../base/compact.ts";
import { NablaError } from "../base/error.ts";
import { fork, permutation, seedKey } from "../base/random.ts";
import { count } from "../base/text.ts";
import { crossCodes, type DenseCodes, deal, denseCodes } from "./deal.ts";
import { groupParts } from "./group-split.ts";
import { type Counts, chosenPolicy, type Fractions, type SplitPolicy, splitCounts } from "./split-policy.ts";
import { columnOf, identityCodes, type Table, takeTable } from "./table.ts";
import { timeParts } from "./time-split.ts";

/** How rows are divided. */
export interface DivideOptions {
  /** The same seed gives the same parts. */
  readonly seed: number;
  /** Shares of the rows; those left out follow the size policy. `{ test: 0 }` makes no test part. */
  readonly fractions?: Partial<Fractions>;
  /** Whether each class has the same share in every part, within one row. Default true; needs classes. */
  readonly stratify?: boolean;
}

/** How a table is divided. Columns named here stay in the parts: `selectColumns` leaves them out of what is learned. */
export interface SplitOptions extends DivideOptions {
  /** A column whose rows of one value stay together in one part; by default each row is a group. */
  readonly group?: string;
  /** A column of numbers by which train precedes dev, and dev precedes test; by default rows are drawn. */
  readonly time?: string;
  /** With `by`: makes the sources one distribution, each with the same share of every part. Default yes. */
  readonly mix?: boolean;
  /** The column with the source of each row; by default there is one source. */
  readonly by?: string;
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
  /** The test part; absent where its share is 0. */
  readonly test?: Table;
  readonly policy: SplitPolicy;
}

/** What is split: a number of rows, and what is known of each. A negative code is a class or source of its own. */
export interface SplitRows {
  readonly rows: number;
  /** Class codes, for a stratified split. */
  readonly classes?: ArrayLike<number>;
  /** Group codes: a group stays together; a row with a negative code is a group by itself. */
  readonly groups?: ArrayLike<number>;
  /** Times in any unit: parts follow each other. */
  readonly times?: ArrayLike<number>;
  /** Source codes: each source (and of it each class) has the same share of every part, within one row. */
  readonly sources?: ArrayLike<number>;
  /**
   * The part of each row, of data that comes divided: 0 for train, 1 for dev, 2 for test. Where no row is of dev, dev is
   * split off train.
   */
  readonly parts?: ArrayLike<number>;
}

/**
 * Divides row numbers into train, dev and test: disjoint, complete, of exact sizes (as near as whole groups or moments
 * allow), by a permutation of the seed's fork "split". Throws `data/few-rows` when train or dev would be empty,
 * `data/fractions` for shares that do not sum to 1, `data/split-both` for groups, times, sources or parts together
 * and for parts with fractions, `data/empty-part` and `data/missing` from dividing by groups and times.
 */
export function splitRows(given: SplitRows, { seed, fractions, stratify = true }: DivideOptions): RowParts {
  checkOne(given, fractions);
  if (given.parts !== undefined) return givenRows({ ...given, parts: given.parts }, { seed, stratify });
  const { rows, classes } = given;
  const policy = chosenPolicy(rows, fractions);
  const sizes = splitCounts(rows, policy.fractions);
  if (sizes.train === 0 || sizes.dev === 0) {
    const message = `${count(rows, "row")} cannot be split into train and dev`;
    throw new NablaError("data/few-rows", message, "a split needs at least 2 rows, or 4 with a test set");
  }
  const kinds = stratify && classes !== undefined ? denseCodes(classes, rows) : undefined;
  const [parts, why] = divide(given, { seed, sizes, kinds });
  const [train, dev, test] = parts as readonly [Uint32Array, Uint32Array, Uint32Array];
  return { train, dev, test, policy: why === "" ? policy : { ...policy, reason: `${policy.reason}; ${why}` } };
}

interface Division {
  readonly seed: number;
  readonly sizes: Counts;
  readonly kinds: DenseCodes | undefined;
}

/** The parts, and the reason that the policy reports for them. */
function divide(
  { rows, groups, times, sources }: SplitRows,
  { seed, sizes: { train, dev, test }, kinds }: Division,
): readonly [parts: readonly Uint32Array[], why: string] {
  const sizes = [train, dev, test];
  const key = fork(seedKey(seed), "split");
  if (times !== undefined) return [timeParts(times, sizes), "in the order of time, so that dev is later than train"];
  if (groups !== undefined) {
    const parts = groupParts(compact({ groups, sizes, key, classes: kinds }));
    return [parts, "no group is split between parts"];
  }
  const from = sources === undefined ? undefined : denseCodes(sources, rows);
  const both = from === undefined ? kinds : kinds === undefined ? from : crossCodes(from, kinds);
  return [
    deal(permutation(key, rows), both, sizes),
    from === undefined ? "" : "each source has the same share of every part",
  ];
}

/** The parts that the data comes in; dev is split off train where it has none. */
function givenRows(
  { rows, classes, parts }: SplitRows & { readonly parts: ArrayLike<number> },
  options: DivideOptions,
): RowParts {
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  const [learned, dev, test] = [0, 1, 2].map((part) => all.filter((row) => parts[row] === part)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  if (learned.length + dev.length + test.length < rows || learned.length === 0) {
    const message = `${count(rows, "row")} come in parts of ${learned.length}, ${dev.length} and ${test.length} for train, dev and test`;
    throw new NablaError(
      "data/empty-part",
      message,
      "give each row 0 for train, 1 for dev or 2 for test, and train some",
    );
  }
  const share = (part: Uint32Array): number => Math.round((part.length / rows) * 1e12) / 1e12;
  const policyOf = (train: Uint32Array, rest: Uint32Array, reason: string): SplitPolicy => ({
    fractions: { train: share(train), dev: share(rest), test: share(test) },
    reason: `${count(rows, "row")}: ${reason}`,
  });
  const unsealed = test.length === 0 ? "; without a test set there is no unbiased estimate of the error" : "";
  if (dev.length > 0)
    return { train: learned, dev, test, policy: policyOf(learned, dev, `the parts that the data comes in${unsealed}`) };
  const own = classes === undefined ? undefined : Int32Array.from(learned, (row) => classes[row] ?? -1);
  const inner = splitRows(compact({ rows: learned.length, classes: own }), { ...options, fractions: { test: 0 } });
  const [train, held] = [inner.train, inner.dev].map((part) => part.map((row) => learned[row] ?? 0)) as [
    Uint32Array,
    Uint32Array,
  ];
  const reason = `the test part that the data comes in, and dev split off its train part${unsealed}`;
  return { train, dev: held, test, policy: policyOf(train, held, reason) };
}

function checkOne({ groups, times, sources, parts }: SplitRows, fractions: unknown): void {
  if (parts !== undefined && fractions !== undefined) {
    const message = "rows that come in parts cannot be split into fractions too";
    throw new NablaError("data/split-both", message, "leave out the fractions or the parts");
  }
  const asked = Object.entries({ groups, times, sources, parts }).filter(([, values]) => values !== undefined);
  if (asked.length < 2) return;
  const message = `rows can be split by ${asked.map(([name]) => name).join(" or ")}, not by both at once`;
  throw new NablaError("data/split-both", message, "choose one of them");
}

/**
 * Splits a table; see `splitRows`. Stratified by the target where that is a category. Throws also
 * `data/missing-column`, and `data/not-numeric` for a time column of names.
 */
export function split(table: Table, { group, time, mix = true, by, ...options }: SplitOptions): TableParts {
  const classes = table.target?.kind === "category" ? table.target.codes : undefined;
  const given: SplitRows = compact({
    rows: table.rows,
    classes,
    groups: group === undefined ? undefined : identityCodes(columnOf(table, group)),
    times: time === undefined ? undefined : timesOf(table, time),
    ...(by === undefined || !mix ? {} : { sources: identityCodes(columnOf(table, by)) }),
  });
  const parts = splitRows(given, options);
  const train = takeTable(table, parts.train);
  const dev = takeTable(table, parts.dev);
  const test = parts.policy.fractions.test === 0 ? {} : { test: takeTable(table, parts.test) };
  return { train, dev, ...test, policy: parts.policy };
}

function timesOf(table: Table, name: string): ArrayLike<number> {
  const column = columnOf(table, name);
  if (column.kind === "number") return column.values.data;
  const message = `column ${name} is categorical (${column.levels.slice(0, 3).join(", ")}), and times are numbers or dates`;
  throw new NablaError("data/not-numeric", message, "name a column of numbers or dates");
}
