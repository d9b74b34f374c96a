/** Kinds as people write them: `adam, rate 0.003` and `dense 64`. */
import type { Kinds } from "./family.ts";
import type { Field } from "./field.ts";
import type { Json } from "./json.ts";
import { rangeText } from "./range.ts";
import { listing } from "./text.ts";
import { isRecord } from "./value-type.ts";

/** How a described thing is shown. */
export interface OptionText {
  readonly kinds: Kinds<unknown>;
  /** How numbers are written. */
  readonly number: (value: number) => string;
}

/** Longer lists are shown by their ends. */
const MOST_SHOWN = 8;

/**
 * A described thing in words: options that its kind takes as arguments have no names, other options do, switches are named or
 * denied, and those with their default are left out.
 */
export function optionText(data: Json, { kinds, number }: OptionText): string {
  const { kind, ...options } = isRecord(data) ? (data as { readonly [name: string]: Json }) : { kind: data };
  const { fields = {}, bare = [] } = Object.hasOwn(kinds, String(kind)) ? (kinds[String(kind)] ?? {}) : {};
  const told = Object.entries(options).filter(([name, value]) => {
    if (Array.isArray(value) && value.some(isRecord)) return false; // parts within, which have lines of their own
    const one = fields[name];
    return one?.default === undefined || JSON.stringify(one.write(one.default)) !== JSON.stringify(value);
  });
  const first = told.filter(([name]) => bare.includes(name)).map(([, value]) => show(value));
  const named = told
    .filter(([name]) => !bare.includes(name))
    .map(([name, value]) => (typeof value === "boolean" ? `${value ? "" : "no "}${name}` : `${name} ${show(value)}`));
  return [[String(kind), ...first].join(" "), ...named].join(", ");

  function show(value: Json): string {
    if (typeof value === "number") return number(value);
    if (Array.isArray(value)) {
      const told = value.map(show);
      return told.length > MOST_SHOWN
        ? `${told.slice(0, 3).join(" ")} … ${told.at(-1)} (${told.length})`
        : told.join(" ");
    }
    return isRecord(value) ? String(value.kind ?? JSON.stringify(value)) : String(value);
  }
}

/** What an option may be, in words: `a whole number not below 1`, `averaged or heavyBall`, `an optimizer`. */
export function valuesText({ words, family, range, schema }: Field): string {
  const many = schema.type === "array" ? "list of " : "";
  const orList = JSON.stringify(schema.anyOf ?? []).includes('"array"') ? ["a list"] : [];
  if (words !== undefined) return `${many}${listing([...words, ...orList], "or")}`;
  if (family !== undefined) return many === "" ? withArticle(family) : `${many}${family}s`;
  if (range !== undefined) return `a ${range.whole === true ? "whole number" : "number"}${rangeText(range)}`;
  const types: Readonly<Record<string, string>> = {
    array: "a list",
    boolean: "true or false",
    string: "a text",
    number: "a number",
    object: "values by name",
  };
  return types[String(schema.type)] ?? "see what it says";
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}
