/** Says in words how the cells of a column are written. */
import { listing } from "../base/text.ts";
import type { ColumnReading, DateOrder, NumberReading } from "../data/column-reading.ts";

const GROUPINGS: Readonly<Record<string, string>> = {
  ",": "commas",
  ".": "points",
  " ": "spaces",
  "'": "apostrophes",
};

const ORDERS: Readonly<Record<DateOrder, string>> = {
  ymd: "dates, year first",
  dmy: "dates, day before month",
  mdy: "dates, month before day",
  compact: "dates of eight digits, year first",
  month: "months",
  week: "weeks of the year",
  excel: "dates, as the days of a spreadsheet",
};

/** How dates of an order are written. */
export function describeDates(order: DateOrder): string {
  return ORDERS[order];
}

/** How numbers are written, but for their unit. */
export function describeNumbers({ decimal, grouping, scaled, binary }: NumberReading): string {
  if (binary === true) return "numbers, 0 and 1 only";
  const marks = [
    ...(decimal === "," ? ["decimal commas"] : []),
    ...(grouping === undefined ? [] : [`thousands ${GROUPINGS[grouping] ?? "marks"}`]),
    ...(scaled === true ? ["multipliers such as k and M"] : []),
  ];
  return marks.length === 0 ? "numbers" : `numbers with ${listing(marks)}`;
}

/** How the cells of a reading are written, such as "numbers with decimal commas, in €" or "dates, day before month". */
export function describeReading(reading: ColumnReading): string {
  switch (reading.as) {
    case "number": {
      const plain = reading.decimal === undefined && reading.grouping === undefined && reading.binary !== true;
      const written = `${describeNumbers(reading)}${plain ? " such as 1234.5" : ""}`;
      return reading.unit === undefined ? written : `${written}, in ${reading.unit}`;
    }
    case "date":
      return describeDates(reading.order);
    case "time":
      return "times of day";
    case "category":
      return reading.truth === true ? "yes and no" : "names";
    case "text":
      return "texts";
  }
}
