/** What is learned of a column, from whole tables and from streams alike, as the preparation that a model carries. */
import { compact } from "../base/compact.ts";
import { type CalendarTally, varyingBits } from "./calendar.ts";
import type { ColumnReading } from "./column-reading.ts";
import { slotsOfLevels } from "./level-slots.ts";
import type { ColumnPreparation, DatePreparation } from "./preparation.ts";
import type { Scale } from "./scaling.ts";
import { type ZeroTally, zeroIsApart } from "./zeros.ts";

/** A column of numbers in training. */
export interface NumberSummary {
  readonly name: string;
  readonly reading: ColumnReading | undefined;
  /** The shape of one row's value: [] for a plain number. */
  readonly block: readonly number[];
  readonly scale: Scale;
  readonly missing: boolean;
  readonly present: boolean;
  /** Which days and times occur, for a column of dates. */
  readonly calendar: CalendarTally | undefined;
  /** The most by which a float32 misses a value. */
  readonly narrowing: number;
  /** Its zeros, where they may have a feature of their own. */
  readonly zeros?: ZeroTally | undefined;
}

/** A column of names in training: its levels that occur, and how often each does. */
export interface LevelSummary {
  readonly name: string;
  readonly reading: ColumnReading | undefined;
  readonly levels: readonly string[];
  readonly counts: readonly number[];
  readonly missing: boolean;
}

/**
 * In units of the spread: what float32 moves a value by more than this is noticed in predictions. Inputs are float32
 * themselves, which moves one near the center by less than 1e-7.
 */
export const NARROWING = 1e-5;

/** How numbers, dates, times and blocks become inputs. */
export function numberPreparation(summary: NumberSummary): ColumnPreparation {
  const { name, reading, block, scale, missing, present, narrowing } = summary;
  const indicator = block.length === 0 && missing;
  if (scale.spread === 0 && !(indicator && present)) return compact({ kind: "constant", name, reading });
  const { center, spread, clip } = scale;
  if (block.length === 0 && reading?.as === "date")
    return { ...datePreparation(summary, compact({ kind: "date", name, center, spread, clip, indicator })), reading };
  if (block.length === 0 && reading?.as === "time")
    return compact({ kind: "time", name, center, spread, clip, indicator, reading });
  const wide = spread > 0 && narrowing > NARROWING * spread ? true : undefined;
  if (block.length > 0) return compact({ kind: "block", name, shape: block, center, spread, wide, reading });
  const zero = summary.zeros !== undefined && zeroIsApart(summary.zeros) ? true : undefined;
  return compact({ kind: "number", name, center, spread, clip, indicator, zero, wide, reading });
}

type Days = Pick<DatePreparation, "kind" | "name" | keyof Scale | "indicator">;

/** The parts of the calendar that vary; those that the way of writing leaves open, such as the day of 2024-05, are none. */
function datePreparation({ calendar, reading }: NumberSummary, days: Days): Omit<DatePreparation, "reading"> {
  const { weekdays = 0, months = 0, days: monthDays = 0, times = false } = calendar ?? {};
  const order = reading?.as === "date" ? reading.order : undefined;
  const whole = order !== "month" && order !== "week";
  return {
    ...days,
    weekdays: whole ? varyingBits(weekdays) : [],
    months: varyingBits(months),
    monthDays: whole && varyingBits(monthDays).length > 0,
    times,
  };
}

/** How names become inputs; of more than `most` levels, some share an input. */
export function categoryPreparation(summary: LevelSummary, most: number): ColumnPreparation {
  const { name, reading, levels, counts, missing } = summary;
  if (levels.length === 0 || (levels.length === 1 && !missing)) return compact({ kind: "constant", name, reading });
  return compact({ kind: "category", name, levels, slots: slotsOfLevels(levels, counts, most), reading });
}

/** The most by which a float32 misses one of these numbers; 0 for numbers that are float32 already. */
export function narrowingOf(numbers: ArrayLike<number>): number {
  if (numbers instanceof Float32Array) return 0;
  let most = 0;
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] ?? 0;
    const missed = Math.abs(value - Math.fround(value));
    if (missed > most && Number.isFinite(missed)) most = missed;
  }
  return most;
}
