/**
 * Fields: an option of a layer, an optimizer or an experiment, declared once. Its type, range, default with source,
 * help and whether it is adjustable, searched or a command-line flag are declared here; TypeScript types, readers,
 * schemas, command-line options, search spaces, descriptions and documentation are derived.
 */
import type { Domain } from "./domain.ts";
import { invariant } from "./error.ts";
import type { Json } from "./json.ts";
import type { Range } from "./range.ts";
import { listing, nearest } from "./text.ts";
import {
  booleanType,
  isRecord,
  type JsonSchema,
  listType,
  numberType,
  oneOrMoreType,
  type Reading,
  readingAt,
  readingError,
  textType,
  type ValueType,
  wordType,
} from "./value-type.ts";

/** Whether an option must be given, may be left open, or has a default. */
export type Presence = "required" | "optional" | "defaulted";

/** How an option is called on a command line. */
export interface CommandOption {
  /** Default: the option's name in kebab-case. */
  readonly name?: string;
  /** The placeholder for the value in the help: `<rate>`. */
  readonly argument?: string;
  /** The value where the option is given without one; by default it must have one. */
  readonly bare?: string;
  /**
   * Aliases, each with its conversion to the option where they differ, as the dropout rate for the keep probability.
   */
  readonly aliases?: { readonly [name: string]: (value: Json) => Json };
  /** What other tools call it, with the same conversions: understood, and not listed in the help. */
  readonly elsewhere?: { readonly [name: string]: (value: Json) => Json };
}

/** Properties of an option besides its type. */
export interface FieldInfo {
  /** One line for help, forms and tables. */
  readonly help: string;
  /** The value where it is left out; without one it must be given, unless it is `optional`. */
  readonly default?: unknown;
  /** Where the default comes from: a paper, another library, or a measurement. */
  readonly source?: string;
  /** May be left out without a default; `help` describes what happens then. */
  readonly optional?: true;
  /** The unit of a number, as "s"; without it, a plain number. */
  readonly unit?: string;
  /** A number that may change while training. */
  readonly adjustable?: true;
  /** Its name among the settings of a training, where that is not the option's own. */
  readonly setting?: string;
  /** The default search space. */
  readonly search?: Domain;
  /** What it was called in files of earlier versions. */
  readonly formerly?: string;
  /** How it is written on the command line; without it, only in files and programs. */
  readonly option?: CommandOption;
}

/** An option: its values and all its properties. */
export interface Field<out T = unknown, out P extends Presence = Presence> extends ValueType<T>, FieldInfo {
  readonly presence: P;
  /** What numbers may be. */
  readonly range?: Range;
}

/** The options of something, by name. */
export type Fields = { readonly [name: string]: Field };

type PresenceOf<I> = I extends { readonly default: unknown }
  ? "defaulted"
  : I extends { readonly optional: true }
    ? "optional"
    : "required";

/** The value of a field. */
export type ValueOf<F> = F extends Field<infer T, Presence> ? T : never;

/** Every option with its default filled in; those that are optional may be missing. */
export type Values<F extends Fields> = Simplified<
  { readonly [K in keyof F as F[K]["presence"] extends "optional" ? never : K]: ValueOf<F[K]> } & {
    readonly [K in keyof F as F[K]["presence"] extends "optional" ? K : never]?: ValueOf<F[K]>;
  }
>;

/** What a caller gives: options with a default and optional ones may be left out. */
export type OptionsOf<F extends Fields> = Simplified<
  { readonly [K in keyof F as F[K]["presence"] extends "required" ? K : never]: ValueOf<F[K]> } & {
    readonly [K in keyof F as F[K]["presence"] extends "required" ? never : K]?: ValueOf<F[K]> | undefined;
  }
>;

type Simplified<T> = { readonly [K in keyof T]: T[K] };

/** A field of any type. */
export function field<T, const I extends FieldInfo>(type: ValueType<T>, info: I): Field<T, PresenceOf<I>> {
  const presence = "default" in info ? "defaulted" : info.optional === true ? "optional" : "required";
  return { ...type, ...(info as FieldInfo), presence: presence as PresenceOf<I> };
}

/** A finite number; `above`, `atLeast`, `below` and `atMost` set its range. */
export function number<const I extends FieldInfo & Range>(info: I): Field<number, PresenceOf<I>> {
  const { above, atLeast, below, atMost, whole } = info;
  const bounds = Object.entries({ above, atLeast, below, atMost, whole }).filter(([, bound]) => bound !== undefined);
  const range: Range = Object.fromEntries(bounds);
  return { ...field<number, I>(numberType(range), info), range };
}

/** A whole number. */
export function wholeNumber<const I extends FieldInfo & Range>(info: I): Field<number, PresenceOf<I>> {
  return number<I>({ ...info, whole: true });
}

/** True or false. */
export function boolean<const I extends FieldInfo>(info: I): Field<boolean, PresenceOf<I>> {
  return field(booleanType, info);
}

/** Any text. */
export function text<const I extends FieldInfo>(info: I): Field<string, PresenceOf<I>> {
  return field(textType, info);
}

/** One of some words. */
export function word<const T extends string, const I extends FieldInfo>(
  words: readonly T[],
  info: I,
): Field<T, PresenceOf<I>> {
  return field(wordType(words), info);
}

/** A list of such values; `least` says how many there must be. */
export function list<T, const I extends FieldInfo & { readonly least?: number }>(
  item: ValueType<T>,
  info: I,
): Field<readonly T[], PresenceOf<I>> {
  return field(listType(item, info.least === undefined ? {} : { least: info.least }), info);
}

/** A number, or a list of numbers with one for each axis or the like. */
export function numbers<const I extends FieldInfo & Range>(info: I): Field<number | readonly number[], PresenceOf<I>> {
  return field(oneOrMoreType(numberType(number(info).range)), info);
}

/** Some of the options: those that are given. */
export type Given<F extends Fields> = { readonly [K in keyof F]?: ValueOf<F[K]> };

/**
 * Options checked, as far as they are given; what is left out stays open. Throws `options/unknown` with the nearest
 * known name, `options/type` and `options/range`.
 */
export function readGiven<F extends Fields>(fields: F, options: unknown, reading: Reading): Given<F> {
  if (!isRecord(options))
    throw readingError(
      "options/type",
      `${reading.place === "" ? "" : `${reading.place}: `}expected options by name`,
      reading,
    );
  const names = Object.keys(fields);
  const former = new Map(names.flatMap((name) => (fields[name]?.formerly ? [[fields[name].formerly, name]] : [])));
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(fields, name) || former.has(name) || options[name] === undefined) continue;
    const hint = unknownHint(name, options[name] as Json, fields);
    const none = reading.place === "" ? "there is no key" : `${reading.place} has no option`;
    throw readingError("options/unknown", `${none} "${name}"`, readingAt(reading, name), hint);
  }
  const values: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(fields)) {
    const own = Object.hasOwn(options, name) ? options[name] : undefined; // null is a value, and the wrong one
    const given = own === undefined && one.formerly !== undefined ? options[one.formerly] : own;
    if (given !== undefined) values[name] = one.read(given, readingAt(reading, name));
  }
  return values as Given<F>;
}

/** What was meant by a name that no option has: the one that other tools call so, with its value, or the nearest. */
function unknownHint(name: string, value: Json, fields: Fields): string {
  const names = Object.keys(fields);
  if (names.length === 0) return "it has no options";
  const typed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll(/[-_ ]+/g, "-");
  for (const [meant, one] of Object.entries(fields)) {
    const translate = otherNames(one)[typed];
    if (translate === undefined) continue;
    const data = translate(value);
    return `here it is ${meant}: ${typeof data === "string" ? data : JSON.stringify(data)}`;
  }
  return `did you mean ${listing(nearest(name, names), "or")}?`;
}

/** Other names of an option on a command line, in kebab-case, each with its conversion. */
export function otherNames({ option = {} }: Pick<Field, "option">): {
  readonly [name: string]: ((value: Json) => Json) | undefined;
} {
  return { ...option.aliases, ...option.elsewhere };
}

/** Names under which other tools mean the very same. */
export function sameAs(...names: readonly string[]): { readonly [name: string]: (value: Json) => Json } {
  return Object.fromEntries(names.map((name) => [name, (value: Json) => value]));
}

/**
 * Options checked, with defaults filled in. Throws `options/missing` for one that must be given, and what `readGiven`
 * throws.
 */
export function readFields<F extends Fields>(fields: F, options: unknown, reading: Reading): Values<F> {
  const values: Record<string, unknown> = { ...readGiven(fields, options, reading) };
  for (const [name, one] of Object.entries(fields)) {
    if (values[name] !== undefined) continue;
    if (one.presence === "defaulted") values[name] = one.default;
    else if (one.presence === "required")
      throw readingError(
        "options/missing",
        `${reading.place === "" ? "the data" : reading.place} needs the option "${name}"`,
        reading,
      );
  }
  return values as Values<F>;
}

/** Values as complete plain data, defaults filled in; only what is optional and open is left out. */
export function writeFields(
  fields: Fields,
  values: { readonly [name: string]: unknown },
): { readonly [name: string]: Json } {
  const written: [string, Json][] = [];
  for (const [name, one] of Object.entries(fields)) {
    if (values[name] !== undefined) written.push([name, one.write(values[name])]);
  }
  return Object.fromEntries(written);
}

/** The values of fields that may change while training, by the names of settings, and what they may become. */
export function settingsOf(
  fields: Fields,
  values: { readonly [name: string]: unknown },
): { readonly settings: { readonly [name: string]: number }; readonly ranges: { readonly [name: string]: Range } } {
  const adjustable = Object.entries(fields).filter(
    ([name, one]) => one.adjustable === true && values[name] !== undefined,
  );
  const named = adjustable.map(([name, one]) => ({ setting: one.setting ?? name, value: values[name] as number, one }));
  return {
    settings: Object.fromEntries(named.map(({ setting, value }) => [setting, value])),
    ranges: Object.fromEntries(named.map(({ setting, one }) => [setting, one.range ?? {}])),
  };
}

/** The search space of a field that declares one. */
export function searchOf<T extends Json>({ search, help }: Field<T>): Domain<T> {
  invariant(search !== undefined, `nothing says where to search: ${help}`);
  return search as Domain<T>;
}

/** JSON Schema of a record of fields, with some that are fixed; `required` lists what must be there. */
export function schemaOfFields(fields: Fields, fixed: JsonSchema = {}): JsonSchema {
  const properties: Record<string, Json> = { ...fixed };
  for (const [name, one] of Object.entries(fields)) {
    properties[name] = {
      ...one.schema,
      description: one.help,
      ...(one.default === undefined ? {} : { default: one.write(one.default) }),
    };
  }
  const required = Object.keys(fields).filter((name) => fields[name]?.presence === "required");
  return {
    type: "object",
    properties,
    required: [...Object.keys(fixed), ...required],
    additionalProperties: false,
  };
}
