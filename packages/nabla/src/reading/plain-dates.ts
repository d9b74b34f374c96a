/** Plain numbers that are dates: 20240531, 202405, the days of a spreadsheet, and days that a file declares. */
import type { DateReading } from "../data/column-reading.ts";
import { compactDay, compactMonth, excelDay } from "./dates.ts";
import type { ColumnEvidence } from "./evidence.ts";
import { isNamedDate, isNamedMonth, isNamedSpreadsheetDate, isNamedTime } from "./name-hints.ts";
import { numberCounts } from "./number-facts.ts";

/** The day that a plain number of a column of dates means; undefined for one that is none. */
export function plainDay(
  { order }: DateReading,
  { declared }: { readonly declared?: string },
): (plain: number) => number | undefined {
  if (declared === "date") return (plain) => (Number.isFinite(plain) ? plain : undefined);
  if (order === "excel") return excelDay;
  if (order === "month") return (plain) => compactMonth(plain) ?? compactDay(plain);
  // a spreadsheet writes some dates of a column as numbers
  return (plain) => compactDay(plain) ?? (plain >= FIRST_SERIAL && plain <= LAST_SERIAL ? excelDay(plain) : undefined);
}

/** The days of a spreadsheet that are taken for dates unasked: 1954 to 2064. */
const FIRST_SERIAL = 20_000;
const LAST_SERIAL = 60_000;

/** A time of day as text. */
export function clockText(time: number): string {
  const seconds = Math.round(time * 86_400);
  const pieces = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hour, minute, second] = pieces.map((piece) => String(piece).padStart(2, "0"));
  return second === "00" ? `${hour}:${minute}` : `${hour}:${minute}:${second}`;
}

/** How plain numbers are dates, and why. */
export interface PlainDates {
  readonly order: "compact" | "month" | "excel";
  readonly why: string;
}

/** From so many different eight-digit numbers on, of which each is a day, they are dates whatever the column is called. */
const FEWEST_DAYS = 5;
const MOSTLY = 0.95;

/**
 * Whether plain whole numbers are dates. Eight digits are days where the column is called so and nearly all are days from
 * 1800 to 2200, or where all of at least five different ones are days from 1900 to 2099: of other numbers of eight digits
 * about one in 700 is. Six digits are months, and numbers from 20,000 to 60,000 days of a spreadsheet, only where the column is
 * called so.
 */
export function plainDates({ column, facts, others, given }: ColumnEvidence): PlainDates | undefined {
  const { name } = column;
  if (facts.count === 0 || others.length > 0) return undefined;
  const within = (low: number, high: number): boolean => facts.minimum >= low && facts.maximum <= high;
  if (within(FIRST_SERIAL, LAST_SERIAL) && isNamedSpreadsheetDate(name))
    return {
      order: "excel",
      why: `the column is called ${name}, and its numbers from ${facts.minimum} to ${facts.maximum} are days of a spreadsheet`,
    };
  if (!facts.whole) return undefined;
  if (facts.maximum >= 10_000_000 && facts.maximum <= 99_999_999) {
    const counts = [...numberCounts(column, facts, given.values)];
    const days = counts.filter(([value]) => isDay(value));
    const cells = days.reduce((sum, [, count]) => sum + count, 0);
    const modern = days.length >= FEWEST_DAYS && counts.every(([value]) => isDay(value) && value >= 19_000_101);
    if (modern) return { order: "compact", why: "all are eight digits that make a day" };
    if (isNamedDate(name) && cells >= MOSTLY * facts.count)
      return { order: "compact", why: `the column is called ${name}, and eight digits make a day` };
  }
  if (within(180_001, 220_012) && isNamedMonth(name)) {
    const months = [...numberCounts(column, facts, given.values).keys()].every(
      (value) => compactMonth(value) !== undefined,
    );
    if (months) return { order: "month", why: `the column is called ${name}, and six digits make a month` };
  }
  return undefined;
}

/** Whether eight digits are a day of 1800 to 2200, or the last one that programs write for "never". */
function isDay(value: number): boolean {
  return compactDay(value) !== undefined && value >= 18_000_101 && (value <= 22_001_231 || value === 99_991_231);
}

/** How many plain numbers beside dates in words are days of a spreadsheet: all or none, in a column called date. */
export function spreadsheetDays({ column, facts }: ColumnEvidence): number {
  const within = facts.count > 0 && facts.minimum >= FIRST_SERIAL && facts.maximum <= LAST_SERIAL;
  return within && isNamedSpreadsheetDate(column.name) ? facts.count : 0;
}

/** Whether plain numbers may be seconds or milliseconds since 1970, in a column called so. */
export function mayBeEpoch({ column, facts }: ColumnEvidence): "seconds" | "milliseconds" | undefined {
  if (!isNamedTime(column.name) || facts.count === 0) return undefined;
  if (facts.minimum >= 3e8 && facts.maximum <= 4e9) return "seconds";
  return facts.minimum >= 3e11 && facts.maximum <= 4e12 ? "milliseconds" : undefined;
}
