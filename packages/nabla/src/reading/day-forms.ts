/** The ways to write a day, as patterns: which numbers are its year, month and day, or that their order is open. */
import type { DateOrder } from "../data/column-reading.ts";
import { daysOf } from "./calendar-days.ts";
import { isDateFiller, monthOf } from "./month-names.ts";

/** A date that can be read in one way. */
export interface FixedDate {
  readonly kind: "fixed";
  /** How it is written. */
  readonly order: DateOrder;
  readonly year: string;
  readonly month: number;
  readonly day: number;
}

/** Three numbers whose order decides what they mean: 05/06/24. */
export interface OpenDate {
  readonly kind: "open";
  readonly numbers: readonly [string, string, string];
  readonly separator: string;
}

type Groups = Readonly<Record<string, string | undefined>>;

/** A pattern, and the day in the groups of a match. */
interface DayPattern {
  readonly pattern: RegExp;
  readonly day: (groups: Groups) => FixedDate | OpenDate | undefined;
}

function fixed(order: DateOrder, year = "", month: string | number = 0, day: string | number = 0): FixedDate {
  return { kind: "fixed", order, year, month: Number(month), day: Number(day) };
}

const quarter = (groups: Groups): FixedDate => fixed("month", groups.year, 3 * Number(groups.quarter) - 2, 1);
const month = (groups: Groups): FixedDate => fixed("month", groups.year, groups.month, 1);

// a declared table: the most frequent first
const PATTERNS: readonly DayPattern[] = [
  {
    pattern: /^(?<year>\d{4})(?<mark> ?[-/.] ?| )(?<month>\d{1,2})(?<other> ?[-/.] ?| )(?<day>\d{1,2})\.?$/,
    day: ({ year, month, day, mark, other }) =>
      mark?.trim() === other?.trim() ? fixed("ymd", year, month, day) : undefined,
  },
  {
    pattern: /^(?<first>\d{1,2})(?<mark> ?[-/.] ?| )(?<second>\d{1,2})(?<other> ?[-/.] ?| )(?<third>\d{4}|\d{1,2})\.?$/,
    day: ({ first = "", second = "", third = "", mark = "", other = "" }) => {
      // of one digit is no year, so that one of the outer numbers has more
      const dated = third.length > 1 || first.length > 1;
      if (mark.trim() !== other.trim() || !dated) return undefined;
      return { kind: "open", numbers: [first, second, third], separator: mark.trim() };
    },
  },
  {
    pattern: /^(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)$/,
    day: ({ year, month, day }) => fixed("compact", year, month, day),
  },
  { pattern: /^(?<year>\d{4})[-/.](?<month>\d{1,2})$/, day: month },
  { pattern: /^(?<month>\d{1,2})[-/](?<year>\d{4})$/, day: month },
  { pattern: /^(?<year>\d{4})[- ]?Q(?<quarter>[1-4])$/i, day: quarter },
  { pattern: /^Q(?<quarter>[1-4])[- /]?(?<year>\d{4})$/i, day: quarter },
  { pattern: /^(?<year>\d{4})-?W(?<week>\d{2})(?:-?(?<day>[1-7]))?$/i, day: weekDay },
  {
    pattern: /^(?<day>\d{1,2})(?<month>\p{L}{3,})(?<year>\d{4}|\d{2})$/u,
    day: ({ day, month, year }) => namedDay(`${day} ${month} ${year}`),
  },
  {
    pattern: /^(?<word>\p{L}+)[.,]*\s+(?<rest>\d[^\p{L}]*)$/u,
    day: ({ word = "", rest = "" }) => (isDateFiller(word.toLowerCase()) ? dayForm(rest) : undefined),
  },
];

/** The day that a text of plain characters, without a time, writes; undefined for a text that writes none. */
export function dayForm(text: string): FixedDate | OpenDate | undefined {
  for (const { pattern, day } of PATTERNS) {
    const found = pattern.exec(text)?.groups;
    const form = found === undefined ? undefined : day(found);
    if (form !== undefined) return form;
  }
  return /\p{L}/u.test(text) ? namedDay(text) : undefined;
}

/** The Monday, or the given day, of an ISO week; a week that its year does not have is no date. */
function weekDay({ year = "", week, day = "1" }: Groups): FixedDate {
  const fourth = daysOf(Number(year), 1, 4);
  const monday = fourth - ((((fourth + 3) % 7) + 7) % 7) + (Number(week) - 1) * 7;
  const [date, thursday] = [monday + Number(day) - 1, monday + 3].map((days) => new Date(days * 86_400_000)) as [
    Date,
    Date,
  ];
  if (Number(week) < 1 || thursday.getUTCFullYear() !== Number(year)) return fixed("week", year);
  return fixed("week", String(date.getUTCFullYear()).padStart(4, "0"), date.getUTCMonth() + 1, date.getUTCDate());
}

const MOST_PIECES = 8;
const NUMBER = /^'?(\d{1,4})(?:st|nd|rd|th|er|o|º|ª|°)?$/;

/** A date with the name of its month: 31 May 2024, May 31st, 2024, 31-mai-24, Friday, 31 May 2024, May 2024. */
function namedDay(text: string): FixedDate | undefined {
  const pieces = text
    .toLowerCase()
    .split(/[\s,./-]+/)
    .filter((piece) => piece !== "");
  const numbers: string[] = [];
  let [month, monthAt] = [0, 0];
  for (const piece of pieces) {
    const digits = NUMBER.exec(piece)?.[1];
    const named = monthOf(piece);
    if (digits !== undefined) numbers.push(digits);
    else if (named !== undefined && month === 0) [month, monthAt] = [named, numbers.length];
    else if (!isDateFiller(piece)) return undefined;
  }
  if (month === 0 || pieces.length > MOST_PIECES) return undefined;
  const [first = "", second = ""] = numbers;
  // "May-24" is a month of a year, and "May 24" a day of any
  const dashed = /^\p{L}+\.?[-' ]*['-]\d{2}$/u.test(text);
  if (numbers.length === 1) return first.length === 4 || dashed ? fixed("month", first, month, 1) : undefined;
  if (numbers.length !== 2) return undefined;
  const yearFirst = first.length === 4 || (Number(first) > 31 && second.length <= 2);
  if (yearFirst) return second.length > 2 ? undefined : fixed("ymd", first, month, second);
  if (second.length === 1 || second.length === 3 || first.length > 2) return undefined;
  return fixed(monthAt === 0 ? "mdy" : "dmy", second, month, first);
}
