/**
 * Decimals of 16 to 19 digits, as programs print float64 in full, without the host's parser and the text it needs. The digits
 * and the power of ten are exact in pairs of float64; their quotient is computed with its remainder (T. J. Dekker, "A
 * floating-point technique for extending the available precision", 1971) and given up where it lies too near the middle
 * between two numbers to be sure.
 */
import { EXACT_DIGITS, POWERS_OF_TEN } from "./powers-of-ten.ts";

const LONGEST = 19;
const ZERO = 48;
const NINE = 57;
const SPLITTER = 2 ** 27 + 1;
const LOW_BITS = 2 ** 25;
/** More than the error of the quotient's second part, and far less than what decides between two numbers nearly always. */
const DOUBT = 1 + 2 ** -40;

/**
 * The number nearest to the digits of `bytes` from `start` to `end`, a point among them left aside, times 10^-scale; NaN where
 * that is for the host's parser to say.
 */
export function longDecimal(bytes: Uint8Array, start: number, end: number, scale: number): number {
  if (scale < 0 || scale >= POWERS_OF_TEN.length) return Number.NaN;
  let high = 0;
  let low = 0;
  let digits = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte < ZERO || byte > NINE) continue;
    if (digits === 0 && byte === ZERO) continue;
    if (++digits <= EXACT_DIGITS) high = high * 10 + (byte - ZERO);
    else low = low * 10 + (byte - ZERO);
  }
  if (digits > LONGEST) return Number.NaN;
  if (digits <= EXACT_DIGITS) return high / (POWERS_OF_TEN[scale] as number);
  // mantissa = sum + rest, exactly
  const shift = POWERS_OF_TEN[digits - EXACT_DIGITS] as number;
  const upper = Math.floor(high / LOW_BITS) * LOW_BITS;
  const first = upper * shift;
  const second = (high - upper) * shift + low;
  const sum = first + second;
  const rest = second - (sum - first);
  // sum / divisor = quotient + remainder / divisor, exactly
  const divisor = POWERS_OF_TEN[scale] as number;
  const quotient = sum / divisor;
  const product = quotient * divisor;
  const quotientHigh = SPLITTER * quotient - (SPLITTER * quotient - quotient);
  const quotientLow = quotient - quotientHigh;
  const divisorHigh = SPLITTER * divisor - (SPLITTER * divisor - divisor);
  const divisorLow = divisor - divisorHigh;
  const error =
    quotientHigh * divisorHigh -
    product +
    quotientHigh * divisorLow +
    quotientLow * divisorHigh +
    quotientLow * divisorLow;
  const correction = (sum - product - error + rest) / divisor;
  const value = quotient + correction;
  const left = correction - (value - quotient);
  return value + left * DOUBT === value ? value : Number.NaN;
}
