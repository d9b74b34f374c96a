import { NablaError } from "../base/error.ts";
import { fork, type Key, permutation, seedKey } from "../base/random.ts";
import { inRange } from "../base/range.ts";
import type { Interval } from "../base/statistics/intervals.ts";
import { listing } from "../base/text.ts";
import { preparedInputs } from "../data/apply-preparation.ts";
import { joinTables } from "../data/join-tables.ts";
import { prepare } from "../data/prepare.ts";
import { holdsTexts, type Table, takeTable, widthOf } from "../data/table.ts";
import type { Engine } from "../engine/contract.ts";
import { crossFittedAuc } from "./drift-classifier.ts";
import { type ColumnDrift, columnDrifts } from "./drift-columns.ts";
import { type Auc, judgeAuc } from "./drift-statistics.ts";
import { textLengths } from "./drift-texts.ts";

/** Options of `drift`. */
export interface DriftOptions {
  /** Decides which rows are inspected. Default 1. */
  readonly seed?: number;
  /** How often tables of one distribution may be called drifted. Default 0.02, half for each kind of test. */
  readonly level?: number;
  /** What the tables are called in the sentence. Default "the first part" and "the second part". */
  readonly names?: readonly [string, string];
  /** The engine that trains the classifier; WebAssembly by default. */
  readonly engine?: Engine;
}

/** Whether two tables come from one distribution; plain data. */
export interface Drift {
  readonly drifted: boolean;
  /** How well a classifier separates the tables: 0.5 not at all, 1 always; `p` by chance alone. */
  readonly auc: { readonly value: number; readonly interval: Interval; readonly p: number };
  /** The columns that look different, the most different first. */
  readonly columns: readonly ColumnDrift[];
  /** Rows of each table that were inspected. */
  readonly rows: readonly [number, number];
  /** A sentence without its full stop. */
  readonly summary: string;
  /** What to do about it; empty where there is nothing to do. */
  readonly try: string;
}

/** Rows of each table that are inspected, and numbers in all. */
const MOST_ROWS = 4000;
const MOST_NUMBERS = 1_000_000;
/** Fewer rows than this show nothing. */
const FEWEST_ROWS = 20;
/** Smaller differences do not matter, however significant they are. */
const LEAST_AUC = 0.53;
const LEAST_EFFECT = 0.04;

/**
 * Do two parts come from one distribution? A classifier two-sample test, and a test of every column, Holm-corrected.
 * Only inputs are inspected. `await drift(parts.train, parts.dev)`. Throws `data/missing-column` and `data/column-kind`
 * for tables of different columns.
 */
export async function drift(first: Table, second: Table, options: DriftOptions = {}): Promise<Drift> {
  const { seed = 1, level = 0.02, names = ["the first part", "the second part"], engine } = options;
  inRange("level", level, { above: 0, below: 1 });
  const key = fork(seedKey(seed), "drift");
  const most = Math.min(MOST_ROWS, Math.ceil(MOST_NUMBERS / Math.max(1, numbersIn(first))));
  const [a, b] = [sample(first, most, fork(key, "a")), sample(second, most, fork(key, "b"))];
  const rows = [a.rows, b.rows] as const;
  if (Math.min(...rows) < FEWEST_ROWS) return tooFew(rows, names);
  const columns = columnDrifts(a, b).filter(({ p, effect }) => p < level / 2 && effect >= LEAST_EFFECT);
  const { value, ...judged } = await classified(a, b, key, engine);
  const separable = judged.p < level / 2 && value >= LEAST_AUC;
  const drifted = separable || columns.length > 0;
  return {
    drifted,
    auc: { value, ...judged },
    columns,
    rows,
    ...sentences({ drifted, separable, value, columns, names, ...judged }),
  };
}

async function classified(
  first: Table,
  second: Table,
  key: Key,
  engine: Engine | undefined,
): Promise<{ readonly value: number; readonly interval: Interval; readonly p: number }> {
  const inputs = inputsOf(first, second);
  const none: Auc = { value: 0.5, variance: 0, nullVariance: 1 };
  const auc = inputs === undefined ? none : await crossFittedAuc({ inputs, first: first.rows }, { key, engine });
  return { value: auc.value, ...judgeAuc(auc) };
}

/** Both tables as standardized numbers, one below the other; undefined where no column varies. */
function inputsOf(first: Table, second: Table): ReturnType<typeof preparedInputs> | undefined {
  const joined = joinTables(first, second);
  const { rows } = joined;
  // the classifier is linear in its inputs, and codes of words are no amounts
  const columns = joined.columns.map((column) =>
    column.kind === "category" && holdsTexts(column) ? textLengths(column) : column,
  );
  const codes = Int32Array.from({ length: rows }, (_, row) => Number(row >= first.rows));
  const target = { kind: "category", name: "part", codes, levels: ["first", "second"] } as const;
  try {
    const inputs = preparedInputs(prepare.fit({ rows, columns, target }), { rows, columns });
    return { ...inputs, shape: [rows, inputs.data.length / rows] };
  } catch (error) {
    if (error instanceof NablaError && error.code === "data/no-inputs") return undefined;
    throw error;
  }
}

function numbersIn({ columns }: Table): number {
  return columns.reduce((sum, column) => sum + (column.kind === "number" ? widthOf(column) : 1), 0);
}

function sample({ rows, columns }: Table, most: number, key: Key): Table {
  if (rows <= most) return { rows, columns };
  return takeTable({ rows, columns }, permutation(key, rows).subarray(0, most).sort());
}

function tooFew(rows: readonly [number, number], [a, b]: readonly [string, string]): Drift {
  const auc = { value: 0.5, interval: { from: 0, to: 1 }, p: 1 };
  const summary = `there are too few rows to tell whether ${a} and ${b} come from the same distribution`;
  return { drifted: false, auc, columns: [], rows, summary, try: "" };
}

interface Found {
  readonly drifted: boolean;
  /** Whether the classifier separates them. */
  readonly separable: boolean;
  readonly value: number;
  readonly interval: Interval;
  readonly columns: readonly ColumnDrift[];
  readonly names: readonly [string, string];
}

const MOST_NAMED = 4;

function sentences({
  drifted,
  separable,
  value,
  interval,
  columns,
  names: [a, b],
}: Found): Pick<Drift, "summary" | "try"> {
  const auc = `AUC ${value.toFixed(2)}, ${interval.from.toFixed(2)} to ${interval.to.toFixed(2)}`;
  if (!drifted) return { summary: `a classifier cannot tell ${a} from ${b} (${auc})`, try: "" };
  const named = columns.slice(0, MOST_NAMED).map(({ name, summary }) => `${name} (${summary})`);
  const others = columns.length > MOST_NAMED ? [`${columns.length - MOST_NAMED} more`] : [];
  const which = columns.length === 0 ? "no single column" : listing([...named, ...others]);
  const how = separable ? `a classifier tells them apart (${auc}); ` : "";
  return {
    summary: `${a} and ${b} do not come from the same distribution: ${how}columns that differ: ${which}`,
    try: "give them the same distribution: shuffle all sources together and split again, so that each source has the same share of every part",
  };
}
