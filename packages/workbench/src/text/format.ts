/** Numbers as people read them: short, aligned, never more digits than they mean. */
import { grouped } from "nabla";

/** From this fraction on a percentage says only how far beyond all bounds it is. */
const MOST_PERCENT = 10;

/**
 * A fraction as percent: `2.8%`; small ones keep a digit that differs from 0. `>1000%` for an error beyond that, as
 * 1 - R² may be; `n/a` where nothing could be measured.
 */
export function percent(fraction: number): string {
  if (!Number.isFinite(fraction)) return "n/a";
  if (Math.abs(fraction) > MOST_PERCENT) return fraction > 0 ? ">1000%" : "<-1000%";
  const value = fraction * 100;
  const size = Math.abs(value);
  if (size > 1e-4 && size < 0.095) return `${Number(value.toPrecision(2))}%`;
  const digits = value !== 0 && size < 0.95 ? 2 : 1;
  return `${value === 0 ? "0" : value.toFixed(digits)}%`;
}

/** A fraction as a percentage next to an axis: `2.5%`, `10%`, without trailing zeros; from 1000% on the plain ratio, `6e17`. */
export function percentTick(fraction: number): string {
  const size = Math.abs(fraction);
  if (size >= 1e5) return fraction.toExponential(0).replace("e+", "e");
  if (size > MOST_PERCENT) return String(Number(fraction.toPrecision(3)));
  return `${Number((fraction * 100).toPrecision(3))}%`;
}

/** An interval: `1.2% to 3.4%`. */
export function rangeText(
  { from, to }: { readonly from: number; readonly to: number },
  text: (value: number) => string = percent,
): string {
  return `${text(from)} to ${text(to)}`;
}

/** A number with four significant digits: `0.3149`, `1.2e-5`, `462.3`. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7))
    return value
      .toExponential(2)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  return grouped(Number(value.toPrecision(4)), 6);
}

/**
 * An end of a range: four digits of a fraction, every digit of a whole part up to a billion, and thousands apart from five
 * digits on, so that years stay years: `0.0884`, `1998`, `87,546`, `1.504e12`.
 */
export function bound(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9 || (size !== 0 && size < 1e-3))
    return value
      .toExponential(3)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  const rounded = Number(value.toPrecision(Math.max(4, Math.floor(Math.log10(size || 1)) + 1)));
  return Math.abs(rounded) < 1e4 ? String(rounded) : grouped(rounded);
}

/** The ends of a range in their unit: `-2.5 to 30`, `0 to 70%`, `-$12 to $3000`, `3 to 96 kg`. */
export function boundsText({
  minimum,
  maximum,
  unit,
}: {
  readonly minimum: number;
  readonly maximum: number;
  readonly unit?: string | undefined;
}): string {
  if (unit !== undefined && /^\p{Sc}$/u.test(unit)) {
    const money = (value: number): string => `${value < 0 ? "-" : ""}${unit}${bound(Math.abs(value))}`;
    return `${money(minimum)} to ${money(maximum)}`;
  }
  const after = unit === undefined ? "" : unit === "%" ? unit : ` ${unit}`;
  return `${bound(minimum)} to ${bound(maximum)}${after}`;
}

/** A large count, short: `940`, `12k`, `3.4M`. */
export function compact(value: number): string {
  if (value < 1000) return String(Math.round(value));
  const [scaled, unit] = value < 999_500 ? [value / 1e3, "k"] : [value / 1e6, "M"];
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${unit}`;
}

/** A stored time in the reader's own zone, to the minute: `2026-11-22 08:15`. */
export function moment(iso: string): string {
  const date = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
