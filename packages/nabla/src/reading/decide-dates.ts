/** Decides a column of dates or of times of day: their order, which words are gaps, which cells are no dates. */
import { compact } from "../base/compact.ts";
import type { Notice } from "../base/notice.ts";
import { count, grouped, listing } from "../base/text.ts";
import type { DateOrder, DateReading } from "../data/column-reading.ts";
import { type CellText, cellsIn } from "./cell-text.ts";
import { timeOfDay } from "./clock.ts";
import { type DatedText, datedTexts, decideOrder, type OrderChoice } from "./date-order.ts";
import { dateForm, dayOf, dayText, FIRST_YEAR } from "./dates.ts";
import { likelyMissing } from "./decide-numbers.ts";
import type { DraftDecision } from "./decision.ts";
import { describeDates } from "./describe-reading.ts";
import { type ColumnEvidence, isPlausible, keptWords, sortUnread } from "./evidence.ts";
import { extentOf, type ValueExtent } from "./extent.ts";
import { columnOption, isNamedBirth } from "./name-hints.ts";
import { clockText, plainDay } from "./plain-dates.ts";

/** Years of birth lie in the past: 30 is 1930 and 29 is 2029. */
const FIRST_BIRTH_YEAR = 1930;

/** A column tried as one of dates. */
export interface DateTrial {
  readonly good: number;
  readonly read: readonly (DatedText & { readonly value: number })[];
  readonly unread: readonly CellText[];
  readonly choice: OrderChoice;
  readonly firstYear: number;
}

/** Reads all texts of a column as dates, as far as they are some. */
export function tryDates(evidence: ColumnEvidence, asked?: DateOrder): DateTrial {
  const { others, column, options } = evidence;
  const dated = isPlausible(others, (text) => dateForm(text) !== undefined) ? datedTexts(others) : [];
  const firstYear = isNamedBirth(column.name) ? FIRST_BIRTH_YEAR : FIRST_YEAR;
  const choice: OrderChoice =
    asked === undefined
      ? decideOrder(dated, compact({ firstYear, hint: options.order, dayFirst: options.decimal === "," }))
      : { order: asked, reason: "values" };
  const read = dated.flatMap((cell) => {
    const value = dayOf(cell.form, { order: choice.order, firstYear });
    return value === undefined ? [] : [{ ...cell, value }];
  });
  const found = new Set(read.map(({ index }) => index));
  return { good: cellsIn(read), read, unread: others.filter(({ index }) => !found.has(index)), choice, firstYear };
}

/** The decision for a column of dates; `plain` says that its plain numbers are dates too. */
export function draftDates(trial: DateTrial, evidence: ColumnEvidence, why: string): DraftDecision {
  const { read, unread, choice } = trial;
  const { column, clear, doubtful, facts } = evidence;
  const { likely, unfit } = sortUnread(unread, evidence, cellsIn(read) + facts.count);
  const words = [...clear, ...doubtful, ...likely];
  const twoDigits = read.some(({ form }) => yearDigits(form) === 2);
  const fractional = facts.count > 0 && !facts.whole && (choice.order === "excel" || column.declared === "date");
  const reading: DateReading = compact({
    as: "date" as const,
    order: choice.order,
    times: fractional || read.some(({ form }) => form.time !== undefined) ? true : undefined,
    firstYear: twoDigits ? trial.firstYear : undefined,
    missing: keptWords(words, evidence),
  });
  const extent = dateExtent(trial, evidence, reading);
  const misfits = facts.count === 0 ? [] : unfitPlain(evidence, reading);
  return {
    reading,
    how: describe(reading, read),
    why,
    words,
    unfit: [...unfit, ...misfits],
    notices: noticesOf({ trial, likely, twoDigits }, evidence),
    ...distinctOf(trial, evidence),
    ...(extent === undefined ? {} : { range: rangeOf(extent) }),
    sentinels: (extent?.sentinels ?? []).map(({ value, count: cells }) => ({
      text: read.find((cell) => cell.value === value)?.text ?? plainText(value, evidence, reading),
      count: cells,
    })),
    ...(isConstant(distinctOf(trial, evidence), evidence, cellsIn(read) + facts.count - cellsIn(misfits))
      ? { leftOut: "constant" as const }
      : {}),
  };
}

/** Whether every row has one and the same value, in a column of which nobody says what it holds. */
function isConstant(
  { distinct, distinctIsExact = true }: { readonly distinct: number; readonly distinctIsExact?: boolean },
  { column, options, role }: ColumnEvidence,
  good: number,
): boolean {
  return distinct === 1 && distinctIsExact && good === column.rows && options.as === undefined && role === "input";
}

/** The extent of the days of a column. */
function dateExtent(
  { read }: Pick<DateTrial, "read">,
  { column, facts, given }: ColumnEvidence,
  reading: DateReading,
): ValueExtent | undefined {
  return extentOf({
    ...{ column, facts, without: given.values, kind: "date" as const },
    cells: read.map(({ value, count: cells }) => ({ value, count: cells })),
    value: plainDay(reading, column),
  });
}

/** A day as the plain number that is written for it. */
function plainText(day: number, { column, facts }: ColumnEvidence, reading: DateReading): string {
  const of = plainDay(reading, column);
  const found = [facts.minimum, facts.maximum].find((value) => of(value) === day);
  return found === undefined ? dayText(day) : String(found);
}

function distinctOf(
  { read }: DateTrial,
  { facts }: ColumnEvidence,
): { readonly distinct: number; readonly distinctIsExact: boolean } {
  const days = new Set(read.map(({ value }) => value)).size;
  if (facts.values === undefined) return { distinct: Math.max(days, 1), distinctIsExact: false };
  return { distinct: days + facts.values.size, distinctIsExact: true };
}

function unfitPlain({ column, given }: ColumnEvidence, reading: DateReading): readonly CellText[] {
  const day = plainDay(reading, column);
  const counts = new Map<number, number>();
  for (const value of column.numbers)
    if (!Number.isNaN(value) && !given.values.has(value) && day(value) === undefined)
      counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, cells]) => ({ text: String(value), count: cells, index: -1 }));
}

function rangeOf({ minimum, maximum }: ValueExtent): {
  readonly minimum: number;
  readonly maximum: number;
  readonly text: string;
} {
  return { minimum, maximum, text: `${dayText(minimum)} to ${dayText(maximum)}` };
}

function yearDigits(form: DatedText["form"]): number {
  if (form.kind === "fixed") return form.year.length;
  return form.numbers.some((number) => number.length === 4) ? 4 : 2;
}

function describe({ order, times }: DateReading, read: readonly DatedText[]): string {
  const zones = read.some(({ form }) => form.zoned === true);
  return `${describeDates(order)}${times === true ? (zones ? ", with times in UTC" : ", with times") : ""}`;
}

/** A date that does not fit, and does in another order. */
function contraryDate({ unread, choice, firstYear }: DateTrial): string | undefined {
  const orders = (["dmy", "mdy"] as const).filter((order) => order !== choice.order);
  const found = datedTexts(unread).find(
    ({ form }) => form.kind === "open" && orders.some((order) => dayOf(form, { order, firstYear }) !== undefined),
  );
  return found?.text;
}

interface Noticed {
  readonly trial: DateTrial;
  readonly likely: readonly CellText[];
  readonly twoDigits: boolean;
}

const ORDER_NAMES: Readonly<Partial<Record<DateOrder, string>>> = {
  dmy: "day before month",
  mdy: "month before day",
  ymd: "year first",
};

function noticesOf({ trial, likely, twoDigits }: Noticed, { column: { name } }: ColumnEvidence): readonly Notice[] {
  const { choice, read, firstYear } = trial;
  const notices: Notice[] = [];
  const example = read.find(({ form }) => form.kind === "open");
  if (choice.other !== undefined && example !== undefined && contraryDate(trial) === undefined) {
    const message = `column ${name}: no date shows in which order ${example.text} is written; it is read with the ${ORDER_NAMES[choice.order]} (${dayText(example.value)}); for the other order, ${columnOption(name, `date:${choice.other}`)}`;
    notices.push({ code: "data/ambiguous-date", message });
  } else if (choice.reason === "rows" && example !== undefined) {
    const other = choice.order === "dmy" ? "mdy" : "dmy";
    const message = `column ${name}: ${example.text} is read with ${ORDER_NAMES[choice.order]}, since the dates are then in order from row to row; for the other order, ${columnOption(name, `date:${other}`)}`;
    notices.push({ code: "data/date-order", message });
  }
  const contrary = read.length === 0 ? undefined : contraryDate(trial);
  if (contrary !== undefined) {
    const message = `column ${name}: "${contrary}" is a date only in another order, and most others are read with the ${ORDER_NAMES[choice.order]}; correct the cells, or ${columnOption(name, "category")}`;
    notices.push({ code: "data/mixed-date-orders", message });
  }
  if (twoDigits) {
    const message = `column ${name}: years of two digits are read as ${firstYear} to ${firstYear + 99}; if others are meant, write four digits, or leave the column out with ${columnOption(name, "ignore")}`;
    notices.push({ code: "data/two-digit-years", message });
  }
  if (likely.length > 0) notices.push(likelyMissing(name, likely, "dates"));
  return notices;
}

/** A column tried as one of times of day. */
export interface TimeTrial {
  readonly good: number;
  readonly read: readonly (CellText & { readonly value: number })[];
  readonly unread: readonly CellText[];
}

/** Reads all texts of a column as times of day, as far as they are some. */
export function tryTimes({ others }: ColumnEvidence): TimeTrial {
  if (!isPlausible(others, (text) => timeOfDay(text) !== undefined)) return { good: 0, read: [], unread: others };
  const read = others.flatMap((cell) => {
    const value = timeOfDay(cell.text);
    return value === undefined || Number.isNaN(value) ? [] : [{ ...cell, value }];
  });
  const found = new Set(read.map(({ index }) => index));
  return { good: cellsIn(read), read, unread: others.filter(({ index }) => !found.has(index)) };
}

/** The decision for a column of times of day. */
export function draftTimes({ good, read, unread }: TimeTrial, evidence: ColumnEvidence): DraftDecision {
  const { column, clear, doubtful, known, facts } = evidence;
  const { likely, unfit } = sortUnread(unread, evidence, good);
  const words = [...clear, ...doubtful, ...likely];
  const values = read.map(({ value }) => value);
  const [minimum, maximum] = [Math.min(...values), Math.max(...values)];
  const plain = facts.count === 0 ? [] : plainTexts(column.numbers);
  return {
    reading: compact({ as: "time" as const, missing: keptWords(words, evidence) }),
    how: "times of day",
    why: `${grouped(good)} of ${count(known, "cell")} that ${known === 1 ? "is" : "are"} not missing are times of day`,
    words,
    unfit: [...unfit, ...plain],
    notices: likely.length > 0 ? [likelyMissing(column.name, likely, "times")] : [],
    distinct: new Set(values).size,
    distinctIsExact: true,
    ...(isConstant({ distinct: new Set(values).size }, evidence, good) ? { leftOut: "constant" as const } : {}),
    ...(values.length === 0
      ? {}
      : { range: { minimum, maximum, text: listing([clockText(minimum), clockText(maximum)], "to") } }),
  };
}

function plainTexts(numbers: Float64Array): readonly CellText[] {
  const counts = new Map<number, number>();
  for (const value of numbers) if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, cells]) => ({ text: String(value), count: cells, index: -1 }));
}
