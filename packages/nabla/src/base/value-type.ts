/**
 * What values an option can have: how they are read from plain data and from text, written, and described to an editor.
 */
import { NablaError } from "./error.ts";
import type { Json } from "./json.ts";
import { inRange, type Range } from "./range.ts";
import { listing, nearest } from "./text.ts";

/** JSON Schema (draft 2020-12) of a value, as plain data. */
export type JsonSchema = { readonly [key: string]: Json };

/** Where data is read. */
export interface Reading {
  /** The location as errors show it: `layers[2] dropout › keep`. */
  readonly place: string;
  /** The keys that lead there from the root of the data: `["layers", 2, "keep"]`. */
  readonly keys: readonly (string | number)[];
  /** Makes things of a family from data; undefined for families that cannot be met here. */
  readonly families: Families;
}

/** How a thing of a family is made from plain data, by family name ("layer"). */
export type Families = { readonly [family: string]: (data: Json, reading: Reading) => unknown };

/** The values of an option. */
export interface ValueType<out T> {
  /** The value that plain data represents. Throws `options/type` or `options/range` with location and value. */
  read(data: unknown, reading: Reading): T;
  /** Plain data that `read` makes into the same value. */
  write(value: unknown): Json;
  /** Plain data parsed from command-line text; `read` then checks it. */
  parse(text: string): Json;
  /** The text on a command line that `parse` makes into this plain data. */
  format(data: Json): string;
  /** What two occurrences on a command line mean together; without it, saying an option twice is an error. */
  combine?(earlier: Json, later: Json): Json;
  /** The texts of several occurrences on a command line that mean this plain data, where one cannot say it. */
  formatEach?(data: Json): readonly string[];
  readonly schema: JsonSchema;
  /** The family of things that it holds, as "optimizer". */
  readonly family?: string;
  /** The words that it may be, where there are only some. */
  readonly words?: readonly string[];
}

/** The place of a key within another place. */
export function readingAt(reading: Reading, key: string | number): Reading {
  const place =
    typeof key === "number" ? `${reading.place}[${key}]` : `${reading.place}${reading.place === "" ? "" : " › "}${key}`;
  return { ...reading, place, keys: [...reading.keys, key] };
}

/** An error at a place in data; it carries the keys, from which a reader of files finds line and column. */
export function readingError(code: string, message: string, { keys }: Reading, hint?: string): NablaError {
  return new NablaError(code, message, hint, [], keys);
}

/** The error of a value of another type. */
export function mismatch(expected: string, data: unknown, reading: Reading): NablaError {
  const message = `${reading.place}: expected ${expected}, received ${shown(data)}`;
  return readingError("options/type", message, reading);
}

/** Lists longer than this are not shown item by item. */
const MOST_SHOWN = 50;

/** A value as errors name it, in one short line. */
function shown(data: unknown): string {
  if (data === undefined) return "nothing";
  if (typeof data === "function") return data.name === "" ? "a function" : `the function ${data.name}`;
  if (ArrayBuffer.isView(data)) return `a ${data.constructor.name}`;
  if (Array.isArray(data) && data.length > MOST_SHOWN) return `a list of ${data.length}`;
  try {
    return JSON.stringify(data)?.slice(0, 200) ?? String(data);
  } catch {
    // what refers to itself, and big integers
    return typeof data === "object" ? "an object" : `${String(data)} (${typeof data})`;
  }
}

/** A type of values that are plain data themselves. */
function plainType<T extends Json>(
  expected: string,
  is: (data: unknown) => data is T,
  { schema, parse = (text) => text }: { readonly schema: JsonSchema; readonly parse?: (text: string) => Json },
): ValueType<T> {
  return {
    schema,
    parse,
    format: String,
    write: (value) => value as Json,
    read: (data, reading) => {
      if (is(data)) return data;
      throw mismatch(expected, data, reading);
    },
  };
}

/** The text parsed as JSON; the text itself where it is not valid JSON, which `read` then rejects. */
function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function numberOf(text: string): Json {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : text;
}

/** Finite numbers within a range. */
export function numberType(range: Range = {}): ValueType<number> {
  const { above, atLeast, below, atMost, whole = false } = range;
  const bounds = { exclusiveMinimum: above, minimum: atLeast, exclusiveMaximum: below, maximum: atMost };
  const given = Object.entries(bounds).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return {
    schema: { type: whole ? "integer" : "number", ...Object.fromEntries(given) },
    parse: numberOf,
    format: String,
    write: (value) => value as number,
    read: (data, reading) => {
      if (typeof data === "number") return inRange(reading.place, data, range, reading.keys);
      throw mismatch(whole ? "a whole number" : "a number", data, reading);
    },
  };
}

/**
 * Values that are written as texts in a notation of their own, as `60/20/20`: from such a text, or from plain data of
 * the type `data`, which is equivalent.
 */
export function notationType<T extends Json>(
  data: ValueType<T>,
  notation: { readonly of: (text: string) => T; readonly format: (value: T) => string },
): ValueType<T> {
  const read = (given: unknown, reading: Reading): T => {
    if (typeof given !== "string") return data.read(given, reading);
    try {
      return notation.of(given);
    } catch (error) {
      if (!(error instanceof NablaError)) throw error;
      throw readingError(error.code, `${reading.place}: ${error.sentence}`, reading, error.hint);
    }
  };
  return {
    schema: { anyOf: [{ type: "string", minLength: 1 }, data.schema] },
    parse: (text) => text,
    format: (value) => (typeof value === "string" ? value : notation.format(value as T)),
    write: (value) => data.write(value),
    read,
  };
}

/** True or false, as data and as text. */
export const booleanType: ValueType<boolean> = plainType(
  "true or false",
  (data): data is boolean => typeof data === "boolean",
  { schema: { type: "boolean" }, parse: (text) => (text === "true" ? true : text === "false" ? false : text) },
);

/** Texts that are not empty. */
export const textType: ValueType<string> = plainType(
  "a text",
  (data): data is string => typeof data === "string" && data !== "",
  { schema: { type: "string", minLength: 1 } },
);

/** One of some words. */
export function wordType<const T extends string>(words: readonly T[]): ValueType<T> {
  return {
    schema: { enum: [...words] },
    words,
    parse: (text) => text,
    format: String,
    write: (value) => value as string,
    read: (data, reading) => {
      const found = words.find((word) => word === data);
      if (found !== undefined) return found;
      const text = typeof data === "string" ? `"${data}"` : JSON.stringify(data);
      const hint = typeof data === "string" ? `did you mean ${nearest(data, words, 1).join()}?` : undefined;
      throw readingError(
        "options/range",
        `${reading.place} must be ${listing(words, "or")}, received ${text}`,
        reading,
        hint,
      );
    },
  };
}

/** One of some words, from code. Throws `options/range` with the nearest words. */
export function checkWord<const T extends string>(name: string, value: string, words: readonly T[]): T {
  return wordType(words).read(value, { place: name, keys: [], families: {} });
}

/** Lists; on a command line, items are separated by commas. */
export function listType<T>(
  item: ValueType<T>,
  { least = 0 }: { readonly least?: number } = {},
): ValueType<readonly T[]> {
  return {
    schema: { type: "array", items: item.schema, ...(least > 0 ? { minItems: least } : {}) },
    ...(item.family === undefined ? {} : { family: item.family }),
    ...(item.words === undefined ? {} : { words: item.words }),
    parse: (text) =>
      text.trimStart().startsWith("[")
        ? jsonOf(text)
        : text
            .split(",")
            .map((part) => part.trim())
            .filter((part) => part !== "")
            .map((part) => item.parse(part)),
    format: (data) => {
      const texts = (data as readonly Json[]).map((one) => item.format(one));
      return texts.some((text) => text.includes(",")) ? JSON.stringify(data) : texts.join();
    },
    combine: (earlier, later) => [...asList(earlier), ...asList(later)],
    write: (value) => (value as readonly T[]).map((one) => item.write(one)),
    read: (data, reading) => {
      if (!Array.isArray(data)) throw mismatch("a list", data, reading);
      if (data.length < least) throw mismatch(`a list of at least ${least}`, data, reading);
      return data.map((one: unknown, i) => item.read(one, readingAt(reading, i)));
    },
  };
}

function asList(data: Json): readonly Json[] {
  return Array.isArray(data) ? (data as readonly Json[]) : [data];
}

/** One value, or a list with one for each axis, epoch or the like. */
export function oneOrMoreType<T extends string | number>(item: ValueType<T>): ValueType<T | readonly T[]> {
  const list = listType(item, { least: 1 });
  return {
    schema: { anyOf: [item.schema, list.schema] },
    parse: (text) => (text.includes(",") ? list.parse(text) : item.parse(text)),
    format: (data) => (Array.isArray(data) ? list.format(data) : item.format(data)),
    write: (value) => (Array.isArray(value) ? list.write(value) : item.write(value)),
    read: (data, reading) => (Array.isArray(data) ? list.read(data, reading) : item.read(data, reading)),
  };
}

/** Values by any name, as factors by a pattern of paths. */
export function byNameType<T>(item: ValueType<T>): ValueType<{ readonly [name: string]: T }> {
  return {
    schema: { type: "object", additionalProperties: item.schema },
    parse: jsonOf,
    format: (data) => JSON.stringify(data),
    write: (value) => Object.fromEntries(Object.entries(value as object).map(([name, one]) => [name, item.write(one)])),
    read: (data, reading) => {
      if (!isRecord(data)) throw mismatch("values by name", data, reading);
      return Object.fromEntries(
        Object.entries(data).map(([name, one]) => [name, item.read(one, readingAt(reading, name))]),
      );
    },
  };
}

/** Values by any name that a command line says one by one: `zip=category`. */
export function assignmentsType<T>(item: ValueType<T>): ValueType<{ readonly [name: string]: T }> {
  const byName = byNameType(item);
  return {
    ...byName,
    parse: (text) => {
      const at = text.lastIndexOf("=");
      return at < 1 || text.startsWith("{")
        ? byName.parse(text)
        : { [text.slice(0, at)]: item.parse(text.slice(at + 1)) };
    },
    combine: (earlier, later) => (isRecord(earlier) && isRecord(later) ? { ...earlier, ...later } : later),
    formatEach: (data) => Object.entries(data as object).map(([name, one]) => `${name}=${item.format(one as Json)}`),
  };
}

/**
 * Things of a family, as a layer's initializer: the thing itself from code, its kind or a record with a kind from data.
 * `member` is a property that only members of the family have, as `fill` of an initializer; it identifies them in code.
 */
export function kindType<T extends object>(family: string, member: string & keyof T): ValueType<T> {
  return {
    schema: { $ref: `#/$defs/${family}` },
    family,
    parse: (text) => (text.trimStart().startsWith("{") ? jsonOf(text) : text),
    format: (data) =>
      isRecord(data) ? (Object.keys(data).join() === "kind" ? String(data.kind) : JSON.stringify(data)) : String(data),
    write: (value) => {
      const { kind, options } = value as { readonly kind: string; readonly options: JsonSchema };
      return { kind, ...options };
    },
    read: (data, reading) => {
      const made = isMade(data);
      if (made && member in data) return data as T;
      const make = reading.families[family];
      if (made || make === undefined || data === undefined)
        throw mismatch(`what one of nabla's ${family} functions makes`, data, reading);
      return make(data as Json, reading) as T;
    },
  };
}

/**
 * Whether this is a thing that was made, with its options in a record of their own, and not data from which one is
 * made.
 */
export function isMade(data: unknown): data is Readonly<Record<string, unknown>> {
  return isRecord(data) && typeof data.kind === "string" && isRecord(data.options);
}

/** Whether data is a record and no list. */
export function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}
