/** Dates as people write them, as days since 1970 in UTC. */
import type { DateOrder } from "../data/column-reading.ts";
import { plainCharacters } from "./characters.ts";
import { findClock, findCompactClock } from "./clock.ts";
import { isDateFiller, monthOf } from "./month-names.ts";

/** The first year that two digits mean where nothing says otherwise: 69 is 1969, 68 is 2068 (POSIX, strptime). */
export const FIRST_YEAR = 1969;

/** A date that can be read in one way. */
interface FixedDate {
  readonly kind: "fixed";
  /** How it is written. */
  readonly order: DateOrder;
  readonly year: string;
  readonly month: number;
  readonly day: number;
}

/** Three numbers whose order decides what they mean: 05/06/24. */
interface OpenDate {
  readonly kind: "open";
  readonly numbers: readonly [string, string, string];
  readonly separator: string;
}

/** What a text that looks like a date says; whether the day exists shows when its order is known. */
export type DateForm = (FixedDate | OpenDate) & {
  /** The time of day as a fraction of the day, less the offset of its zone; absent without a time. */
  readonly time?: number;
  /** Whether a zone is written. */
  readonly zoned?: boolean;
};

const LONGEST = 64;
const CJK: readonly (readonly [RegExp, string])[] = [
  [/[月火水木金土日]曜日?|星期[一二三四五六日天]|[월화수목금토일]요일/g, " "],
  [/(?:오전|上午|午前) ?([\d:]+)/g, "$1 AM"],
  [/(?:오후|下午|午後) ?([\d:]+)/g, "$1 PM"],
  [/[年년] ?/g, "-"],
  [/[月월] ?/g, "-"],
  [/[日일]/g, " "],
];

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d{1,12})?))?(Z)?)?$/;

/** The commonest form, which millions of cells have, in one step; what it does not know is left to the others. */
function isoForm(text: string): DateForm | undefined {
  const found = ISO.exec(text);
  if (found === null) return undefined;
  const [, year = "", month, day, hour, minute, second = "0", zone] = found;
  const date = fixed("ymd", year, Number(month), Number(day));
  if (hour === undefined) return date;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) >= 60) return undefined;
  const time = (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) / 86_400;
  return zone === undefined ? { ...date, time } : { ...date, time, zoned: true };
}

/** The pieces of a text that looks like a date, undefined for one that does not. */
export function dateForm(text: string): DateForm | undefined {
  const iso = isoForm(text);
  if (iso !== undefined) return iso;
  if (text.length > LONGEST || !/\d/.test(text)) return undefined;
  let plain = plainCharacters(text);
  if (/[年년오上下午]/.test(plain)) for (const [mark, ours] of CJK) plain = plain.replace(mark, ours);
  plain = plain.trim();
  const clock = findCompactClock(plain) ?? findClock(plain);
  if (clock === undefined) return dayForm(plain);
  const form = dayForm(clock.rest);
  return form === undefined ? undefined : { ...form, time: clock.time - clock.offset, zoned: clock.zoned };
}

function fixed(order: DateOrder, year: string, month: number, day: number): FixedDate {
  return { kind: "fixed", order, year, month, day };
}

function dayForm(text: string): FixedDate | OpenDate | undefined {
  if (/^\d{8}$/.test(text)) return fixed("compact", text.slice(0, 4), Number(text.slice(4, 6)), Number(text.slice(6)));
  const quarter = /^(\d{4})[- ]?Q([1-4])$/i.exec(text) ?? /^Q([1-4])[- /]?(\d{4})$/i.exec(text)?.toReversed();
  if (quarter != null) {
    const [year = "", number = ""] = quarter.filter((piece) => piece !== text);
    return fixed("month", year, 3 * Number(number) - 2, 1);
  }
  const week = /^(\d{4})-?W(\d{2})(?:-?([1-7]))?$/i.exec(text);
  if (week !== null) return weekForm(week);
  const month = /^(\d{4})[-/.](\d{1,2})$/.exec(text) ?? /^(\d{1,2})[-/](\d{4})$/.exec(text)?.toReversed();
  if (month != null) {
    const [year = "", number = ""] = month.filter((piece) => piece !== text);
    return fixed("month", year, Number(number), 1);
  }
  const unnamed = /^(\p{L}+)[.,]*\s+(?=\d)(.*)$/u.exec(text);
  if (unnamed !== null && isDateFiller(unnamed[1]?.toLowerCase() ?? "")) return dayForm(unnamed[2] ?? "");
  const numeric = /^(\d{1,4})( ?[-/.] ?| )(\d{1,2})( ?[-/.] ?| )(\d{1,4})\.?$/.exec(text);
  if (numeric !== null) return numericForm(numeric);
  const joined = /^(\d{1,2})(\p{L}{3,})(\d{4}|\d{2})$/u.exec(text);
  if (joined !== null) return namedForm(joined.slice(1).join(" "));
  return /\p{L}/u.test(text) ? namedForm(text) : undefined;
}

function numericForm([, first = "", mark = "", second = "", other, third = ""]: RegExpExecArray):
  | FixedDate
  | OpenDate
  | undefined {
  if (mark.trim() !== other?.trim()) return undefined;
  if (first.length === 4) return third.length > 2 ? undefined : fixed("ymd", first, Number(second), Number(third));
  if (first.length > 2 || third.length === 1 || third.length === 3)
    return third.length === 1 && first.length === 2
      ? { kind: "open", numbers: [first, second, third], separator: mark.trim() }
      : undefined;
  return { kind: "open", numbers: [first, second, third], separator: mark.trim() };
}

/** The Monday, or the given day, of an ISO week; a week 54 or 00 is no date. */
function weekForm([, year = "", week = "", day = "1"]: RegExpExecArray): FixedDate {
  const fourth = daysOf(Number(year), 1, 4);
  const monday = fourth - ((((fourth + 3) % 7) + 7) % 7);
  const days = monday + (Number(week) - 1) * 7 + Number(day) - 1;
  const thursday = new Date((monday + (Number(week) - 1) * 7 + 3) * 86_400_000);
  const exists = Number(week) >= 1 && thursday.getUTCFullYear() === Number(year);
  const date = new Date(days * 86_400_000);
  return exists
    ? fixed("week", String(date.getUTCFullYear()).padStart(4, "0"), date.getUTCMonth() + 1, date.getUTCDate())
    : fixed("week", year, 0, 0);
}

/** A date with the name of its month: 31 May 2024, May 31st, 2024, 31-mai-24, May 2024. */
function namedForm(text: string): FixedDate | undefined {
  const pieces = text
    .toLowerCase()
    .split(/[\s,./-]+/)
    .filter((piece) => piece !== "");
  if (pieces.length > 8) return undefined;
  const numbers: string[] = [];
  let [month, monthAt] = [0, 0];
  for (const piece of pieces) {
    const digits = /^'?(\d{1,4})(?:st|nd|rd|th|er|o|º|ª|°)?$/.exec(piece)?.[1];
    const named = monthOf(piece);
    if (digits !== undefined) numbers.push(digits);
    else if (named !== undefined && month === 0) [month, monthAt] = [named, numbers.length];
    else if (!isDateFiller(piece) && named === undefined) return undefined;
    else if (named !== undefined && !isDateFiller(piece)) return undefined;
  }
  if (month === 0) return undefined;
  const [first = "", second = ""] = numbers;
  if (numbers.length === 1) {
    const short = /^\p{L}+\.?[-' ]*['-]\d{2}$/u.test(text);
    return first.length === 4 || short ? fixed("month", first, month, 1) : undefined;
  }
  if (numbers.length !== 2) return undefined;
  const yearFirst = first.length === 4 || (Number(first) > 31 && second.length <= 2);
  if (yearFirst) return second.length > 2 ? undefined : fixed("ymd", first, month, Number(second));
  if (second.length === 1 || second.length === 3 || first.length > 2) return undefined;
  return fixed(monthAt === 0 ? "mdy" : "dmy", second, month, Number(first));
}

/** How three numbers, or a year of two digits, are to be understood. */
export interface DateStyle {
  readonly order: DateOrder;
  /** The first year that a year of two digits can mean. */
  readonly firstYear?: number;
}

/** The days since 1970 of what a text says; undefined where there is no such day, or another order was meant. */
export function dayOf(form: DateForm, { order, firstYear = FIRST_YEAR }: DateStyle): number | undefined {
  const date = form.kind === "fixed" ? form : ordered(form, order);
  if (date === undefined || Number.isNaN(form.time ?? 0)) return undefined;
  const { month, day } = date;
  const year = date.year.length <= 2 ? wideYear(Number(date.year), firstYear) : Number(date.year);
  if (month < 1 || month > 12 || day < 1 || day > lengthOf(year, month) || year < 1) return undefined;
  return daysOf(year, month, day) + (form.time ?? 0);
}

function ordered({ numbers: [a, b, c] }: OpenDate, order: DateOrder): FixedDate | undefined {
  if (order === "ymd") return a.length === 2 && c.length <= 2 ? fixed("ymd", a, Number(b), Number(c)) : undefined;
  if (c.length === 1) return undefined;
  if (order === "mdy") return fixed("mdy", c, Number(a), Number(b));
  return order === "dmy" ? fixed("dmy", c, Number(b), Number(a)) : undefined;
}

/** A year of two digits as the one from `firstYear` on. */
function wideYear(year: number, firstYear: number): number {
  const century = firstYear - (firstYear % 100);
  return century + year < firstYear ? century + 100 + year : century + year;
}

function lengthOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days since 1970 of a day of the Gregorian calendar. */
export function daysOf(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.round(date.getTime() / 86_400_000);
}

/** The day that a whole number such as 20240531 writes; undefined for days that do not exist. */
export function compactDay(value: number): number | undefined {
  if (!Number.isInteger(value) || value < 10_000_101 || value > 99_991_231) return undefined;
  const [year, month, day] = [Math.floor(value / 10_000), Math.floor(value / 100) % 100, value % 100];
  if (month < 1 || month > 12 || day < 1 || day > lengthOf(year, month)) return undefined;
  return daysOf(year, month, day);
}

/** The first day of the month that a whole number such as 202405 writes; undefined outside 1800 to 2200. */
export function compactMonth(value: number): number | undefined {
  if (!Number.isInteger(value) || value < 180_001 || value > 220_012) return undefined;
  const month = value % 100;
  return month < 1 || month > 12 ? undefined : daysOf(Math.floor(value / 100), month, 1);
}

/** The first and the last serial numbers of a spreadsheet that are taken for dates: 1900 to 2200. */
const EXCEL_DAYS = { first: 1, last: 109_938, epoch: 25_569 } as const;

/** Days since 1970 of the serial number of a spreadsheet, whose day 60 (29 February 1900) never was. */
export function excelDay(serial: number): number | undefined {
  if (!(serial >= EXCEL_DAYS.first && serial < EXCEL_DAYS.last + 1) || Math.floor(serial) === 60) return undefined;
  return serial - EXCEL_DAYS.epoch + (serial < 60 ? 1 : 0);
}

/** A day as text: 2024-05-31, with a time where it has one: 2024-05-31 14:05. */
export function dayText(days: number): string {
  const date = new Date(Math.round(days * 86_400_000));
  if (Number.isNaN(date.getTime())) return String(days);
  const text = date.toISOString();
  const time = text.slice(11, 19);
  return time === "00:00:00"
    ? text.slice(0, 10)
    : `${text.slice(0, 10)} ${time.endsWith(":00") ? time.slice(0, 5) : time}`;
}
