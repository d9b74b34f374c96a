/** Codes that look like numbers: 01067, 1E3, 41_10_1, 2A among 01, and whole numbers that no float64 holds. */
import { type CellText, cellsIn } from "./cell-text.ts";
import { isNamedCode, isNamedIdentifier, isSurelyCode } from "./name-hints.ts";
import type { NumberFacts } from "./number-facts.ts";
import { numberForm } from "./numbers.ts";
import { multiplierOf, unitFactor, unitOf } from "./units.ts";

/** Why a column holds codes, as it is said. */
export type CodeSign =
  | "leading zeros"
  | "whole numbers of more than 15 digits"
  | "exponents without a point among whole numbers"
  | "underscores"
  | "letters among whole numbers";

const LEADING_ZERO = /^0\d+$/;
const FRACTION = /[.,]\d/;
const LONG = /^-?\d{16,}$/;
const BARE_EXPONENT = /^\d+[eE]\d+$/;
const UNDERSCORES = /^\d+(_\d+)+$/;
const LETTERED = /^(?:\d{1,13}[A-Za-z]{1,2}|[A-Za-z]{1,3}\d{1,13})$/;

/** The texts of a column and the facts about its plain numbers. */
interface Written {
  readonly name: string;
  readonly texts: readonly CellText[];
  readonly facts: NumberFacts;
  readonly spellings: ReadonlyMap<number, string>;
}

/** Whether whole values are written with a point: 2.5e3, 7.0. */
function areSpelledOut({ spellings }: Written): boolean {
  return [...spellings.values()].some((text) => text.includes("."));
}

/** Why the cells of a column are codes; undefined where they are not. Words for missing values are not among the texts. */
export function codeSign(column: Written): CodeSign | undefined {
  const { texts, facts } = column;
  const whole = facts.whole && !texts.some(({ text }) => FRACTION.test(text)) && !areSpelledOut(column);
  if (!whole) return undefined;
  const some = (pattern: RegExp): boolean => texts.some(({ text }) => pattern.test(text));
  const alike = (...patterns: readonly RegExp[]): boolean =>
    facts.count + cellsIn(texts.filter(({ text }) => patterns.some((pattern) => pattern.test(text)))) >=
    0.5 * (facts.count + cellsIn(texts));
  if (!alike(LEADING_ZERO, LONG, BARE_EXPONENT, UNDERSCORES, LETTERED)) return undefined;
  if (some(LEADING_ZERO)) return "leading zeros";
  if (some(LONG)) return "whole numbers of more than 15 digits";
  if (some(UNDERSCORES)) return "underscores";
  if (some(BARE_EXPONENT) && facts.count > 0) return "exponents without a point among whole numbers";
  return areLettered(column) ? "letters among whole numbers" : undefined;
}

/** Whether letters beside digits are part of names such as 2A and 2B rather than of units, multipliers or slips. */
function areLettered({ texts, facts }: Written): boolean {
  const lettered = texts.filter(({ text }) => LETTERED.test(text));
  if (cellsIn(lettered) < 2) return false;
  if (lettered.some(({ text }) => /^[A-Za-z]/.test(text)))
    return facts.count > 0 && cellsIn(lettered) > lettered.length;
  const suffixes = new Set(lettered.map(({ text }) => unitOf(numberForm(text)?.suffix ?? "")));
  const letters = [...suffixes].filter((suffix) => suffix.length === 1 && !isUnitOrMultiplier(suffix));
  if (suffixes.size > 1) return letters.length > 0;
  return letters.length > 0 && cellsIn(lettered) < 0.2 * facts.count;
}

function isUnitOrMultiplier(suffix: string): boolean {
  return (
    multiplierOf(suffix) !== undefined ||
    unitFactor(suffix, "kg") !== undefined ||
    unitFactor(suffix, "m") !== undefined
  );
}

/** How whole numbers repeat, for a column that is called as codes are. */
export interface WholeNumbers {
  readonly name: string;
  readonly facts: NumberFacts;
  readonly distinct: number;
  /** All have the same number of digits. */
  readonly fixedDigits: boolean;
}

const FEWEST_DIGITS = 3;

/** Whether plain whole numbers are codes because the column is called so: five digits each as zip, or often repeated as id. */
export function areNamedCodes({ name, facts, distinct, fixedDigits }: WholeNumbers): boolean {
  if (!facts.whole || facts.count === 0 || facts.minimum < 0) return false;
  const repeated = distinct <= 0.5 * facts.count;
  if (isSurelyCode(name)) return true;
  if (isNamedCode(name)) return repeated || (fixedDigits && facts.minimum >= 10 ** (FEWEST_DIGITS - 1));
  return isNamedIdentifier(name) && repeated;
}
