/** Dates and times of day as nodes: the same arithmetic, in float64, that preparing does. */
import { filled, ndarray } from "../../array/ndarray.ts";
import type { DatePreparation } from "../../data/preparation.ts";
import { CAST_TYPES, type GraphWriter, whole } from "./graph-writer.ts";

/** What one column's values become besides their scaled value: float32 [batch, width]. */
export interface CalendarPart {
  readonly name: string;
  readonly width: number;
}

/** Nodes on float64 [batch, 1]. */
interface Arithmetic {
  /** A float64 for everything. */
  readonly number: (value: number) => string;
  readonly plus: (left: string, right: string) => string;
  readonly minus: (left: string, right: string) => string;
  readonly with: (operator: "Add" | "Sub" | "Mul" | "Div", left: string, right: number) => string;
  readonly floor: (value: string) => string;
  /** floor(value / divisor) */
  readonly quotient: (value: string, divisor: number) => string;
  /** value - divisor * floor(value / divisor) */
  readonly remainder: (value: string, divisor: number) => string;
  /** 1 where the value is among these, else 0: float32 [batch, values]. */
  readonly oneHot: (value: string, values: readonly number[]) => string;
  readonly narrow: (value: string) => string;
}

function arithmetic(writer: GraphWriter): Arithmetic {
  const number = (value: number): string => writer.array(filled([], value, "float64"), "number");
  const minus = (left: string, right: string): string => writer.node("Sub", [left, right]);
  const withNumber: Arithmetic["with"] = (operator, left, right) => writer.node(operator, [left, number(right)]);
  const floor = (value: string): string => writer.node("Floor", [value]);
  const quotient = (value: string, divisor: number): string => floor(withNumber("Div", value, divisor));
  const narrow = (value: string): string => writer.node("Cast", [value], { to: whole(CAST_TYPES.float32) });
  return {
    ...{ number, minus, floor, quotient, narrow, with: withNumber },
    plus: (left, right) => writer.node("Add", [left, right]),
    remainder: (value, divisor) => minus(value, withNumber("Mul", quotient(value, divisor), divisor)),
    oneHot: (value, values) => {
      const among = writer.array(ndarray(Float64Array.from(values), [1, values.length]), "values");
      return narrow(writer.node("Equal", [value, among]));
    },
  };
}

/** The parts of the calendar of float64 [batch, 1] days since 1970, in the order of the features; 0 for a missing one. */
export function calendarPart(writer: GraphWriter, days: string, column: DatePreparation): CalendarPart | undefined {
  const { weekdays, months, monthDays, times } = column;
  const of = arithmetic(writer);
  const missing = notFinite(writer, days);
  const given = writer.node("Where", [missing, of.number(0), days]);
  const day = of.floor(given);
  const civil = months.length > 0 || monthDays ? civilNodes(of, day) : undefined;
  const parts = [
    ...(weekdays.length === 0 ? [] : [of.oneHot(of.remainder(of.with("Add", day, 3), 7), weekdays)]),
    ...(months.length === 0 || civil === undefined ? [] : [of.oneHot(civil.month, months)]),
    ...(!monthDays || civil === undefined ? [] : [monthPlace(writer, of, civil)]),
    ...(times ? clockNodes(writer, of.minus(given, day)) : []),
  ];
  const width = weekdays.length + months.length + Number(monthDays) + 2 * Number(times);
  return parts.length === 0 ? undefined : { name: joined(writer, parts, missing), width };
}

/** The hand of the clock for numeric [batch, 1] fractions of a day. */
export function clockPart(writer: GraphWriter, times: string): CalendarPart {
  const of = arithmetic(writer);
  const wide = writer.node("Cast", [times], { to: whole(CAST_TYPES.float64) });
  const missing = notFinite(writer, wide);
  const given = writer.node("Where", [missing, of.number(0), wide]);
  return { name: joined(writer, clockNodes(writer, of.minus(given, of.floor(given))), missing), width: 2 };
}

/** NaN and the infinite ones: what does not give 0 when taken from itself. */
function notFinite(writer: GraphWriter, value: string): string {
  return writer.node("IsNaN", [writer.node("Sub", [value, value])]);
}

function joined(writer: GraphWriter, parts: readonly string[], missing: string): string {
  const [only = ""] = parts;
  const all = parts.length === 1 ? only : writer.node("Concat", parts, { axis: whole(1) });
  return writer.node("Where", [missing, writer.array(filled([], 0), "zero"), all]);
}

/** float32 sine and cosine of an angle of float64 turns. */
function clockNodes(writer: GraphWriter, fraction: string): readonly string[] {
  const of = arithmetic(writer);
  const angle = of.narrow(of.with("Mul", fraction, 2 * Math.PI));
  return [writer.node("Sin", [angle]), writer.node("Cos", [angle])];
}

interface CivilNodes {
  readonly ofYear: string;
  /** Months since March. */
  readonly fromMarch: string;
  readonly month: string;
  /** The year of the era of 400, counted from March. */
  readonly yearOfEra: string;
}

/** `civilDayOf` as nodes. */
function civilNodes(of: Arithmetic, day: string): CivilNodes {
  const ofEra = of.remainder(of.with("Add", day, 719_468), 146_097);
  const leapless = of.minus(
    of.plus(of.minus(ofEra, of.quotient(ofEra, 1460)), of.quotient(ofEra, 36_524)),
    of.quotient(ofEra, 146_096),
  );
  const yearOfEra = of.quotient(leapless, 365);
  const before = of.minus(
    of.plus(of.with("Mul", yearOfEra, 365), of.quotient(yearOfEra, 4)),
    of.quotient(yearOfEra, 100),
  );
  const ofYear = of.minus(ofEra, before);
  const fromMarch = of.quotient(of.with("Add", of.with("Mul", ofYear, 5), 2), 153);
  // 0 is March and 11 is February
  const month = of.with("Add", of.remainder(of.with("Add", fromMarch, 2), 12), 1);
  return { ofYear, fromMarch, month, yearOfEra };
}

/** 2 * (day - 1) / (days of the month - 1) - 1, float32. */
function monthPlace(writer: GraphWriter, of: Arithmetic, { ofYear, fromMarch, yearOfEra }: CivilNodes): string {
  const start = (months: string): string => of.quotient(of.with("Add", of.with("Mul", months, 153), 2), 5);
  const first = start(fromMarch);
  const length = of.minus(start(of.with("Add", fromMarch, 1)), first);
  // by that rule February has 30 days
  const leaps = (years: string): string =>
    of.plus(of.minus(of.quotient(years, 4), of.quotient(years, 100)), of.quotient(years, 400));
  const leap = of.minus(leaps(of.with("Add", yearOfEra, 1)), leaps(yearOfEra));
  const february = writer.node("Equal", [fromMarch, of.number(11)]);
  const days = writer.node("Where", [february, of.with("Add", leap, 28), length]);
  const place = writer.node("Div", [of.minus(ofYear, first), of.with("Sub", days, 1)]);
  return of.narrow(of.with("Sub", of.with("Mul", place, 2), 1));
}
