/** Times of day as people write them: 14:05, 2:05 PM, 14:05:09.25, 14h05, with zones where a date stands beside them. */
import { plainCharacters } from "./characters.ts";

const CLOCK =
  /(?:^|(?<=\d)T|(?<=[a-z]{3}[/ -]?(?:\d{2}|\d{4})):|[\s,])\s*(\d{1,2})(?:(?::| ?h ?)(\d{2})(?:(?::| ?min ?)(\d{2})(?:[.,](\d{1,12}))?(?: ?s)?)?\s*([ap])?\.?(?:(?<=[ap]\.?)\s?m\.?)?|\s*([ap])\.?\s?m\.?)\s*(?:Uhr|hrs?)?\s*(Z|UTC|GMT|[A-Z]{1,4}T)?\s*([+-]\d{1,2}(?::?\d{2})?)?(?:\s*\([^)]*\))?(?=$|[\s,])/i;
/** A time with points, as in Denmark and Finland, which only a date before it tells from a number. */
const DOTTED_CLOCK = /(?<=\d[^\d:]*)[\s,]\s*(\d{1,2})\.(\d{2})(?:\.(\d{2}))?$/;
const COMPACT_CLOCK = /(?<=\d)[T ]?(\d{2})(\d{2})(\d{2})?(?:[.,](\d{1,12}))?(Z|[+-]\d{2}:?\d{2})?$/i;

// a declared table: hours east of Greenwich
const ZONES: Readonly<Record<string, number>> = {
  Z: 0,
  UTC: 0,
  GMT: 0,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  WET: 0,
  BST: 1,
  CET: 1,
  CEST: 2,
  EET: 2,
  EEST: 3,
  JST: 9,
};

/** A time found in a text. */
export interface Clock {
  /** The time of day as a fraction of the day, from 0 to 1; NaN for an impossible one such as 25:00. */
  readonly time: number;
  /** Days by which the zone is before Greenwich; 0 where none is written. */
  readonly offset: number;
  /** Whether a zone is written. */
  readonly zoned: boolean;
  /** The text without the time. */
  readonly rest: string;
}

/** Words between a date and its time. */
const BETWEEN = /[\s,]+(?:at|um|à|a las|a la|às|as|om|alle|alle ore|ore|kl\.?|klo|o|klockan)\.?$/i;

/** Finds the time of day in a text of plain characters; undefined where there is none. */
export function findClock(text: string): Clock | undefined {
  const found = CLOCK.exec(text) ?? DOTTED_CLOCK.exec(text);
  if (found === null) return undefined;
  const [all, hour, minute, second, fraction, half, wholeHalf, zone, shift] = found;
  const time = dayFraction({ hour, minute, second, fraction, half: half ?? wholeHalf });
  const offset = offsetOf(zone, shift);
  if (offset === undefined) return undefined;
  const before = text.slice(0, found.index).replace(BETWEEN, "");
  const rest = `${before} ${text.slice(found.index + all.length)}`.trim();
  return { time, offset, zoned: zone !== undefined || shift !== undefined, rest };
}

/** The time after a date of eight digits: 20240531T140509, 20240531 1405. */
export function findCompactClock(text: string): Clock | undefined {
  const found = /^\d{8}[T ]?\d{4}/i.test(text) ? COMPACT_CLOCK.exec(text.slice(7)) : null;
  if (found === null) return undefined;
  const [, hour, minute, second, fraction, zone] = found;
  const offset = zone === undefined || /z/i.test(zone) ? 0 : offsetOf(undefined, zone);
  if (offset === undefined) return undefined;
  const time = dayFraction({ hour, minute, second, fraction });
  return { time, offset, zoned: zone !== undefined, rest: text.slice(0, 8) };
}

/** The time of day that a text is, as a fraction of the day; NaN for an impossible one, undefined for other texts. */
export function timeOfDay(text: string): number | undefined {
  const clock = text.length > 24 ? undefined : findClock(plainCharacters(text));
  return clock === undefined || clock.rest !== "" ? undefined : clock.time;
}

interface ClockParts {
  readonly hour: string | undefined;
  readonly minute: string | undefined;
  readonly second: string | undefined;
  readonly fraction: string | undefined;
  readonly half?: string | undefined;
}

function dayFraction({ hour, minute = "0", second = "0", fraction = "0", half }: ClockParts): number {
  const [hours, minutes] = [Number(hour), Number(minute)];
  const seconds = Number(`${second}.${fraction}`);
  if (minutes > 59 || seconds >= 61) return Number.NaN;
  if (half !== undefined) {
    if (hours < 1 || hours > 12) return Number.NaN;
    return ((hours % 12) + (half.toLowerCase() === "p" ? 12 : 0)) / 24 + (minutes * 60 + seconds) / 86400;
  }
  const time = (hours * 3600 + minutes * 60 + seconds) / 86400;
  return hours > 23 && time !== 1 ? Number.NaN : time;
}

function offsetOf(zone: string | undefined, shift: string | undefined): number | undefined {
  const hours = zone === undefined ? 0 : ZONES[zone.toUpperCase()];
  if (hours === undefined) return undefined;
  if (shift === undefined) return hours / 24;
  const [, sign, hour, minute = "0"] = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(shift) ?? [];
  return ((sign === "-" ? -1 : 1) * (Number(hour) * 60 + Number(minute))) / 1440;
}
