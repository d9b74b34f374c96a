/** A field as an option of a command: parsed and checked by it, with its help, choices and default. */
import { InvalidArgumentError, Option } from "commander";
import { type Json, listing, NablaError } from "nabla";
import { kindFamilies, kindTables } from "nabla/all";
import { type Field, type Kinds, kindReaders, otherNames } from "nabla/fields";
import type { ChosenField } from "../experiment/choice.ts";
import { defaultText, flagOf } from "../experiment/option-words.ts";

/** A field of a command; `by` names what chooses the value where none is given. */
export type OptionField = Field & Partial<Pick<ChosenField<unknown>, "by">>;

/** Kinds by the name of their family. */
type KindTables = { readonly [family: string]: Kinds<unknown> };

interface FieldOptionOptions {
  /** In place of the field's own. */
  readonly help?: string;
  /** Families that this command knows beside those of networks and their training. */
  readonly kinds?: KindTables;
}

/** The option of a field. */
export function fieldOption(name: string, one: OptionField, { help, kinds = {} }: FieldOptionOptions = {}): Option {
  const option = new Option(`${flagOf(name, one)}${argumentOf(name, one)}`, help ?? helpOf(one, kinds));
  return Object.assign(readBy(option, name, one, { kinds }), { words: choicesOf(one, kinds) });
}

/** The words that an option takes, where a field says them or the option itself. */
export function wordsOfOption(option: Option): readonly string[] {
  return "words" in option && Array.isArray(option.words) ? option.words : (option.argChoices ?? []);
}

function choicesOf(one: OptionField, own: KindTables): readonly string[] {
  return one.words ?? Object.keys({ ...kindTables, ...own }[one.family ?? ""] ?? {});
}

/** The other names of a field; the help of its option mentions its aliases. */
export function aliasOptions(name: string, one: OptionField): readonly Option[] {
  return Object.entries(otherNames(one)).map(([alias, translate = same]) =>
    readBy(new Option(`--${alias}${argumentOf(name, one)}`).hideHelp(), name, one, { translate }),
  );
}

function argumentOf(name: string, one: OptionField): string {
  if (one.schema.type === "boolean") return "";
  const { argument = name, bare } = one.option ?? {};
  return bare === undefined ? ` <${argument}>` : ` [${argument}]`;
}

interface Reading {
  readonly kinds?: KindTables;
  readonly translate?: (data: Json) => Json;
}

function readBy(option: Option, name: string, one: Field, { kinds = {}, translate = same }: Reading): Option {
  if (option.isBoolean()) return option;
  const { combine, option: { bare } = {} } = one;
  if (bare !== undefined) option.preset(bare);
  const families = { ...kindFamilies, ...kindReaders(kinds) };
  return Object.assign(option, { repeatable: combine !== undefined }).argParser((text: string, earlier?: Json) => {
    const said = translate(one.parse(text));
    const data = earlier === undefined || combine === undefined ? said : combine(earlier, said);
    try {
      one.read(data, { place: name, keys: [], families });
    } catch (error) {
      if (!(error instanceof NablaError)) throw error;
      const typed = said === one.parse(text) ? "" : ` (${text} of ${option.long})`;
      throw new InvalidArgumentError(`${error.message}${typed}${error.hint === undefined ? "" : `; ${error.hint}`}`);
    }
    return data;
  });
}

function same(data: Json): Json {
  return data;
}

/** The help of an option: its meaning, its values, its aliases, and its default. */
function helpOf(one: OptionField, own: KindTables): string {
  const kinds = { ...kindTables, ...own }[one.family ?? ""];
  const choices = choicesOf(one, own);
  const aliases = Object.keys(one.option?.aliases ?? {}).map((name) => `--${name}`);
  const standard = one.by ?? defaultText(one, kinds);
  return [
    one.help,
    ...(choices.length === 0 ? [] : [`: ${listing(choices, "or")}`]),
    ...(aliases.length === 0 ? [] : [` (also ${aliases.join()})`]),
    ...(standard === "" ? [] : [` (default: ${standard})`]),
  ].join("");
}
