/**
 * Days since 1970 as the civil calendar has them: proleptic Gregorian, in UTC, before 1970 too, by whole numbers alone
 * (Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`).
 */

/** A day of the calendar. */
export interface CivilDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  /** 0 is Monday, 6 Sunday. */
  readonly weekday: number;
  /** How many days the month has. */
  readonly monthDays: number;
}

/** The weekdays by their number. */
export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** The months; January is the first. */
export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** The day of so many days since 1970; a fraction is the time of that day. */
export function civilDayOf(days: number): CivilDay {
  const whole = Math.floor(days);
  // years begin in March, so that the leap day is the last; eras of 400 years are all alike
  const shifted = whole + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return {
    year,
    month,
    day: ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
    weekday: (((whole + 3) % 7) + 7) % 7,
    monthDays: month === 2 ? (isLeap(year) ? 29 : 28) : 30 + ((month + (month >> 3)) & 1),
  };
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Where a day lies in its month: 0 on the first, 1 on the last, of 28 days or 31. */
export function monthFraction({ day, monthDays }: CivilDay): number {
  return (day - 1) / (monthDays - 1);
}

/** The time of a day since 1970 as a fraction of the day, from 0 up to 1. */
export function dayFraction(days: number): number {
  return days - Math.floor(days);
}

/** Which parts of the calendar occur among dates: a bit for each weekday, month and day of the month, and times of day. */
export interface CalendarTally {
  weekdays: number;
  months: number;
  days: number;
  /** The first time of day. */
  time: number | undefined;
  /** Another time of day occurs. */
  times: boolean;
}

/** A tally of no dates. */
export function emptyCalendar(): CalendarTally {
  return { weekdays: 0, months: 0, days: 0, time: undefined, times: false };
}

/** Adds dates to a tally; missing ones (NaN) add nothing. */
export function tallyCalendar(tally: CalendarTally, dates: ArrayLike<number>): void {
  for (let i = 0; i < dates.length; i++) {
    const date = dates[i] ?? Number.NaN;
    if (!Number.isFinite(date)) continue;
    const { weekday, month, day } = civilDayOf(date);
    tally.weekdays |= 1 << weekday;
    tally.months |= 1 << month;
    tally.days |= 1 << day;
    const time = dayFraction(date);
    tally.time ??= time;
    if (time !== tally.time) tally.times = true;
  }
}

/** The numbers of the bits that are set, ascending; none where there is only one, since then nothing varies. */
export function varyingBits(bits: number): readonly number[] {
  const found = Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (bits >>> bit) & 1);
  return found.length > 1 ? found : [];
}
