/** Options of an experiment as words of a command line. */
import type { Json } from "nabla";
import type { Field, Fields } from "nabla/fields";
import { shellWords } from "../text/shell-words.ts";
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
    if (one === undefined || value === undefined || same(one, value as Json)) return [];
    if (value === true) return [flagOf(name, one)];
    const texts = one.formatEach?.(value as Json) ?? [one.format(value as Json)];
    return texts.flatMap((text) => [flagOf(name, one), text]);
  });
}

/** The same as they are typed, quoted where a shell needs it: `--ignore 'total paid,id'`. */
export function typedOptions(said: PartialExperiment): string {
  return shellWords(wordsOf(said));
}

function same(one: Field, value: Json): boolean {
  return one.default !== undefined && JSON.stringify(one.write(one.default)) === JSON.stringify(value);
}
