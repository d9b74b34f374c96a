/**
 * Readers of data written earlier or by another program: each gives what it reads with its type, or throws
 * `record/field`, which names the field and what was found there. Nothing is taken on trust, and nothing lost in
 * silence.
 */
import { NablaError } from "./error.ts";
import type { Json } from "./json.ts";

/** Reads a value; `place` names it in errors. */
export type Reader<T> = (value: unknown, place: string) => T;

/** Reads a field that may be left out. */
export interface OptionalReader<T> {
  readonly optional: Reader<T>;
}

/** A reader for each field of a type, so that a new field does not compile until it is read. */
export type FieldReaders<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? OptionalReader<Exclude<T[K], undefined>> : Reader<T[K]>;
};

function refused(place: string, expected: string, value: unknown): NablaError {
  const text = value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
  const found = typeof value === "number" ? String(value) : text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return new NablaError("record/field", `${place}: expected ${expected}, found ${found}`);
}

/** Any finite number. */
export const number: Reader<number> = (value, place) => {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw refused(place, "a finite number", value);
};

/** A whole number from 0 on. */
export const whole: Reader<number> = (value, place) => {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  throw refused(place, "a whole number not below 0", value);
};

/** A text. */
export const text: Reader<string> = (value, place) => {
  if (typeof value === "string") return value;
  throw refused(place, "a text", value);
};

/** True or false. */
export const flag: Reader<boolean> = (value, place) => {
  if (typeof value === "boolean") return value;
  throw refused(place, "true or false", value);
};

/** Any plain data. */
export const json: Reader<Json> = (value, place) => {
  if (value !== undefined) return value as Json;
  throw refused(place, "plain data", value);
};

/** One of some words. */
export function word<const T extends string>(words: readonly T[]): Reader<T> {
  return (value, place) => {
    const found = words.find((one) => one === value);
    if (found !== undefined) return found;
    throw refused(place, `one of ${words.join(", ")}`, value);
  };
}

/** A list. */
export function list<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value, place) => {
    if (Array.isArray(value)) return value.map((one: unknown, i) => item(one, `${place}[${i}]`));
    throw refused(place, "a list", value);
  };
}

/** Values by name. */
export function byName<T>(item: Reader<T>): Reader<{ readonly [name: string]: T }> {
  return (value, place) =>
    Object.fromEntries(
      Object.entries(object(value, place)).map(([name, one]) => [name, item(one, `${place}.${name}`)]),
    );
}

/** A value, or null where there is none. */
export function orNull<T>(item: Reader<T>): Reader<T | null> {
  return (value, place) => (value === null ? null : item(value, place));
}

/** A field that may be left out. */
export function optional<T>(item: Reader<T>): OptionalReader<T> {
  return { optional: item };
}

/** A record of these fields; what else it holds is left out. */
export function record<T extends object>(fields: FieldReaders<T>): Reader<T> {
  return (value, place) => {
    const found = object(value, place);
    const read: Record<string, unknown> = {};
    for (const [name, field] of Object.entries<Reader<unknown> | OptionalReader<unknown>>(fields)) {
      const own = Object.hasOwn(found, name) ? found[name] : undefined;
      if (typeof field === "function") read[name] = field(own, `${place}.${name}`);
      else if (own !== undefined) read[name] = field.optional(own, `${place}.${name}`);
    }
    return read as T;
  };
}

function object(value: unknown, place: string): { readonly [name: string]: unknown } {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as { [name: string]: unknown };
  throw refused(place, "a record", value);
}
