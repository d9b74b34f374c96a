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
  return compactDay;
}

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
 * one in 135 is. Six digits are months, and numbers from 20,000 to 60,000 days of a spreadsheet, only where the column is
 * called so.
 */
export function plainDates({ column, facts, others }: ColumnEvidence): PlainDates | undefined {
  const { name } = column;
  if (facts.count === 0 || others.length > 0) return undefined;
  const within = (low: number, high: number): boolean => facts.minimum >= low && facts.maximum <= high;
  if (within(20_000, 60_000) && isNamedSpreadsheetDate(name))
    return {
      order: "excel",
      why: `the column is called ${name}, and its numbers from ${facts.minimum} to ${facts.maximum} are days of a spreadsheet`,
    };
  if (!facts.whole) return undefined;
  if (facts.minimum >= 10_000_000 && facts.maximum <= 99_999_999) {
    const counts = [...numberCounts(column, facts)];
    const days = counts.filter(([value]) => compactDay(value) !== undefined);
    const cells = days.reduce((sum, [, count]) => sum + count, 0);
    const modern = within(19_000_101, 20_991_231) && days.length >= FEWEST_DAYS && days.length === counts.length;
    if (modern) return { order: "compact", why: "all are eight digits that make a day" };
    if (isNamedDate(name) && cells >= MOSTLY * facts.count)
      return { order: "compact", why: `the column is called ${name}, and eight digits make a day` };
  }
  if (within(180_001, 220_012) && isNamedMonth(name)) {
    const months = [...numberCounts(column, facts).keys()].every((value) => compactMonth(value) !== undefined);
    if (months) return { order: "month", why: `the column is called ${name}, and six digits make a month` };
  }
  return undefined;
}

/** Whether plain numbers may be seconds or milliseconds since 1970, in a column called so. */
export function mayBeEpoch({ column, facts }: ColumnEvidence): "seconds" | "milliseconds" | undefined {
  if (!isNamedTime(column.name) || facts.count === 0) return undefined;
  if (facts.minimum >= 3e8 && facts.maximum <= 4e9) return "seconds";
  return facts.minimum >= 3e11 && facts.maximum <= 4e12 ? "milliseconds" : undefined;
}
