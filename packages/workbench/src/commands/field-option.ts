/** A field as an option of a command: parsed and checked by it, with its help, choices and default. */
import { InvalidArgumentError, Option } from "commander";
import { type Json, kindFamilies, kindTables, listing, NablaError } from "nabla";
import { type Field, type Kinds, kindReaders, optionText } from "nabla/fields";
import { pruners, samplers } from "nabla/tune";
import type { ChosenField } from "../experiment/choice.ts";
import { flagOf } from "../experiment/option-words.ts";

/** A field of a command; `by` names what chooses the value where none is given. */
export type OptionField = Field & Partial<Pick<ChosenField<unknown>, "by">>;

const tables: { readonly [family: string]: Kinds<unknown> } = { ...kindTables, sampler: samplers, pruner: pruners };
/** How the kinds that options name are made. */
export const optionFamilies = { ...kindFamilies, ...kindReaders({ sampler: samplers, pruner: pruners }) };

/** The option of a field; `help` replaces its own. */
export function fieldOption(name: string, one: OptionField, help = helpOf(one)): Option {
  return readBy(new Option(`${flagOf(name, one)}${argumentOf(name, one)}`, help), name, one);
}

/** The other names of a field, which the help of its option mentions. */
export function aliasOptions(name: string, one: OptionField): readonly Option[] {
  return Object.entries(one.option?.aliases ?? {}).map(([alias, translate]) =>
    readBy(new Option(`--${alias}${argumentOf(name, one)}`).hideHelp(), name, one, translate),
  );
}

function argumentOf(name: string, one: OptionField): string {
  return one.schema.type === "boolean" ? "" : ` <${one.option?.argument ?? name}>`;
}

function readBy(option: Option, name: string, one: Field, translate = (data: Json): Json => data): Option {
  if (option.isBoolean()) return option;
  const { combine } = one;
  return Object.assign(option, { repeatable: combine !== undefined }).argParser((text: string, earlier?: Json) => {
    const said = translate(one.parse(text));
    const data = earlier === undefined || combine === undefined ? said : combine(earlier, said);
    try {
      one.read(data, { place: name, keys: [], families: optionFamilies });
    } catch (error) {
      if (!(error instanceof NablaError)) throw error;
      throw new InvalidArgumentError(error.hint === undefined ? error.message : `${error.message}; ${error.hint}`);
    }
    return data;
  });
}

/** The help of an option: its meaning, its values, its aliases, and its default. */
function helpOf(one: OptionField): string {
  const choices = one.words ?? Object.keys(tables[one.family ?? ""] ?? {});
  const aliases = Object.keys(one.option?.aliases ?? {}).map((name) => `--${name}`);
  const standard = one.by ?? defaultText(one);
  return [
    one.help,
    ...(choices.length === 0 ? [] : [`: ${listing(choices, "or")}`]),
    ...(aliases.length === 0 ? [] : [` (also ${aliases.join()})`]),
    ...(standard === "" ? [] : [` (default: ${standard})`]),
  ].join("");
}

function defaultText({ default: standard, family, format, write }: Field): string {
  if (standard === undefined || standard === false) return "";
  const data = write(standard);
  const kinds = tables[family ?? ""];
  return kinds === undefined || Array.isArray(data) ? format(data) : optionText(data, { kinds, number: String });
}
