/** The options by which commands describe an experiment: one for each field that is an option. */
import { type Command, Option } from "commander";
import { compact, NablaError } from "nabla";
import { type Given, otherNames, readGiven } from "nabla/fields";
import { experimentFields, type PartialExperiment } from "../experiment/fields.ts";
import { flagOf } from "../experiment/option-words.ts";
import { experimentFrom } from "../experiment/read-experiment.ts";
import { readingFields } from "../experiment/reading-fields.ts";
import { aliasOptions, fieldOption, type OptionField } from "./field-option.ts";

/** What a command was given: options by the names that commander gives them. */
export interface ExperimentOptions {
  /** The experiment file; none by default. */
  readonly config?: string;
  readonly [option: string]: unknown;
}

type Key = keyof typeof experimentFields;

/** The options for how a file is written. */
export const readingKeys = Object.keys(readingFields) as readonly (keyof typeof readingFields)[];

const optionFields: readonly (readonly [string, OptionField])[] = Object.entries<OptionField>(experimentFields).filter(
  ([, { option }]) => option !== undefined,
);

/** Adds the options that describe an experiment: all of them, or the named ones, with exceptions. */
export function withExperiment(
  command: Command,
  { only, except = [] }: { readonly only?: readonly Key[]; readonly except?: readonly Key[] } = {},
): Command {
  const among = (name: string, names: readonly string[]): boolean => names.includes(name);
  for (const [name, one] of optionFields) {
    if (among(name, except) || (only !== undefined && !among(name, only))) continue;
    for (const option of [fieldOption(name, one), ...aliasOptions(name, one)]) command.addOption(option);
  }
  return command.option("--config <file>", "an experiment.yaml; options stand above it");
}

/** The options for how a file of new rows is written; what its columns hold is what the model knows. */
const fileKeys = [
  ...(["badCells", "encoding", "delimiter", "header", "footer", "sheet", "format", "maxExpansion"] as const),
  ...(["skipBroken", "maxPixels"] as const),
] as const;

/** Adds the options for how a file of new rows is written. */
export function withFile(command: Command): Command {
  for (const name of fileKeys) command.addOption(fieldOption(name, experimentFields[name]));
  return command;
}

/** How a file of new rows is written, as options say it. */
export function fileOptionsIn(options: {
  readonly [option: string]: unknown;
}): Given<Pick<typeof experimentFields, (typeof fileKeys)[number]>> {
  return readGiven(experimentFields, compact(Object.fromEntries(fileKeys.map((name) => [name, options[name]]))), {
    ...{ place: "", keys: [], families: {} },
  });
}

/** The experiment that options describe. Throws `usage/both` for one that is given under two names. */
export function optionsSay(options: ExperimentOptions): PartialExperiment {
  const stated = optionFields.flatMap(([name, one]) => {
    const flags = [flagOf(name, one), ...Object.keys(otherNames(one)).map((alias) => `--${alias}`)];
    const given = flags.filter((flag) => options[attributeOf(flag)] !== undefined);
    const [first, second] = given;
    if (second !== undefined)
      throw new NablaError("usage/both", `${first} and ${second} say the same twice`, "leave one of them out");
    return first === undefined ? [] : [[name, options[attributeOf(first)]] as const];
  });
  return experimentFrom(Object.fromEntries(stated));
}

/** The name that commander gives an option. */
function attributeOf(flag: string): string {
  return new Option(`${flag} <value>`).attributeName();
}
