/** What a number may be, and the check that code and data share. */
import { NablaError } from "./error.ts";
import { listing } from "./text.ts";

/** The numbers that a value may be; any finite number where no bound is given. */
export interface Range {
  /** Numbers are larger than this; no bound by default. */
  readonly above?: number;
  /** Numbers are this or larger; no bound by default. */
  readonly atLeast?: number;
  /** Numbers are smaller than this; no bound by default. */
  readonly below?: number;
  /** Numbers are this or smaller; no bound by default. */
  readonly atMost?: number;
  /** Numbers are whole; any by default. */
  readonly whole?: boolean;
}

/**
 * The number, if it lies in the range. Throws `options/range` that names the value's place, the range and the value;
 * `keys` lead to the value in the data that it was read from.
 */
export function inRange(name: string, value: number, range: Range, keys?: readonly (string | number)[]): number {
  const { above = -Infinity, atLeast = -Infinity, below = Infinity, atMost = Infinity, whole = false } = range;
  const fits =
    value > above && value >= atLeast && value < below && value <= atMost && (!whole || Number.isInteger(value));
  if (fits && Number.isFinite(value)) return value;
  const wanted = `a ${whole ? "whole" : "finite"} number${rangeText(range)}`;
  const received = typeof value === "string" ? JSON.stringify(value) : String(value); // "3" is no number
  throw new NablaError("options/range", `${name} must be ${wanted}, received ${received}`, undefined, [], keys);
}

/** ` above 0 and not above 1`; empty for any number. */
export function rangeText({ above, atLeast, below, atMost }: Range): string {
  const bounds = [
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(atLeast === undefined ? [] : [`not below ${atLeast}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
    ...(atMost === undefined ? [] : [`not above ${atMost}`]),
  ];
  return bounds.length === 0 ? "" : ` ${listing(bounds)}`;
}
