/** Numbers as people write them: (1.234,50 €), 12k, 5 m², 1'234, −3 %. */

import type { NumberReading } from "../data/column-reading.ts";
import { inOneUnit } from "../data/unit-rule.ts";
import { plainCharacters } from "./characters.ts";
import { isCurrency, multiplierOf, unitFactor, unitOf } from "./units.ts";
import { SPELLINGS, type WrittenColumn } from "./written-column.ts";

/** The pieces of a number as it is written, before its marks are read. */
export interface NumberForm {
  readonly negative: boolean;
  /** Digits and marks: "1.234,5"; blanks and apostrophes are grouping marks. */
  readonly body: string;
  /** The power of ten after "e". */
  readonly exponent: number;
  /** The currency or unit, "" for none. */
  readonly unit: string;
  /** The word right after the digits, a unit or a multiplier, "" for none. */
  readonly suffix: string;
  /** Blanks stand between the digits and the suffix. */
  readonly apart: boolean;
}

/** Which marks divide a number. */
export interface NumberMarks {
  readonly decimal: "." | ",";
  /** The other of "." and "," divides groups of digits. */
  readonly grouped: boolean;
}

/** How a number is read: its marks, the unit of the column, and whether words multiply. */
export interface NumberDress extends NumberMarks {
  /** What stands before or behind the digits; absent where nothing does. */
  readonly unit?: string;
  /** Whether the unit scales the number, as k for a thousand. */
  readonly scaled?: boolean;
}

const LONGEST = 40;
const OUTER =
  /^(\()?([+-]?) ?([^\d\s.,'()+-][^\d\s,'()+-]{0,3})? ?([+-]?) ?(\d[\d.,' ]*|[.,]\d+)(?:[eE]([+-]?\d{1,3}))?( ?)([^\d\s)][^)]{0,11})?(\))?$/u;
const SUFFIX = /^[\p{L}\p{Sc}%‰°"'][\p{L}\p{M}\p{Sc}²³°%/^.·*״॰]*(?: \p{L}{1,8})?[23]?$/u;

/** 1st and 2nd name places, and count nothing. */
const ORDINAL = /^(?:st|nd|rd|th)$/i;

/** The pieces of a text that is written as a number, undefined for one that is not; hexadecimal digits are none. */
export function numberForm(text: string): NumberForm | undefined {
  if (text.length > LONGEST) return undefined;
  const found = OUTER.exec(plainCharacters(text));
  if (found === null) return undefined;
  const [, open, sign = "", prefix = "", inner = "", digits = "", exponent, gap, rest = "", close] = found;
  if ((open === undefined) !== (close === undefined) || (sign !== "" && inner !== "")) return undefined;
  if (prefix !== "" && prefix !== "%" && !isCurrency(prefix)) return undefined;
  const trimmed = digits.trimEnd();
  // the Swiss and the Dutch write a dash for no cents: 12.-, 12,-, 12,-- €
  const noCents = /[.,]$/.test(trimmed) && trimmed.length > 1 ? /^--?(?!-)/.exec(rest.trim()) : null;
  const body = noCents === null && !trimmed.endsWith(".") ? trimmed : withoutMark(trimmed);
  const { suffix: whole, minus } = endOf(noCents === null ? rest.trim() : rest.trim().slice(noCents[0].length).trim());
  const { suffix, currency } = multipliedCurrency(whole);
  if (suffix !== "" && (!isSuffix(suffix, prefix) || (body === "0" && /^x[0-9a-f]+$/i.test(suffix)))) return undefined;
  if (ORDINAL.test(suffix)) return undefined;
  const negatives = [open, sign === "-", inner === "-", minus].filter((one) => one === "(" || one === true).length;
  if (negatives > 1) return undefined;
  return {
    negative: negatives === 1,
    body,
    exponent: Number(exponent ?? 0),
    unit: unitBeside(prefix, suffix, currency),
    suffix,
    apart: gap !== "" || digits.endsWith(" "),
  };
}

/** A currency after a multiplier: 1,5 Mio. €, 12k€, 3 mn USD. */
function multipliedCurrency(suffix: string): { readonly suffix: string; readonly currency: string } {
  const [, multiplier = "", currency = ""] = /^(\p{L}+\.?) ?(\p{Sc}|[A-Z]{3})$/u.exec(suffix) ?? [];
  const found = multiplierOf(multiplier) !== undefined && isCurrency(currency);
  return found ? { suffix: multiplier, currency } : { suffix, currency: "" };
}

function isSuffix(suffix: string, prefix: string): boolean {
  return SUFFIX.test(suffix) || (prefix !== "" && /^\/ ?\p{L}+$/u.test(suffix));
}

/** The unit of a number, before it or after it; "$5/hr" is in $/hr, "$5 USD" in USD. */
function unitBeside(prefix: string, suffix: string, currency: string): string {
  if (currency !== "") return unitOf(currency);
  if (prefix === "") return unitOf(suffix);
  if (suffix === "" || multiplierOf(suffix) !== undefined) return unitOf(prefix);
  return isCurrency(suffix) ? unitOf(suffix) : `${prefix}${suffix.startsWith("/") ? "" : " "}${suffix}`;
}

function withoutMark(digits: string): string {
  return digits.length > 1 ? digits.slice(0, -1) : digits;
}

/** What follows the digits: a unit, and a minus after the number. */
function endOf(rest: string): { readonly suffix: string; readonly minus: boolean } {
  if (rest === "-") return { suffix: "", minus: true };
  if (rest === "+") return { suffix: "?", minus: false };
  return rest.endsWith("-") && rest.length > 1
    ? { suffix: rest.slice(0, -1).trimEnd(), minus: true }
    : { suffix: rest, minus: false };
}

const GROUPS = /^[1-9]\d{0,2}(?:([ '.,])\d{3})(?:\1\d{3})*$/;
const INDIAN = /^[1-9]\d?(?:,\d{2})*,\d{3}$/;

/** Whether digits with a mark between them are groups of three, or Indian groups of two and a last one of three. */
function areGroups(digits: string): boolean {
  return GROUPS.test(digits) || INDIAN.test(digits);
}

/** Whether a body can be read with these marks. */
export function readableWith(body: string, marks: NumberMarks): boolean {
  return bodyValue(body, marks) !== undefined;
}

/** The value of digits with marks; undefined where the marks do not divide them so. */
function bodyValue(body: string, { decimal, grouped }: NumberMarks): number | undefined {
  const group = decimal === "." ? "," : ".";
  const at = body.indexOf(decimal);
  const fraction = at < 0 ? "" : body.slice(at + 1);
  if (!/^\d*$/.test(fraction)) return undefined;
  const front = at < 0 ? body : body.slice(0, at);
  if (/^\d*$/.test(front))
    return front === "" && fraction === "" ? undefined : Number(`${front || "0"}.${fraction || "0"}`);
  if (front.includes(group) && !grouped) return undefined;
  if (!areGroups(front)) return undefined;
  return Number(`${front.replace(/[ '.,]/g, "")}.${fraction || "0"}`);
}

/** The value of a body whose only mark is the other one and can only be decimal: "2,5" in a column of points. */
function foreignDecimal(body: string, { decimal, grouped }: NumberMarks): number | undefined {
  if (grouped || areGroups(body)) return undefined;
  return bodyValue(body, { decimal: decimal === "." ? "," : ".", grouped: false });
}

/** The value of a number as it is written; undefined where it does not fit the column, as with another unit. */
export function numberIn(form: NumberForm, dress: NumberDress): number | undefined {
  const size = bodyValue(form.body, dress) ?? foreignDecimal(form.body, dress);
  if (size === undefined) return undefined;
  const factor = factorOf(form, dress);
  if (factor === undefined) return undefined;
  // shifted as text, so that 1.1k is 1100
  const value = form.exponent === 0 ? scaled(size, factor) : Number(`${size}e${form.exponent}`) * factor;
  return Number.isFinite(value) ? (form.negative ? 0 - value : value) : undefined;
}

function scaled(size: number, factor: number): number {
  if (factor === 1) return size;
  const power = Math.round(Math.log10(factor));
  const text = String(size);
  return Number(`1e${power}`) === factor && !text.includes("e") ? Number(`${text}e${power}`) : size * factor;
}

function factorOf(
  { unit, suffix }: NumberForm,
  { unit: wanted = "", scaled = false }: Pick<NumberDress, "unit" | "scaled">,
): number | undefined {
  const multiplier = scaled ? multiplierOf(suffix) : undefined;
  if (multiplier !== undefined)
    return unit === "" || unit === suffix || unit === unitOf(suffix) || unit === wanted ? multiplier : undefined;
  if (suffix === "" && unit === "") return 1;
  return wanted === "" ? undefined : unitFactor(unit, wanted);
}

/** Whether a number has the unit of a column, one that can be converted to it, or none. */
export function hasUnitOf(form: NumberForm, dress: Pick<NumberDress, "unit" | "scaled">): boolean {
  return factorOf(form, dress) !== undefined;
}

const GROUPED_PLAIN = /^-?[1-9]\d{0,2}\.\d{3}$/;

/**
 * Whether the point of a plain number may divide thousands: 81.382. Where not all spellings are known, a number printed
 * with fewer digits may have ended in zeros.
 */
export function isGroupedPlain(spelled: string, exact: boolean): boolean {
  if (GROUPED_PLAIN.test(spelled)) return true;
  return !exact && /^-?[1-9]\d{0,2}\.\d{1,2}$/.test(spelled);
}

/** Whether all spellings of numbers are kept: of the first rows at most. */
export function areSpellingsKnown({ rows, spellings }: Pick<WrittenColumn, "rows" | "spellings">): boolean {
  return rows <= SPELLINGS && spellings.size < SPELLINGS;
}

/**
 * What a plain number of a column means, where that is not itself: with decimal commas and points between groups, 81.382
 * is 81382; undefined for one that is no group of three; in a column of two units those of the other one are converted.
 * Undefined where plain numbers mean themselves.
 */
export function plainValue(
  { mixed, ...reading }: NumberReading,
  column: Pick<WrittenColumn, "declared" | "rows" | "spellings">,
): ((plain: number) => number | undefined) | undefined {
  const meaning = ungrouped(reading, column);
  if (mixed === undefined) return meaning;
  return (plain) => {
    const value = meaning === undefined ? (Number.isFinite(plain) ? plain : undefined) : meaning(plain);
    return value === undefined ? undefined : inOneUnit(value, mixed);
  };
}

function ungrouped(
  { decimal, grouping }: Omit<NumberReading, "mixed">,
  column: Pick<WrittenColumn, "declared" | "rows" | "spellings">,
): ((plain: number) => number | undefined) | undefined {
  if (decimal !== "," || grouping !== "." || column.declared === "number") return undefined;
  const exact = areSpellingsKnown(column);
  return (plain) => {
    const spelled = column.spellings.get(plain) ?? String(plain);
    if (!spelled.includes(".")) return plain;
    return isGroupedPlain(spelled, exact) ? Math.round(plain * 1000) : undefined;
  };
}
