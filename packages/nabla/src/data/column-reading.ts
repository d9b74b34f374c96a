/**
 * How the cells of a column become values: decided once over the whole column, kept in the model, and used alike for every
 * row that comes later, from whichever file or program. Plain data.
 */
import { flag, list, optional, type Reader, record, text, whole, word } from "../base/reader.ts";
import { readUnitRule, type UnitRule } from "./unit-rule.ts";

interface WithMissing {
  /** Words that mean a missing value in this column besides an empty cell and, without "" among them, those known to all. */
  readonly missing?: readonly string[];
}

/** Numbers, however they are dressed. */
export interface NumberReading extends WithMissing {
  readonly as: "number";
  /** The decimal mark, where it is not a point. */
  readonly decimal?: ",";
  /** The mark between groups of digits: "," or "."; " " and "'" stand for all kinds of blanks and apostrophes. */
  readonly grouping?: string;
  /** A unit or currency that is written with the numbers, such as "kg" or "$". */
  readonly unit?: string;
  /** Words after the numbers multiply: 12k is 12000. */
  readonly scaled?: boolean;
  /** Only 0 and 1 occur, so that yes and no may stand for them. */
  readonly binary?: boolean;
  /** Some numbers are in another unit, and converted. */
  readonly mixed?: UnitRule;
}

/** The orders of day, month and year, and the other ways to write a date. */
export const DATE_ORDERS = ["ymd", "dmy", "mdy", "compact", "month", "week", "excel"] as const;

/** How a date is written: `compact` 20240531, `month` 2024-05, `week` 2024-W22, `excel` the days of a spreadsheet. */
export type DateOrder = (typeof DATE_ORDERS)[number];

/** Dates, with times or without, as days since 1970 in UTC. */
export interface DateReading extends WithMissing {
  readonly as: "date";
  readonly order: DateOrder;
  /** Some dates have a time of day. */
  readonly times?: boolean;
  /** The first year that a year of two digits can mean, such as 1950. */
  readonly firstYear?: number;
}

/** Times of day without a date, as a fraction of the day from 0 to 1. */
export interface TimeReading extends WithMissing {
  readonly as: "time";
}

/** One of some levels; codes such as 01067 are levels too. */
export interface CategoryReading extends WithMissing {
  readonly as: "category";
  /** The levels mean yes and no: true, TRUE, yes, 1 are one level. */
  readonly truth?: boolean;
  /** The levels are numbers: 1 and 1.0 are one level. */
  readonly numeric?: boolean;
  /** Levels that differ only by case, blanks at the ends or a last dot are one. */
  readonly merged?: boolean;
  /** A cell holds any number of labels, with this between them. */
  readonly labels?: string;
}

/** Texts, whose words are learned from; where nothing is to be learned from them, as of identifiers, they are no input. */
export interface TextReading extends WithMissing {
  readonly as: "text";
}

/** What the cells of a column are, and how they are written. Plain data. */
export type ColumnReading = NumberReading | DateReading | TimeReading | CategoryReading | TextReading;

/** A column that a table must have for a model. */
export interface WantedColumn {
  readonly name: string;
  readonly kind: "number" | "category";
  /** How training read its cells, where it did. */
  readonly reading?: ColumnReading;
  /** The levels that training knew, of a category. */
  readonly levels?: readonly string[];
}

const missing = { missing: optional(list(text)) };

const readers: { readonly [K in ColumnReading["as"]]: Reader<Extract<ColumnReading, { readonly as: K }>> } = {
  number: record<NumberReading>({
    ...missing,
    as: word(["number"]),
    decimal: optional(word([","])),
    grouping: optional(text),
    unit: optional(text),
    scaled: optional(flag),
    binary: optional(flag),
    mixed: optional(readUnitRule),
  }),
  date: record<DateReading>({
    ...missing,
    as: word(["date"]),
    order: word(DATE_ORDERS),
    times: optional(flag),
    firstYear: optional(whole),
  }),
  time: record<TimeReading>({ ...missing, as: word(["time"]) }),
  category: record<CategoryReading>({
    ...missing,
    as: word(["category"]),
    truth: optional(flag),
    numeric: optional(flag),
    merged: optional(flag),
    labels: optional(text),
  }),
  text: record<TextReading>({ ...missing, as: word(["text"]) }),
};

/** Reads a column's reading from plain data. Throws `record/field`. */
export const readColumnReading: Reader<ColumnReading> = (value, place) => {
  const { as } = record<{ readonly as: ColumnReading["as"] }>({
    as: word(["number", "date", "time", "category", "text"]),
  })(value, place);
  return readers[as](value, place);
};
