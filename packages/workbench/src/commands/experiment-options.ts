/** The options by which commands say an experiment: one for each field that is an option. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Json, kindFamilies, kindTables, listing, NablaError } from "nabla";
import { type Field, type Fields, optionText } from "nabla/fields";
import type { ChosenField } from "../experiment/choice.ts";
import { experimentFields, type PartialExperiment } from "../experiment/fields.ts";
import { flagOf } from "../experiment/option-words.ts";
import { experimentFrom } from "../experiment/read-experiment.ts";

/** What a command was told: options by the names that commander gives them. */
export interface ExperimentOptions {
  readonly config?: string;
  readonly [option: string]: unknown;
}

type Key = keyof typeof experimentFields;
type AnyField = Field & Partial<Pick<ChosenField<unknown>, "by">>;

const optionFields: readonly (readonly [string, AnyField])[] = Object.entries<AnyField>(experimentFields).filter(
  ([, { option }]) => option !== undefined,
);

/** Adds the options that say an experiment: all that are options at all, or those that are named, but for some. */
export function withExperiment(
  command: Command,
  { only, except = [] }: { readonly only?: readonly Key[]; readonly except?: readonly Key[] } = {},
): Command {
  const among = (name: string, names: readonly string[]): boolean => names.includes(name);
  for (const [name, one] of optionFields) {
    if (among(name, except) || (only !== undefined && !among(name, only))) continue;
    const value = one.schema.type === "boolean" ? "" : ` <${one.option?.argument ?? name}>`;
    command.addOption(readBy(new Option(`${flagOf(name, one)}${value}`, helpOf(one)), name, one));
    for (const [alias, translate] of Object.entries(one.option?.aliases ?? {}))
      command.addOption(readBy(new Option(`--${alias}${value}`).hideHelp(), name, one, translate));
  }
  return command.option("--config <file>", "an experiment.yaml; options stand above it");
}

function readBy(option: Option, name: string, one: Field, translate = (data: Json): Json => data): Option {
  if (option.isBoolean()) return option;
  return option.argParser((text) => {
    const data = translate(one.parse(text));
    try {
      one.read(data, { place: name, keys: [], families: kindFamilies });
    } catch (error) {
      if (!(error instanceof NablaError)) throw error;
      throw new InvalidArgumentError(error.hint === undefined ? error.message : `${error.message}; ${error.hint}`);
    }
    return data;
  });
}

/** The help of an option: what it is, what it may be, its other names, and what holds where it is not said. */
function helpOf(one: AnyField): string {
  const kinds: Fields | object = kindTables[one.family as keyof typeof kindTables] ?? {};
  const choices = one.words ?? Object.keys(kinds);
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
  const kinds = kindTables[family as keyof typeof kindTables];
  return kinds === undefined || Array.isArray(data) ? format(data) : optionText(data, { kinds, number: String });
}

/** What options say of an experiment. Throws `usage/both` for one that is said under two names. */
export function optionsSay(options: ExperimentOptions): PartialExperiment {
  const said = optionFields.flatMap(([name, one]) => {
    const flags = [flagOf(name, one), ...Object.keys(one.option?.aliases ?? {}).map((alias) => `--${alias}`)];
    const given = flags.filter((flag) => options[attributeOf(flag)] !== undefined);
    const [first, second] = given;
    if (second !== undefined)
      throw new NablaError("usage/both", `${first} and ${second} say the same twice`, "leave one of them out");
    return first === undefined ? [] : [[name, options[attributeOf(first)]] as const];
  });
  return experimentFrom(Object.fromEntries(said));
}

/** The name that commander gives an option. */
function attributeOf(flag: string): string {
  return new Option(`${flag} <value>`).attributeName();
}
