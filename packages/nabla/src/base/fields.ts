/** Readers of options, and the checks that code and data share. */
import type { Field } from "./described.ts";
import { NablaError } from "./error.ts";
import type { Json } from "./json.ts";
import { listing, nearest } from "./text.ts";

/** What an option's number must be. */
export interface Range {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
  readonly whole?: boolean;
}

/** The number, if it lies in the range. Throws `options/range` that names the option, the range and the value. */
export function inRange(name: string, value: number, range: Range): number {
  const { above = -Infinity, atLeast = -Infinity, below = Infinity, atMost = Infinity, whole = false } = range;
  const fits =
    value > above && value >= atLeast && value < below && value <= atMost && (!whole || Number.isInteger(value));
  if (fits && Number.isFinite(value)) return value;
  const bounds = [
    ...(range.above === undefined ? [] : [`above ${range.above}`]),
    ...(range.atLeast === undefined ? [] : [`not below ${range.atLeast}`]),
    ...(range.below === undefined ? [] : [`below ${range.below}`]),
    ...(range.atMost === undefined ? [] : [`not above ${range.atMost}`]),
  ];
  const wanted = [`a ${whole ? "whole" : "finite"} number`, ...(bounds.length === 0 ? [] : [listing(bounds)])].join(
    " ",
  );
  throw new NablaError("options/range", `${name} must be ${wanted}, received ${String(value)}`);
}

/** One of some words. Throws `options/range` with the nearest words. */
export function oneOf<const T extends string>(name: string, value: string, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new NablaError(
    "options/range",
    `${name} must be ${listing(words, "or")}, received "${value}"`,
    `did you mean ${nearest(value, words, 1).join()}?`,
  );
}

function typed<T>(name: string, is: (value: Json) => value is T & Json): Field<T, false> {
  return {
    required: false,
    read: (value, place) => {
      if (is(value)) return value;
      throw new NablaError("options/type", `${place}: expected ${name}, received ${JSON.stringify(value)}`);
    },
  };
}

const isNumber = (value: Json): value is number => typeof value === "number";
const isText = (value: Json): value is string => typeof value === "string";

/** An option that must be there. */
export function required<T>(field: Field<T>): Field<T, true> {
  return { ...field, required: true };
}

/** A number; its range is checked where the thing is made. */
export const number: Field<number, false> = typed("a number", isNumber);
export const flag: Field<boolean, false> = typed(
  "true or false",
  (value): value is boolean => typeof value === "boolean",
);
export const texts: Field<readonly string[], false> = typed(
  "a list of texts",
  (value): value is readonly string[] => Array.isArray(value) && value.every(isText),
);

/** A number, or a list of numbers with one for each axis. */
export const numbers: Field<number | readonly number[], false> = typed(
  "a number or a list of numbers",
  (value): value is number | readonly number[] => isNumber(value) || (Array.isArray(value) && value.every(isNumber)),
);

/** One of some words. */
export function word<const T extends string>(words: readonly T[]): Field<T, false> {
  return {
    required: false,
    read: (value, place) => oneOf(place, typeof value === "string" ? value : JSON.stringify(value), words),
  };
}

/** Something that is itself described, as a layer's initializer. */
export function nested<T>(from: (data: Json, place: string) => T): Field<T, false> {
  return { required: false, read: from };
}

/** A list of described things. */
export function list<T>(from: (data: Json, place: string) => T): Field<readonly T[], false> {
  return {
    required: false,
    read: (value, place) => {
      if (Array.isArray(value)) return value.map((item: Json, i) => from(item, `${place}[${i}]`));
      throw new NablaError("options/type", `${place}: expected a list, received ${JSON.stringify(value)}`);
    },
  };
}
