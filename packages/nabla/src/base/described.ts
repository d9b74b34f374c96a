/** What can be chosen is data: a `kind` and plain options, from which the same thing is made again. */
import { NablaError } from "./error.ts";
import type { Json } from "./json.ts";
import { listing, nearest } from "./text.ts";

/** Options as a record or a file holds them. */
export type PlainOptions = { readonly [name: string]: Json };

/** Something that can be recorded, sent to a worker, searched over and made again. */
export interface Described {
  readonly kind: string;
  readonly options: PlainOptions;
}

/** A described thing as plain data: `{ kind: "dense", units: 64 }`. */
export function describe({ kind, options }: Described): PlainOptions {
  return { kind, ...options };
}

/** How one option is read; `place` names it in errors. */
export interface Field<T, R extends boolean = boolean> {
  readonly read: (value: Json, place: string) => T;
  readonly required: R;
}

/** The fields of a kind, by option name. */
export type Fields = { readonly [name: string]: Field<unknown> };

type Required<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Field<unknown, true> ? K : never]: F[K] extends Field<infer T> ? T : never;
};
type Optional<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Field<unknown, true> ? never : K]?: F[K] extends Field<infer T> ? T : never;
};

/** What reading fields gives. */
export type Values<F extends Fields> = Required<F> & Optional<F>;

/** How a kind is made from data. */
export interface Maker<T> {
  readonly fields: Fields;
  readonly make: (options: PlainOptions, place: string) => T;
}

/** Makes a maker: what is read by `fields` goes to `make`. */
export function maker<T, F extends Fields>(fields: F, make: (values: Values<F>) => T): Maker<T> {
  return { fields, make: (options, place) => make(readFields(fields, options, place)) };
}

/** The kinds of one family, as `{ dense: maker(…), relu: maker(…) }`. */
export type Kinds<T> = { readonly [kind: string]: Maker<T> };

/**
 * Makes what data describes; `family` names the choice in errors ("layer"). A word alone stands for a kind without
 * options. Throws `options/kind`, `options/unknown`, `options/missing` or `options/type`, each naming the key.
 */
export function makeFrom<T>(family: string, kinds: Kinds<T>, data: Json, place = family): T {
  const { kind, ...options } = recordOf(typeof data === "string" ? { kind: data } : data, place);
  const names = Object.keys(kinds);
  const found = typeof kind === "string" && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (typeof kind === "string" && found !== undefined) return found.make(options, `${place} ${kind}`);
  const hint =
    typeof kind === "string" ? `did you mean ${listing(nearest(kind, names), "or")}?` : `kinds: ${listing(names)}`;
  throw new NablaError("options/kind", `${place}: ${JSON.stringify(kind ?? null)} is no kind of ${family}`, hint);
}

function recordOf(data: Json, place: string): PlainOptions {
  if (typeof data === "object" && data !== null && !Array.isArray(data)) return data as PlainOptions;
  throw new NablaError("options/type", `${place}: expected a record with a kind, received ${JSON.stringify(data)}`);
}

function readFields<F extends Fields>(fields: F, options: PlainOptions, place: string): Values<F> {
  const names = Object.keys(fields);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(fields, name)) continue;
    const hint = names.length === 0 ? "it has no options" : `did you mean ${listing(nearest(name, names), "or")}?`;
    throw new NablaError("options/unknown", `${place} has no option "${name}"`, hint);
  }
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = options[name];
    if (value !== undefined) values[name] = field.read(value, `${place} › ${name}`);
    else if (field.required) throw new NablaError("options/missing", `${place} needs the option "${name}"`);
  }
  return values as Values<F>;
}

/** Options without those left open, as they are recorded. */
export function given(options: { readonly [name: string]: Json | undefined }): PlainOptions {
  return Object.fromEntries(Object.entries(options).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
