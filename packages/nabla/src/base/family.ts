/**
 * Families of things that can be chosen: layers, optimizers, schedules and the like. Each kind is declared once, as a
 * function that users call and that also knows its own fields; from them come data, readers and schemas.
 */
import type { Described, PlainOptions } from "./described.ts";
import { invariant, known } from "./error.ts";
import {
  type Fields,
  type OptionsOf,
  readFields,
  schemaOfFields,
  type ValueOf,
  type Values,
  writeFields,
} from "./field.ts";
import type { Json } from "./json.ts";
import { listing, nearest } from "./text.ts";
import { type Families, isRecord, type JsonSchema, mismatch, type Reading, readingError } from "./value-type.ts";

/** One kind of a family: its name, its options, and how one is made. */
export interface Kind<out Made = Described, F extends Fields = Fields> {
  readonly kind: string;
  /** One line for help and tables. */
  readonly help: string;
  readonly fields: F;
  /** The options that descriptions show without their names. */
  readonly bare: readonly string[];
  /** What other tools call it; a reader that meets such a name says this one. */
  readonly elsewhere: readonly string[];
  /** Makes one from options that are checked here. Throws the errors of `readFields`. */
  make(options: unknown, reading: Reading): Made;
  /** Whether a thing is of this kind. */
  is(thing: Described): boolean;
  /** The options of a thing of this kind, defaults filled in. */
  valuesOf(made: Described): Values<F>;
}

/**
 * How a kind is called: by options alone, with some options first as arguments of their own, or with the items of one.
 */
export interface Calls {
  /** Options that come first, as arguments of their own; without it, options alone. */
  readonly args?: readonly string[];
  /** The option that takes all arguments; without it, options alone. */
  readonly rest?: string;
}

/** Properties of a kind besides its fields. */
export interface About extends Calls {
  /** One line for help and tables. */
  readonly help: string;
  /** Options that descriptions show without their names, where these are not the arguments of a call. */
  readonly bare?: readonly string[];
  /** What other tools call it; a reader that meets such a name says this one. */
  readonly elsewhere?: readonly string[];
}

type AllOptional<T> = Record<never, never> extends T ? true : false;

type Callable<Made, F extends Fields, C extends Partial<About>> = C extends { readonly rest: infer R extends keyof F }
  ? (...items: ValueOf<F[R]> extends readonly (infer Item)[] ? readonly Item[] : never) => Made
  : C extends { readonly args: infer A extends readonly (keyof F)[] }
    ? AllOptional<Omit<OptionsOf<F>, A[number]>> extends true
      ? (...given: [...Arguments<F, A>, options?: Omit<OptionsOf<F>, A[number]>]) => Made
      : (...given: [...Arguments<F, A>, options: Omit<OptionsOf<F>, A[number]>]) => Made
    : AllOptional<OptionsOf<F>> extends true
      ? (options?: OptionsOf<F>) => Made
      : (options: OptionsOf<F>) => Made;

type Arguments<F extends Fields, A extends readonly (keyof F)[]> = {
  readonly [I in keyof A]: ValueOf<F[A[I] & keyof F]>;
};

/** A kind that is called to make one: `dropout({ keep: 0.8 })`. */
export type KindFunction<Made, F extends Fields, C extends Partial<About> = Calls> = Kind<Made, F> &
  Callable<Made, F, C>;

/** What a family adds to what `build` gives. */
export interface Identity<F extends Fields = Fields> {
  readonly kind: string;
  /** Complete plain data: every default filled in. */
  readonly options: PlainOptions;
  readonly fields: F;
  readonly values: { readonly [name: string]: unknown };
}

const DECLARATION: Reading = { place: "the declaration of a kind", keys: [], families: {} };

/**
 * A family's maker of kinds. `finish` makes what a kind's `build` gives into a thing of the family, as by adding the
 * settings that its fields declare.
 *
 *     const layer = family<Layer, LayerBody>((body, { kind, options }) => ({ ...body, kind, options }));
 *     const dropout = layer("dropout", { keep: number({ … }) }, ({ keep }) => ({ … }), { help: "…" });
 */
export function family<Made extends Described, Body>(finish: (body: Body, identity: Identity) => Made) {
  return <const F extends Fields, const C extends About>(
    kind: string,
    fields: F,
    build: (values: Values<F>) => Body,
    about: C,
  ): KindFunction<Made, F, C> => {
    if (typeof kind !== "string" || !isRecord(fields) || typeof build !== "function" || !isRecord(about))
      throw mismatch('("name", fields, (values) => …, { help })', [kind, fields, build, about], DECLARATION);
    const make = (options: unknown, reading: Reading): Made => {
      const values = readFields(fields, options, reading);
      return { ...finish(build(values), { kind, options: writeFields(fields, values), fields, values }), values };
    };
    const is = (thing: Described): boolean => thing.kind === kind && thing.values !== undefined;
    const valuesOf = (thing: Described): Values<F> => {
      invariant(is(thing), `this is no ${kind} that nabla made`);
      return thing.values as Values<F>;
    };
    const { args = [], rest, help, bare = rest === undefined ? args : [rest], elsewhere = [] } = about;
    const call = (...given: readonly unknown[]): Made => {
      const reading: Reading = { place: kind, keys: [], families: {} };
      if (rest !== undefined) return make({ [rest]: given }, reading);
      const [options = {}, ...more] = given.slice(args.length);
      if (!isRecord(options) || more.length > 0)
        throw mismatch("options by name", more.length > 0 ? given : options, reading);
      return make({ ...options, ...Object.fromEntries(args.map((name, i) => [name, given[i]])) }, reading);
    };
    Object.defineProperty(call, "name", { value: kind });
    const described: Kind<Made, F> = { kind, help, fields, bare, elsewhere, make, is, valuesOf };
    return Object.assign(call, described) as unknown as KindFunction<Made, F, C>;
  };
}

/** The kinds of a family by name. */
export type Kinds<Made> = { readonly [kind: string]: Kind<Made> };

/**
 * Makes what data describes, `{ kind: "dense", units: 64 }`; a bare name is a kind without options. Throws
 * `options/kind` with the nearest kinds, and the errors of `readFields`.
 */
export function makeKind<Made>(name: string, kinds: Kinds<Made>, data: Json, reading: Reading): Made {
  const { kind, ...options } = typeof data === "string" ? { kind: data } : isRecord(data) ? data : {};
  if (!isRecord(data) && typeof data !== "string") {
    const message = `${reading.place}: expected a kind of ${name} or a record with a kind, received ${JSON.stringify(data)}`;
    throw readingError("options/type", message, reading);
  }
  const names = Object.keys(kinds);
  const found = typeof kind === "string" && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (found !== undefined) return found.make(options, { ...reading, place: `${reading.place} ${found.kind}` });
  const hint =
    typeof kind === "string" ? `did you mean ${listing(meantKinds(kind, kinds), "or")}?` : `kinds: ${listing(names)}`;
  const message = `${reading.place}: ${JSON.stringify(kind ?? null)} is no kind of ${name}`;
  throw readingError("options/kind", message, reading, hint);
}

/** The kinds that a name may mean: that which other tools call so or write otherwise, else the nearest. */
function meantKinds(name: string, kinds: Kinds<unknown>): readonly string[] {
  const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_ ]/g, "");
  const meant = Object.values(kinds).filter(({ kind, elsewhere }) =>
    [kind, ...elsewhere].some((one) => plain(one) === plain(name)),
  );
  return meant.length === 0 ? nearest(name, Object.keys(kinds)) : meant.map(({ kind }) => kind);
}

/** Whether data describes a thing of this kind. */
export function isOf({ kind }: Pick<Kind<unknown>, "kind">, data: Json): boolean {
  return (isRecord(data) ? data.kind : data) === kind;
}

/** How things of some families are made from data, for fields that hold them. */
export function kindReaders(tables: { readonly [family: string]: Kinds<unknown> }): Families {
  return Object.fromEntries(
    Object.entries(tables).map(([family, kinds]) => [
      family,
      (data, reading) => makeKind(family, kinds, data, reading),
    ]),
  );
}

/**
 * How things of the family `name` are made from data: `layerFrom({ kind: "dense", units: 64 })`. `tables` holds the
 * kinds of that family and of all that its options may hold.
 */
export function readerOf<Made>(
  name: string,
  tables: { readonly [family: string]: Kinds<unknown> },
): (data: Json, place?: string) => Made {
  const families = kindReaders(tables);
  const kinds = known(tables[name] as Kinds<Made> | undefined, name);
  return (data, place = name) => makeKind(name, kinds, data, { place, keys: [], families });
}

/** JSON Schema of a family: a word for each kind that needs no options, a record for every kind. */
export function schemaOfKinds(kinds: Kinds<unknown>): JsonSchema {
  const all = Object.values(kinds);
  const alone = all.filter(({ fields }) => Object.values(fields).every(({ presence }) => presence !== "required"));
  return {
    anyOf: [
      { enum: alone.map(({ kind }) => kind) },
      ...all.map(({ kind, help, fields }) => ({
        ...schemaOfFields(fields, { kind: { const: kind } }),
        description: help,
      })),
    ],
  };
}
