/** Rows as CSV (RFC 4180), numbers with as many digits as a float32 has. */

const DIGITS = 7;
/** 10^(DIGITS - 1) and 10^DIGITS, between which a number is that is scaled to so many digits before the point. */
const [LEAST, MOST] = [1e6, 1e7];
/** 10 to the whole powers that a float64 holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** The numbers that are scaled by a power that is exact, so that one rounding is all that is lost. */
const [FROM, TO] = [1e-15, MOST];
/** What is so near to the middle of two numbers is left to exact arithmetic. */
const NEAR_TIE = 1e-6;
/** Below 10^-6 JavaScript prints a power of ten. */
const SMALLEST_PLAIN = -6;

const [ZERO, POINT, MINUS, COMMA, NEWLINE, LETTER_E] = [48, 46, 45, 44, 10, 101];
/** A number takes no more: a sign, its digits, a point, "e-15" or six zeros. */
const LONGEST_NUMBER = 32;

/** Bytes that grow. Written one by one, numbers cost a tenth of what they cost as strings. */
class Lines {
  #bytes = Buffer.allocUnsafe(1 << 16);
  #end = 0;

  text(value: string): void {
    this.#reserve(3 * value.length);
    this.#end += this.#bytes.write(value, this.#end);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#end++] = value;
  }

  /** A number as `String(Number(value.toPrecision(7)))`. */
  number(value: number): void {
    const size = Math.abs(value);
    const rounded = size >= FROM && size < TO ? roundedDigits(size) : undefined;
    if (rounded === undefined) {
      this.text(String(Number(value.toPrecision(DIGITS))));
      return;
    }
    this.#reserve(LONGEST_NUMBER);
    if (value < 0) this.#bytes[this.#end++] = MINUS;
    this.#decimal(rounded);
  }

  toString(): string {
    return this.#bytes.toString("utf8", 0, this.#end);
  }

  #decimal({ digits, power }: Rounded): void {
    const isPlain = power >= SMALLEST_PLAIN;
    // digits before the point
    const whole = isPlain ? power + 1 : 1;
    if (whole <= 0) {
      this.#bytes[this.#end++] = ZERO;
      this.#bytes[this.#end++] = POINT;
      for (let i = whole; i < 0; i++) this.#bytes[this.#end++] = ZERO;
    }
    let left = digits;
    for (let i = 0, unit = LEAST; i < whole || left > 0; i++, unit /= 10) {
      if (i > 0 && i === whole) this.#bytes[this.#end++] = POINT;
      const digit = Math.floor(left / unit);
      left -= digit * unit;
      this.#bytes[this.#end++] = ZERO + digit;
    }
    if (isPlain) return;
    this.#bytes[this.#end++] = LETTER_E;
    this.text(String(power));
  }

  #reserve(count: number): void {
    if (this.#end + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#end + count));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}

/** A number as `digits` · 10^(power - 6), with seven digits. */
interface Rounded {
  readonly digits: number;
  readonly power: number;
}

/** A number within `FROM` and `TO` rounded to seven digits; undefined where that takes more than a float64 to tell. */
function roundedDigits(size: number): Rounded | undefined {
  let power = DIGITS - 1;
  let scaled = size;
  // 23 powers of ten are 8 + 8 + 4 + 2 + 1
  for (const step of [8, 8, 4, 2, 1])
    if (scaled < LEAST / (POWERS[step - 1] as number)) {
      power -= step;
      scaled = size * (POWERS[DIGITS - 1 - power] as number);
    }
  const below = Math.floor(scaled);
  const rest = scaled - below;
  if (Math.abs(rest - 0.5) < NEAR_TIE) return undefined;
  const digits = rest < 0.5 ? below : below + 1;
  return digits === MOST ? { digits: LEAST, power: power + 1 } : { digits, power };
}

/** A text as a cell: in quotes where it would be read otherwise. */
function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Lines of CSV, each with its end. */
export function csvLines(rows: readonly (readonly (string | number)[])[]): string {
  const lines = new Lines();
  const cells = new Map<string, string>();
  const cellOf = (text: string): string => {
    const known = cells.get(text);
    if (known !== undefined) return known;
    const cell = quoted(text);
    cells.set(text, cell);
    return cell;
  };
  for (const row of rows) {
    for (let i = 0; i < row.length; i++) {
      const value = row[i] as string | number;
      if (i > 0) lines.byte(COMMA);
      if (typeof value === "number") lines.number(value);
      else lines.text(cellOf(value));
    }
    lines.byte(NEWLINE);
  }
  return lines.toString();
}
