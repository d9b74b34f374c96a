/** Values of columns as people write them. */
import type { ColumnReading } from "../data/column-reading.ts";
import { dayText } from "./dates.ts";
import { clockText } from "./plain-dates.ts";

/**
 * A number of a column as its cells would have it: a day as 2024-05-31, with a time of day where the column has some, a time of
 * day as 14:05:30, and any other number as it is. Days are rounded to whole ones where the column has no times.
 */
export function writtenValue(value: number, reading: ColumnReading | undefined): number | string {
  if (!Number.isFinite(value)) return value;
  if (reading?.as === "date") return dayText(reading.times === true ? value : Math.round(value));
  return reading?.as === "time" ? clockText(value - Math.floor(value)) : value;
}
