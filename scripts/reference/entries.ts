/** What the packages offer, entry by entry: declarations, the options of kinds, and examples. */
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { type Field, type Fields, valuesText } from "nabla/fields";
import { type Declaration, openDeclarations } from "../declarations.ts";
import { optionDefault } from "../options.ts";
import type { Example, Examples } from "./examples.ts";

/** An option of a kind of layer, optimizer and the like. */
export interface Option {
  readonly name: string;
  readonly values: string;
  /** Empty where it must be given. */
  readonly standard: string;
  readonly help: string;
}

/** A name that an entry exports. */
export interface Documented extends Declaration {
  /** How it is imported, or `ops.matmul` of what a namespace holds. */
  readonly title: string;
  readonly options: readonly Option[];
  readonly example: Example | undefined;
  readonly held: readonly Documented[];
}

/** An entry of a package, as `nabla/tune`. */
export interface Entry {
  readonly name: string;
  /** The first lines of its file. */
  readonly about: string;
  readonly exports: readonly Documented[];
}

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, { readonly "nabla-source": string }>>;
}

/** Reads every entry of the packages. */
export async function readEntries(root: string, packages: readonly string[], examples: Examples): Promise<Entry[]> {
  using reader = openDeclarations(root, packages);
  const entries: Entry[] = [];
  for (const folder of packages) {
    const { name, exports }: Manifest = JSON.parse(readFileSync(`${root}/packages/${folder}/package.json`, "utf8"));
    for (const [key, { "nabla-source": source }] of Object.entries(exports)) {
      const path = posix.join("packages", folder, source);
      const entry = posix.join(name, key);
      const values: Readonly<Record<string, unknown>> = await import(entry);
      const declared = reader.exportsOf(path, { passedOn: true });
      const about = /^\/\*\*\s*([\s\S]*?)\s*\*\//.exec(readFileSync(posix.join(root, path), "utf8"))?.[1] ?? "";
      entries.push({
        name: entry,
        about: about.replaceAll(/\n \* ?/g, " "),
        exports: declared.map((one) => documented(one, { values, examples, within: "" })),
      });
    }
  }
  return entries;
}

interface Context {
  readonly values: unknown;
  readonly examples: Examples;
  /** The namespace that it is in, with its dot. */
  readonly within: string;
}

function documented(declaration: Declaration, { values, examples, within }: Context): Documented {
  const { name, kind, holds } = declaration;
  const value = Object(values)[name];
  const isValue = kind === "function" || kind === "class" || kind === "constant";
  return {
    ...declaration,
    title: `${within}${name}`,
    options: optionsOf(value),
    example: isValue ? examples.of(name, within) : undefined,
    held: holds.map((one) => documented(one, { values: value, examples, within: `${within}${name}.` })),
  };
}

/** The options of a kind; none for other values. */
function optionsOf(value: unknown): readonly Option[] {
  if (typeof value !== "function" || !("kind" in value && "fields" in value && "help" in value)) return [];
  return Object.entries(value.fields as Fields).map(([name, field]: [string, Field]) => ({
    name,
    values: valuesText(field),
    standard: optionDefault(field),
    help: field.help,
  }));
}
