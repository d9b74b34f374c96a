/** The steps of a series: how far its times lie apart, and which time follows the last one. */
import { civilDayOf } from "../calendar.ts";

/** Step units. `plain` counts days, or whatever the times are in; the others follow the calendar. */
export const STEP_UNITS = ["plain", "businessDay", "month"] as const;
/** The unit of a step of time. */
export type StepUnit = (typeof STEP_UNITS)[number];

/** The grid that the times of a series lie on; times are days since 1970 where they are dates. */
export interface TimeSteps {
  readonly unit: StepUnit;
  /** Units from one time to the next: 1/24 for hours, 3 months for quarters. */
  readonly every: number;
  /** The time at position 0. */
  readonly from: number;
}

interface Unit {
  readonly position: (time: number, steps: TimeSteps) => number;
  readonly time: (position: number, steps: TimeSteps) => number;
}

/** Monday is the first day of a week of five; days of the weekend count as the Friday before. */
function businessDays(time: number): number {
  const fromMonday = Math.floor(time) + 3;
  const weeks = Math.floor(fromMonday / 7);
  return 5 * weeks + Math.min(4, fromMonday - 7 * weeks);
}

function months(time: number): number {
  const { year, month } = civilDayOf(time);
  return 12 * year + month - 1;
}

const lastDay = (month: number): number => Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0) / 86_400_000;

const units: Readonly<Record<StepUnit, Unit>> = {
  plain: {
    position: (time, { every, from }) => Math.round((time - from) / every),
    time: (position, { every, from }) => from + position * every,
  },
  businessDay: {
    position: (time, { from }) => businessDays(time) - businessDays(from),
    time: (position, { from }) => {
      const days = businessDays(from) + position;
      const weeks = Math.floor(days / 5);
      return 7 * weeks - 3 + (days - 5 * weeks) + (from - Math.floor(from));
    },
  },
  month: {
    position: (time, { every, from }) => Math.round((months(time) - months(from)) / every),
    time: (position, { every, from }) => {
      const { day, monthDays } = civilDayOf(from);
      const last = lastDay(months(from) + position * every);
      // the ends of months stay their ends, and the 30th of February is its last day
      const back = day === monthDays ? 0 : Math.max(0, civilDayOf(last).day - day);
      return last - back + (from - Math.floor(from));
    },
  },
};

/** The number of the step at a time; times between two steps belong to the nearer one. */
export function positionOf(time: number, steps: TimeSteps): number {
  return units[steps.unit].position(time, steps);
}

/** The time of a step. */
export function timeAt(position: number, steps: TimeSteps): number {
  return units[steps.unit].time(position, steps);
}

/** Fewer different times show no step. */
const FEWEST_TIMES = 4;
/** Candidates for the length of a step. */
const MOST_CANDIDATES = 3;
/** A time may lie off its step by this share of it, but for so few. */
const [OFF_STEP, MOST_OFF] = [0.25, 0.02];
/** The share of the steps that must have a time. */
const LEAST_FILLED = 0.5;
/** From one working day to the next is a day, in this share of the cases at least. */
const LEAST_NEXT_DAY = 0.6;

/**
 * The steps that times follow: business days, months (quarters and years too), or a fixed distance; undefined where they follow
 * none, as when things are written down whenever they happen. `dates` says that times are days since 1970.
 */
export function timeStepsOf(times: ArrayLike<number>, { dates }: { readonly dates: boolean }): TimeSteps | undefined {
  const sorted = Float64Array.from(new Set(Array.from(times).filter(Number.isFinite))).sort();
  const from = sorted[0];
  if (from === undefined || sorted.length < FEWEST_TIMES) return undefined;
  const found = dates ? (monthsOf(sorted) ?? businessDaysOf(sorted)) : undefined;
  return found ?? plainStepsOf(sorted, dates);
}

function monthsOf(sorted: Float64Array): TimeSteps | undefined {
  const [from = 0] = sorted;
  const numbers = Array.from(sorted, months);
  const gaps = numbers.slice(1).map((month, i) => month - (numbers[i] ?? 0));
  const days = Array.from(sorted, civilDayOf);
  const alike =
    days.every(({ day }) => day === days[0]?.day) || days.every(({ day, monthDays }) => monthDays - day <= 2);
  const starts = days.every(({ day }) => day <= 3);
  if (gaps.some((gap) => gap === 0) || !(alike || starts)) return undefined;
  const every = gaps.reduce(greatestDivisor, 0);
  // a month of 28 days counts from the first full month, so that ends stay ends
  const longest = sorted.find((time) => civilDayOf(time).day === Math.max(...days.map(({ day }) => day))) ?? from;
  return isFilled(sorted.length, (numbers.at(-1) ?? 0) - (numbers[0] ?? 0), every)
    ? { unit: "month", every, from: longest }
    : undefined;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

function businessDaysOf(sorted: Float64Array): TimeSteps | undefined {
  const [from = 0] = sorted;
  const gaps = gapsOf(sorted);
  const next = gaps.filter((gap) => Math.abs(gap - 1) < 1e-6).length;
  const overWeekend = gaps.some((gap) => Math.abs(gap - 3) < 1e-6);
  const isWorking = sorted.every((time) => civilDayOf(time).weekday < 5);
  if (!isWorking || !overWeekend || next < LEAST_NEXT_DAY * gaps.length) return undefined;
  return { unit: "businessDay", every: 1, from };
}

function gapsOf(sorted: Float64Array): readonly number[] {
  return Array.from(sorted.subarray(1), (time, i) => time - (sorted[i] ?? 0));
}

function plainStepsOf(sorted: Float64Array, dates: boolean): TimeSteps | undefined {
  const [from = 0] = sorted;
  // what is written down every so many minutes may be so some seconds late; other numbers have nine digits
  const rounded = (gap: number): number => (dates ? roundedGap(gap) : Number(gap.toPrecision(9)));
  const counts = new Map<number, number>();
  for (const gap of gapsOf(sorted)) counts.set(rounded(gap), (counts.get(rounded(gap)) ?? 0) + 1);
  const frequent = [...counts].sort(([a, many], [b, more]) => more - many || a - b).slice(0, MOST_CANDIDATES);
  return frequent.map(([every]): TimeSteps => ({ unit: "plain", every, from })).find((steps) => follows(sorted, steps));
}

const SECONDS = 86_400;
/** Gaps of so many seconds are told apart by whole minutes, and shorter ones by seconds. */
const [BY_MINUTES, A_MINUTE] = [600, 60];

function roundedGap(days: number): number {
  const seconds = days * SECONDS;
  const unit = seconds >= BY_MINUTES ? A_MINUTE : 1;
  return (Math.max(1, Math.round(seconds / unit)) * unit) / SECONDS;
}

function follows(sorted: Float64Array, { every, from }: TimeSteps): boolean {
  const off = sorted.filter((time) => {
    const place = (time - from) / every;
    return Math.abs(place - Math.round(place)) > OFF_STEP;
  }).length;
  return off <= MOST_OFF * sorted.length && isFilled(sorted.length, (sorted.at(-1) ?? from) - from, every);
}

function isFilled(times: number, span: number, every: number): boolean {
  return times >= LEAST_FILLED * (span / every + 1);
}

/** How many steps a unit of the calendar has, for steps of a whole number of them in it. */
export interface StepName {
  /** The steps in words, such as "day" or "3 months"; "step" for times that are no dates. */
  readonly name: string;
  /** How many steps are forecast by default. */
  readonly horizon: number;
  /** Steps after which a season may repeat, the shortest first. */
  readonly seasons: readonly number[];
}

const MINUTE = 1 / 1440;

/** What steps are called, and what is usual for them; `dates` as of `timeStepsOf`. */
export function stepName({ unit, every }: TimeSteps, { dates }: { readonly dates: boolean }): StepName {
  if (unit === "businessDay") return { name: "business day", horizon: 5, seasons: [5, 260] };
  if (unit === "month") return monthName(every);
  if (!dates) return { name: "step", horizon: 1, seasons: [] };
  if (every < 1) return clockName(every);
  if (every === 1) return { name: "day", horizon: 7, seasons: [7, 364] };
  const whole = Math.round(365.25 / every);
  const name = every === 7 ? "week" : `${Number(every.toPrecision(4))} days`;
  return { name, horizon: every === 7 ? 4 : 1, seasons: whole > 1 ? [whole] : [] };
}

function monthName(every: number): StepName {
  const year = 12 / every;
  const name = every === 1 ? "month" : every === 3 ? "quarter" : every === 12 ? "year" : `${every} months`;
  return { name, horizon: Math.max(1, Math.round(year)), seasons: Number.isInteger(year) && year > 1 ? [year] : [] };
}

function clockName(every: number): StepName {
  const [day, week] = [Math.round(1 / every), Math.round(7 / every)];
  const minutes = every / MINUTE;
  const hours = minutes / 60;
  const name =
    Math.abs(hours - 1) < 1e-6
      ? "hour"
      : Number.isInteger(Number(hours.toFixed(6)))
        ? `${hours.toFixed(0)} hours`
        : `${Number(minutes.toPrecision(4))} minutes`;
  return { name, horizon: Math.max(1, Math.min(day, 24)), seasons: day > 1 ? [day, week] : [week] };
}
