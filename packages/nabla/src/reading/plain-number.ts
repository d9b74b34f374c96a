/** The plain numbers of a file, straight from its bytes. */

import { longDecimal } from "./long-decimal.ts";
import { EXACT_DIGITS, POWERS_OF_TEN } from "./powers-of-ten.ts";

const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;

/**
 * The number that a range of bytes spells, or NaN where it is not a plain one: digits with at most one point and a sign "-", an
 * exponent only after a point, no leading zeros, whole numbers below 2^53, and not 2.000, which may be two thousand. "-0" is 0.
 */
export function plainNumber(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === MINUS;
  const first = negative ? start + 1 : start;
  let i = first;
  let mantissa = 0;
  while (i < end && isDigit(bytes[i])) mantissa = mantissa * 10 + ((bytes[i++] as number) - ZERO);
  const whole = i - first;
  if (whole > 1 && bytes[first] === ZERO) return Number.NaN;
  if (i === end) {
    if (whole === 0 || mantissa > Number.MAX_SAFE_INTEGER) return Number.NaN;
    return negative ? 0 - mantissa : mantissa;
  }
  if (bytes[i] !== POINT) return Number.NaN;
  const point = i++;
  while (i < end && isDigit(bytes[i])) mantissa = mantissa * 10 + ((bytes[i++] as number) - ZERO);
  const scale = i - point - 1;
  if (whole === 0 || scale === 0) return Number.NaN;
  // 2.000 may be two thousand, which its value would no longer show
  if (i === end && scale === 3 && whole <= 3 && mantissa >= 1000 && mantissa % 1000 === 0) return Number.NaN;
  let value: number;
  if (i === end && whole + scale <= EXACT_DIGITS) value = mantissa / (POWERS_OF_TEN[scale] as number);
  else {
    if (i !== end && !isExponent(bytes, i, end)) return Number.NaN;
    const exponent = i === end ? 0 : Number(asciiText(bytes, i + 1, end));
    value = longDecimal(bytes, first, i, scale - exponent);
    if (Number.isNaN(value)) value = Number(asciiText(bytes, first, end));
    if (value === Number.POSITIVE_INFINITY) return Number.NaN;
  }
  return negative ? 0 - value : value;
}

function isExponent(bytes: Uint8Array, start: number, end: number): boolean {
  if (((bytes[start] as number) | 32) !== 101) return false;
  let i = start + 1;
  if (i < end && (bytes[i] === 43 || bytes[i] === MINUS)) i++;
  if (i === end) return false;
  while (i < end) if (!isDigit(bytes[i++])) return false;
  return true;
}

function isDigit(byte: number | undefined): boolean {
  return (byte as number) >= ZERO && (byte as number) <= NINE;
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}
