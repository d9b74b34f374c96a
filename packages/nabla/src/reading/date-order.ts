/** The order of day, month and year in a column, decided by all of its dates. */
import type { DateOrder } from "../data/column-reading.ts";
import type { CellText } from "./cell-text.ts";
import { type DateForm, type DateStyle, dateForm, dayOf } from "./dates.ts";

/** A text that looks like a date. */
export interface DatedText extends CellText {
  readonly form: DateForm;
}

/** The texts that look like dates, with their pieces. */
export function datedTexts(texts: readonly CellText[]): readonly DatedText[] {
  return texts.flatMap((cell) => {
    const form = dateForm(cell.text);
    return form === undefined ? [] : [{ ...cell, form }];
  });
}

/** What decided the order of a column's dates. */
export type OrderReason =
  /** They are written in one way that has one meaning. */
  | "form"
  /** Some of them are dates in one order alone. */
  | "values"
  /** In this order they follow each other from row to row. */
  | "rows"
  /** Other columns of the table are written so. */
  | "columns"
  /** Nothing but what is usual with their separator. */
  | "convention";

/** The order of a column's dates and why it was chosen. */
export interface OrderChoice {
  readonly order: DateOrder;
  readonly reason: OrderReason;
  /** The order that fits as many cells, where nothing decides. */
  readonly other?: DateOrder;
}

/** What is known of the order of dates besides the dates. */
export interface OrderHints {
  readonly firstYear: number;
  /** The order in the columns beside this one. */
  readonly hint?: DateOrder;
  /** Whether the file is written where the day comes first, as its decimal commas show. */
  readonly dayFirst?: boolean;
}

/** Decides in which order the dates of a column are written. */
export function decideOrder(
  texts: readonly DatedText[],
  { firstYear, hint, dayFirst = false }: OrderHints,
): OrderChoice {
  const open = texts.filter(({ form }) => form.kind === "open");
  if (open.length === 0) return { order: commonOrder(texts), reason: "form" };
  const slash = cells(open.filter(({ form }) => form.kind === "open" && form.separator === "/")) > 0.5 * cells(open);
  // with slashes the month comes first in the United States, whose numbers have points, and with points and dashes nowhere
  const orders: readonly DateOrder[] = slash && !dayFirst ? ["mdy", "dmy", "ymd"] : ["dmy", "mdy", "ymd"];
  const fits = orders.map((order) => cells(open.filter(({ form }) => dayOf(form, { order, firstYear }) !== undefined)));
  const most = Math.max(...fits);
  const best = orders.filter((_, i) => fits[i] === most);
  const [order = "dmy", other] = best.toSorted(
    (a, b) => yearsIn(open, { order: a, firstYear }) - yearsIn(open, { order: b, firstYear }),
  );
  if (other === undefined) return { order, reason: "values" };
  const [own, its] = [order, other].map((one) => turns(open, { order: one, firstYear }));
  if (own !== undefined && its !== undefined && own !== its && Math.min(own, its) === 0)
    return { order: own === 0 ? order : other, reason: "rows" };
  if (hint !== undefined && best.includes(hint)) return { order: hint, reason: "columns" };
  return sameDays(open, [order, other], firstYear) ? { order, reason: "form" } : { order, reason: "convention", other };
}

function commonOrder(texts: readonly DatedText[]): DateOrder {
  const counts = new Map<DateOrder, number>();
  for (const { form, count } of texts)
    if (form.kind === "fixed") counts.set(form.order, (counts.get(form.order) ?? 0) + count);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? "ymd";
}

function cells(texts: readonly CellText[]): number {
  return texts.reduce((sum, { count }) => sum + count, 0);
}

/** How many years the dates span: days taken for years of two digits span thirty. */
function yearsIn(texts: readonly DatedText[], style: DateStyle): number {
  const days = texts.flatMap(({ form }) => dayOf(form, style) ?? []);
  const [first, last] = [
    days.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    days.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ];
  return Math.round((last - first) / (2 * 365));
}

/** So many dates do not follow each other by chance. */
const FEWEST_IN_ORDER = 6;

/** How often dates in the order of their first rows go back where they went forward; undefined for very few. */
function turns(texts: readonly DatedText[], style: DateStyle): number | undefined {
  const days = texts.flatMap(({ form }) => dayOf(form, style) ?? []);
  if (days.length < FEWEST_IN_ORDER) return undefined;
  const steps = days.slice(1).map((day, i) => Math.sign(day - (days[i] ?? day)));
  const up = steps.filter((step) => step > 0).length;
  return Math.min(up, steps.filter((step) => step < 0).length);
}

/** Whether two orders give the same days, as in 05/05/2024. */
function sameDays(
  texts: readonly DatedText[],
  [one, other]: readonly [DateOrder, DateOrder],
  firstYear: number,
): boolean {
  return texts.every(({ form }) => dayOf(form, { order: one, firstYear }) === dayOf(form, { order: other, firstYear }));
}
