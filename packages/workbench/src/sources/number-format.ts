/** What the number formats of a workbook make of numbers: dates, times, durations, and codes with leading zeros. */

/** How numbers of a format are written. */
export interface NumberFormat {
  readonly date: boolean;
  readonly time: boolean;
  /** Hours, minutes or seconds that are counted beyond a day. */
  readonly duration: boolean;
  /** The least number of digits of a code such as 01067; 0 for all else. */
  readonly digits: number;
}

/** A plain number. */
export const plainNumber: NumberFormat = { date: false, time: false, duration: false, digits: 0 };

const DATE: NumberFormat = { ...plainNumber, date: true };
const TIME: NumberFormat = { ...plainNumber, time: true };
const DURATION: NumberFormat = { ...plainNumber, duration: true };

/** Formats that workbooks use by number, without their text (ECMA-376 part 1, 18.8.30). */
export function builtInFormat(id: number): NumberFormat {
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || (id >= 34 && id <= 36) || (id >= 50 && id <= 58)) return DATE;
  if ((id >= 18 && id <= 21) || id === 32 || id === 33 || id === 45 || id === 47) return TIME;
  if (id === 22) return { ...DATE, time: true };
  return id === 46 ? DURATION : plainNumber;
}

/** What a format says by its text: `dd.mm.yyyy`, `[h]:mm`, `00000`, `#,##0.00 "kg"`. */
export function formatOfCode(code: string): NumberFormat {
  // the part for positive numbers, without texts, fillers and colors
  const text = code
    .replace(/"[^"]*"?|\\.|[_*]./gs, "")
    .replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, "")
    .replace(/;.*$/s, "")
    .replace(/general/gi, "")
    .replace(/am\/pm|a\/p/gi, "h");
  if (/^0{2,}$/.test(text)) return { ...plainNumber, digits: text.length };
  if (/\[[hms]+\]/i.test(text)) return DURATION;
  const time = /[hs]/i.test(text);
  const date = /[yd]/i.test(text) || (/m/i.test(text) && !time);
  return date || time ? { ...plainNumber, date, time } : plainNumber;
}

const DAY = 86_400_000;
/** 1970-01-01 in days as Excel counts them. */
const UNIX_DAY = 25_569;
/** Between the two days that workbooks count from. */
const DAYS_TO_1904 = 1462;
/** 10000-01-01. */
const END = 2_958_466;

/**
 * A number as text that needs no guessing: dates as 2024-05-31, with a time as 2024-05-31T08:30:00, times of day as
 * 08:30:00, codes with their zeros; other numbers with a decimal point, durations in days. `from1904` where the workbook
 * counts days from 1904.
 */
export function formatted(value: number, format: NumberFormat, from1904: boolean): string {
  const days = from1904 ? value + DAYS_TO_1904 : value;
  if ((format.date || format.time) && days >= 0 && days < END) {
    if (!format.date && value < 1) return isoTime(Math.round(value * DAY) % DAY);
    // Excel takes 1900 for a leap year, and day 60 for its 29 February
    const exact = days < 60 ? days + 1 : days;
    if (days >= 61 || days < 60) {
      const moment = Math.round((exact - UNIX_DAY) * DAY);
      const day = new Date(moment).toISOString().slice(0, 10);
      const rest = ((moment % DAY) + DAY) % DAY;
      return format.time || rest !== 0 ? `${day}T${isoTime(rest)}` : day;
    }
  }
  if (format.digits > 0 && Number.isInteger(value) && value >= 0) return String(value).padStart(format.digits, "0");
  // with a point these are numbers, and no codes of many digits
  const text = Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
  return text.replace(/^(-?\d+)e/, "$1.0e").replace("e+", "e");
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(11, 23).replace(".000", "");
}
