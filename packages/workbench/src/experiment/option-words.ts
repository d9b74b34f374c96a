/** Options of an experiment as words of a command line. */
import type { Json } from "nabla";
import { type Field, type Fields, type Kinds, optionText } from "nabla/fields";
import { shellWords } from "../text/shell-words.ts";
import type { ChosenField } from "./choice.ts";
import { experimentFields, type PartialExperiment } from "./fields.ts";

/** What an option is called on a command line: `--time-column`. */
export function flagOf(name: string, { option }: Pick<Field, "option">): string {
  return `--${option?.name ?? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The given options as command-line words that reproduce them; defaults are left out. */
export function wordsOf(said: PartialExperiment): readonly string[] {
  const fields: Fields = experimentFields;
  return Object.entries(said).flatMap(([name, value]) => {
    const one = fields[name];
    // what is no option cannot be typed
    if (one?.option === undefined || value === undefined || same(one, value as Json)) return [];
    if (value === true) return [flagOf(name, one)];
    const texts = one.formatEach?.(value as Json) ?? [one.format(value as Json)];
    return texts.flatMap((text) => [flagOf(name, one), text]);
  });
}

/** The same as they are typed, quoted where a shell needs it: `--ignore 'total paid,id'`. */
export function typedOptions(said: PartialExperiment): string {
  return shellWords(wordsOf(said));
}

/** Whether leaving the option out says the same; of one that is chosen from the data nobody knows. */
function same(one: Field & Partial<Pick<ChosenField<unknown>, "chosen">>, value: Json): boolean {
  if (one.chosen !== undefined || one.default === undefined) return false;
  return JSON.stringify(one.write(one.default)) === JSON.stringify(value);
}

/** The default of an option as it is typed, of a kind with the options that are its own; "" for none. */
export function defaultText({ default: standard, format, write }: Field, kinds: Kinds<unknown> | undefined): string {
  if (standard === undefined || standard === false) return "";
  const data = write(standard);
  return kinds === undefined || Array.isArray(data) ? format(data) : optionText(data, { kinds, number: String });
}
