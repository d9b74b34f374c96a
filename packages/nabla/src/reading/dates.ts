/** Dates as people write them, as days since 1970 in UTC. */
import type { DateOrder } from "../data/column-reading.ts";
import { daysOf, lengthOf } from "./calendar-days.ts";
import { plainCharacters } from "./characters.ts";
import { findClock, findCompactClock } from "./clock.ts";
import { dayForm, type FixedDate, type OpenDate } from "./day-forms.ts";

/** The first year that two digits mean where nothing says otherwise: 69 is 1969, 68 is 2068 (POSIX, strptime). */
export const FIRST_YEAR = 1969;

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
  const date = { kind: "fixed", order: "ymd", year, month: Number(month), day: Number(day) } as const;
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
  // logs of servers put brackets around it
  if (plain.startsWith("[") && plain.endsWith("]")) plain = plain.slice(1, -1).trim();
  const clock = findCompactClock(plain) ?? findClock(plain);
  if (clock === undefined) return dayForm(plain);
  const form = dayForm(clock.rest);
  return form === undefined ? undefined : { ...form, time: clock.time - clock.offset, zoned: clock.zoned };
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
  const date = (year: string, month: string, day: string): FixedDate | undefined =>
    year.length === 1 ? undefined : { kind: "fixed", order, year, month: Number(month), day: Number(day) };
  if (order === "ymd") return c.length > 2 ? undefined : date(a, b, c);
  if (order === "mdy") return date(c, a, b);
  return order === "dmy" ? date(c, b, a) : undefined;
}

/** A year of two digits as the one from `firstYear` on. */
function wideYear(year: number, firstYear: number): number {
  const century = firstYear - (firstYear % 100);
  return century + year < firstYear ? century + 100 + year : century + year;
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
