/** How part of a column's numbers is told to be in another unit, and converted: "above:100:divide:25.4". Plain data. */
import { compact } from "../base/compact.ts";
import { NablaError } from "../base/error.ts";
import { number, optional, type Reader, record } from "../base/reader.ts";

/** Numbers whose size (without its sign) is above or below a limit are converted: (x - subtract) / divide. */
export type UnitRule = {
  readonly above?: number;
  readonly below?: number;
  readonly subtract?: number;
  readonly divide: number;
};

const readFields: Reader<UnitRule> = record<UnitRule>({
  above: optional(number),
  below: optional(number),
  subtract: optional(number),
  divide: number,
});

/** Reads a rule from plain data. Throws `record/field`, and `options/unit` for one without a limit or a divisor. */
export const readUnitRule: Reader<UnitRule> = (value, place) => checked(readFields(value, place));

const WORDS = ["above", "below", "subtract", "divide"] as const;

/** A rule as it is typed: `above:100:divide:25.4`, `above:45:subtract:32:divide:1.8`. Throws `options/unit`. */
export function unitRuleOf(text: string): UnitRule {
  const parts = text.split(":");
  const given: { [word in (typeof WORDS)[number]]?: number } = {};
  for (let i = 0; i < parts.length; i += 2) {
    const word = WORDS.find((one) => one === parts[i]?.trim());
    const value = parts[i + 1]?.trim() ?? "";
    if (word === undefined || value === "" || !Number.isFinite(Number(value)) || given[word] !== undefined)
      throw wrong(text);
    given[word] = Number(value);
  }
  const { divide, ...rest } = given;
  if (divide === undefined) throw wrong(text);
  return checked(compact({ ...rest, divide }));
}

/** The same rule as it is typed. */
export function unitRuleText(rule: UnitRule): string {
  return WORDS.flatMap((word) => (rule[word] === undefined ? [] : [`${word}:${rule[word]}`])).join(":");
}

function checked(rule: UnitRule): UnitRule {
  const limits = Number(rule.above !== undefined) + Number(rule.below !== undefined);
  if (limits !== 1 || rule.divide === 0) throw wrong(unitRuleText(rule));
  return rule;
}

function wrong(text: string): NablaError {
  return new NablaError(
    "options/unit",
    `"${text}" does not say which numbers are converted, and how`,
    "such as above:100:divide:25.4, below:2:divide:0.01 or above:45:subtract:32:divide:1.8",
  );
}

/** Digits of a converted number: the last ones of a float64 are those of the division. */
const DIGITS = 12;

/** What a number is in the unit of its column. */
export function inOneUnit(value: number, rule: UnitRule): number {
  const size = Math.abs(value);
  const other = rule.above === undefined ? size < (rule.below ?? 0) : size > rule.above;
  return other ? convertedBy(rule, value) : value;
}

/** A number in the other unit, converted. */
export function convertedBy({ subtract = 0, divide }: Pick<UnitRule, "subtract" | "divide">, value: number): number {
  return Number(((value - subtract) / divide).toPrecision(DIGITS));
}
