/** What is decided about a column, for people and for programs. */
import { NablaError } from "../base/error.ts";
import type { Notice } from "../base/notice.ts";
import { listing } from "../base/text.ts";
import { type ColumnReading, DATE_ORDERS, type DateOrder } from "../data/column-reading.ts";
import type { UnitRule } from "../data/unit-rule.ts";

/** What a user may say that a column holds. */
export type AskedReading =
  | "number"
  | "number:comma"
  | "number:point"
  | "category"
  | "boolean"
  | "date"
  | `date:${DateOrder}`
  | "time"
  | "text"
  | "ignore";

/** All that a user may say that a column holds: `--column zip=category`. */
export const ASKED_READINGS: readonly AskedReading[] = [
  ...(["number", "number:comma", "number:point", "category", "boolean", "date"] as const),
  ...DATE_ORDERS.map((order) => `date:${order}` as const),
  ...(["time", "text", "ignore"] as const),
];

/** A word as what a column holds. Throws `data/column-reading` for one that is none. */
export function askedReading(name: string, word: string): AskedReading {
  const found = ASKED_READINGS.find((one) => one === word.trim().toLowerCase());
  if (found !== undefined) return found;
  const expected = listing(ASKED_READINGS, "or");
  throw new NablaError(
    "data/column-reading",
    `column ${name}: "${word}" is nothing that a column can hold`,
    `write ${expected}`,
  );
}

/** What a column is for. */
export type ColumnRole = "input" | "target" | "key";

/** What is known before a column is decided. */
export interface DecideOptions {
  /** What the user says that the column holds; by default the cells decide. */
  readonly as?: AskedReading;
  /**
   * Words of the user for missing values, besides those known; "" among them says that no word is known. By default
   * those known.
   */
  readonly missing?: readonly string[];
  /** What cells that do not fit become: an error, the default, or missing values. */
  readonly badCells?: "error" | "missing";
  /** Levels that differ only in case, spaces or a final period are one. Default no. */
  readonly mergeCase?: boolean;
  /** Which numbers are in another unit than the rest, and how they are converted. By default all are in one. */
  readonly unit?: UnitRule;
  /** What the column is for; an input by default. */
  readonly role?: ColumnRole;
  /** The decimal mark of the columns beside this one, where the cells themselves decide nothing. Default: a point. */
  readonly decimal?: ",";
  /** The order of the dates in the columns beside this one, where the cells themselves decide nothing. Default: unknown, which is said. */
  readonly order?: "dmy" | "mdy";
}

/** A text and how many cells it fills. */
export interface CountedText {
  readonly text: string;
  readonly count: number;
}

/** A text that does not fit its column. */
export interface CellFault extends CountedText {
  /** The first row that holds it, from 0. */
  readonly row: number;
}

/** The smallest and the largest value of a column. */
export interface ColumnRange {
  /** Numbers, days since 1970, or fractions of the day. */
  readonly minimum: number;
  readonly maximum: number;
  /** In the column's terms: "2022-01-03 to 2024-12-30", "3 to 96 kg". */
  readonly text: string;
}

/** Why a column is no input by default, and what makes it one. */
export interface LeftOut {
  readonly reason: "constant" | "identifier" | "text" | "empty" | "ignored";
  /** The option that makes it an input, as it is typed. */
  readonly option: string;
}

/** What was decided about a column, by all of its cells. */
export interface ColumnDecision {
  readonly name: string;
  readonly rows: number;
  readonly reading: ColumnReading;
  /** What it is read as: "numbers with thousands commas, in $". */
  readonly how: string;
  /** Why: "118 of 120 cells are numbers". */
  readonly why: string;
  /** The first different cells as they are written. */
  readonly examples: readonly string[];
  /** Cells without a value: empty ones, words that mean missing, and faults that the user calls missing. */
  readonly missing: number;
  /** The words that mean missing here. */
  readonly missingWords: readonly CountedText[];
  /** How many different values there are, or are at least. */
  readonly distinct: number;
  readonly distinctIsExact: boolean;
  /** The levels of a category with their counts, in the order of their codes. */
  readonly levels?: readonly CountedText[];
  /** The smallest and largest value; absent for texts and categories. */
  readonly range?: ColumnRange;
  /** The different texts that do not fit, the first one first. */
  readonly faults: readonly CellFault[];
  readonly notices: readonly Notice[];
  /** Absent where the column is an input by default. */
  readonly leftOut?: LeftOut;
}

/** A first decision: the reading and what it makes of the texts; counts and examples are added to it. */
export interface DraftDecision {
  readonly reading: ColumnReading;
  readonly how: string;
  readonly why: string;
  /** Texts that are missing values. */
  readonly words: readonly CountedText[];
  /** Texts that do not fit. */
  readonly unfit: readonly CountedText[];
  readonly notices: readonly Notice[];
  readonly distinct: number;
  readonly distinctIsExact: boolean;
  /** The levels of categories; absent for other columns. */
  readonly levels?: readonly CountedText[];
  /** The smallest and largest value; absent for texts and categories. */
  readonly range?: ColumnRange;
  /** The values of texts, which stand beside those of plain numbers. */
  readonly values?: readonly { readonly value: number; readonly count: number }[];
  /** Values that often stand for none, as they are written. */
  readonly sentinels?: readonly CountedText[];
  /** Why it is no input; absent where it is one. */
  readonly leftOut?: LeftOut["reason"];
}
