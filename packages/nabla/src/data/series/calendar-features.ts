/** Parts of the calendar as cyclic features: the first of January is near to the last of December. */
import { civilDayOf, dayFraction, monthFraction } from "../calendar.ts";
import type { TimeSteps } from "./time-steps.ts";

/** Parts of the calendar that a series may repeat with. */
export const CALENDAR_PARTS = ["hour", "weekday", "monthDay", "year"] as const;
/** A part of the calendar that is a feature of a series. */
export type SeriesCalendar = (typeof CALENDAR_PARTS)[number];

interface Part {
  readonly title: string;
  /** Where a day lies in the part, from 0 up to 1. */
  readonly phase: (days: number) => number;
  /** Waves of these frequencies; three tell all seven weekdays apart. */
  readonly waves: readonly number[];
}

const parts: Readonly<Record<SeriesCalendar, Part>> = {
  hour: { title: "time of day", phase: dayFraction, waves: [1, 2, 3] },
  weekday: { title: "weekday", phase: (days) => civilDayOf(days).weekday / 7, waves: [1, 2, 3] },
  monthDay: { title: "day of month", phase: (days) => (monthFraction(civilDayOf(days)) * 30) / 31, waves: [1] },
  year: {
    title: "time of year",
    phase: (days) => {
      const { month, day, monthDays } = civilDayOf(days);
      return (month - 1 + (day - 1) / monthDays) / 12;
    },
    waves: [1, 2, 3],
  },
};

/** A year must have been seen once, and a month twice, before its parts tell anything. */
const [YEAR, MONTHS] = [365, 61];

/** The parts of the calendar in which steps differ and that so many days of training have shown. */
export function calendarFor({ unit, every }: TimeSteps, days: number): readonly SeriesCalendar[] {
  const isPlain = unit === "plain";
  const isDaily = unit === "businessDay" || (isPlain && every <= 1);
  const chosen: Readonly<Record<SeriesCalendar, boolean>> = {
    hour: isPlain && every < 1,
    weekday: unit === "businessDay" || (isPlain && every < 7 && days >= 14),
    monthDay: isDaily && days >= MONTHS,
    year: days >= YEAR && !(unit === "month" && every % 12 === 0),
  };
  return CALENDAR_PARTS.filter((part) => chosen[part]);
}

/** A feature of the calendar, of the time that is forecast. */
export interface CalendarFeature {
  readonly name: string;
  readonly of: (days: number) => number;
}

/** The sines and cosines of parts of the calendar. */
export function calendarFeatures(time: string, of: readonly SeriesCalendar[]): readonly CalendarFeature[] {
  return of.flatMap((name) => {
    const { title, phase, waves } = parts[name];
    return waves.flatMap((wave): readonly CalendarFeature[] => {
      const angle = (days: number): number => 2 * Math.PI * wave * phase(days);
      const times = wave === 1 ? "" : ` ${wave}`;
      return [
        { name: `${time} ${title} (sine${times})`, of: (days) => Math.sin(angle(days)) },
        { name: `${time} ${title} (cosine${times})`, of: (days) => Math.cos(angle(days)) },
      ];
    });
  });
}
