/** Decides the columns of a table, where one may show how another is written. */
import type { DateOrder } from "../data/column-reading.ts";
import { decideColumn } from "./decide-column.ts";
import type { ColumnDecision, DecideOptions } from "./decision.ts";
import type { WrittenColumn } from "./written-column.ts";

/**
 * Decides all columns of a table, each by its own cells first. Where those of one leave open how it is written, the columns
 * that are decided show it: decimal commas in one are decimal commas in all, and so with the order of day and month. Decimal
 * commas also mean that the day comes first, though with a notice.
 */
export function decideColumns(
  columns: readonly WrittenColumn[],
  optionsFor: (name: string) => DecideOptions = () => ({}),
): readonly ColumnDecision[] {
  const alone = columns.map((column) => decideColumn(column, optionsFor(column.name)));
  const decided = alone.filter(({ notices }) => !notices.some(({ code }) => OPEN.has(code)));
  const comma = decided.some(({ reading }) => reading.as === "number" && reading.decimal === ",");
  const order = commonOrder(decided);
  return alone.map((decision, i) => {
    const column = columns[i];
    if (column === undefined) return decision;
    const options = optionsFor(column.name);
    const openDate = has(decision, "data/ambiguous-date");
    if (order !== undefined && openDate) return decideColumn(column, { order, ...options });
    const open = comma && (openDate || has(decision, "data/ambiguous-number") || mayBeThousands(column, decision));
    return open ? decideColumn(column, { decimal: ",", ...options }) : decision;
  });
}

const OPEN: ReadonlySet<string> = new Set(["data/ambiguous-number", "data/ambiguous-date", "data/date-order"]);

function has({ notices }: ColumnDecision, code: string): boolean {
  return notices.some((notice) => notice.code === code);
}

/** The order of day and month that some columns have and none contradicts. */
function commonOrder(decided: readonly ColumnDecision[]): "dmy" | "mdy" | undefined {
  const orders = new Set<DateOrder>();
  for (const { reading, examples } of decided)
    if (reading.as === "date" && !examples.some((text) => /\p{L}/u.test(text))) orders.add(reading.order);
  if (orders.has("dmy") === orders.has("mdy")) return undefined;
  return orders.has("dmy") ? "dmy" : "mdy";
}

const LOOKED_AT = 100;

/** Whether plain numbers with points may be thousands: among the first, all fractions have three digits. */
function mayBeThousands({ numbers, spellings, declared, texts }: WrittenColumn, { reading }: ColumnDecision): boolean {
  if (reading.as !== "number" || declared === "number" || reading.decimal === ",") return false;
  if (texts.some((text) => /\d[.,]\d/.test(text) && !/\.\d{3}(?!\d)/.test(text))) return false;
  const fractions = Array.from(numbers.subarray(0, LOOKED_AT), (value) => spellings.get(value) ?? String(value)).filter(
    (text) => text.includes("."),
  );
  return (fractions.length > 0 || texts.length > 0) && fractions.every((text) => /^-?[1-9]\d{0,2}\.\d{3}$/.test(text));
}
