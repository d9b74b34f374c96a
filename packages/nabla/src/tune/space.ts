/** A space of hyperparameters: domains by name, with branches that open only under a choice. */
import { choice, type Domain } from "../base/domain.ts";
import { NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { listing } from "../base/text.ts";

/** One of several subspaces: its value is `{ kind: name, …values of that subspace }`. */
export interface Branch<S extends Spaces = Spaces> {
  readonly kind: "branch";
  readonly spaces: S;
}

/** A list whose length is searched too: its value is a list with one value of the domain for each place. */
export interface Repeat<out T extends Json = Json> {
  readonly kind: "repeat";
  readonly count: Domain<number>;
  readonly of: Domain<T>;
}

type Spaces = { readonly [name: string]: Space };
/** What a name of a space refers to. */
export type SpaceEntry = Domain | Branch | Repeat;

/** Hyperparameters by name. */
export type Space = { readonly [name: string]: SpaceEntry };

/** The values that a space gives. */
export type ValuesOf<S extends Space> = { readonly [K in keyof S]: EntryValue<S[K]> };

/** The value that an entry gives: of a branch a union discriminated by `kind`. */
export type EntryValue<E extends SpaceEntry> =
  E extends Domain<infer T>
    ? T
    : E extends Repeat<infer T>
      ? readonly T[]
      : E extends Branch<infer S>
        ? { [K in keyof S & string]: { readonly kind: K } & ValuesOf<S[K]> }[keyof S & string]
        : never;

/** One of several subspaces, as the optimizers with the settings of each. Throws `tune/choice` without subspaces. */
export function branch<const S extends Spaces>(spaces: S): Branch<S> {
  if (Object.keys(spaces).length === 0) throw new NablaError("tune/choice", "a branch needs at least one subspace");
  return Object.freeze({ kind: "branch", spaces: Object.freeze(spaces) });
}

/** A list of `count` values, as the units of each hidden layer. Throws `tune/range` where the count is endless or below 0. */
export function repeat<T extends Json>(count: Domain<number>, of: Domain<T>): Repeat<T> {
  const counts = Number.isFinite(count.cells) ? countsOf(count) : [];
  if (counts.length > 0 && counts.every((n) => Number.isInteger(n) && n >= 0))
    return Object.freeze({ kind: "repeat", count, of });
  const received = `${count.kind} ${JSON.stringify(count.options)}`;
  throw new NablaError("tune/range", `repeat needs a count of whole numbers from 0, received ${received}`);
}

/** One number that a sampler chooses. */
export interface Axis {
  /** Names joined by dots: "rate", "optimizer", "optimizer.adam.beta1"; places of a list from 1: "hidden", "hidden.1". */
  readonly path: string;
  readonly domain: Domain;
  /** When the axis counts: the axis at `path`, which comes before this one, has one of these values. */
  readonly when?: { readonly path: string; readonly among: readonly Json[] };
}

/** A point of a space: units from 0 to 1 by path, of the active axes alone. */
export type Units = { readonly [path: string]: number };

/** The axes of a space, each after the one that it depends on. Throws `tune/name` for a name that paths cannot hold. */
export function axesOf(space: Space): readonly Axis[] {
  return Object.entries(space).flatMap(([name, entry]) => axesOfEntry(named(name, space), entry));
}

function axesOfEntry(path: string, entry: SpaceEntry, when?: Axis["when"]): readonly Axis[] {
  const axis = (at: string, domain: Domain, depends = when): Axis =>
    depends === undefined ? { path: at, domain } : { path: at, domain, when: depends };
  if (isBranch(entry)) {
    const names = Object.keys(entry.spaces);
    const inner = Object.entries(entry.spaces).flatMap(([kind, space]) =>
      Object.entries(space).flatMap(([name, child]) => {
        if (name === "kind")
          throw new NablaError("tune/name", `${path}.${kind}: "kind" already says which branch it is`);
        return axesOfEntry(`${path}.${named(kind, entry.spaces)}.${named(name, space)}`, child, {
          path,
          among: [kind],
        });
      }),
    );
    return [axis(path, choice(...names)), ...inner];
  }
  if (!isRepeat(entry)) return [axis(path, entry)];
  const counts = countsOf(entry.count);
  const places = Array.from({ length: Math.max(...counts) }, (_, i) => {
    const among = counts.filter((count) => count > i);
    return axis(`${path}.${i + 1}`, entry.of, { path, among });
  });
  return [axis(path, entry.count), ...places];
}

function named(name: string, among: object): string {
  if (/^[a-z][\w-]*$/i.test(name)) return name;
  const names = listing(Object.keys(among).map((each) => JSON.stringify(each)));
  throw new NablaError("tune/name", `a name begins with a letter and has no dots or spaces, received ${names}`);
}

function countsOf(count: Domain<number>): readonly number[] {
  return Array.from({ length: count.cells }, (_, place) => count.nth(place));
}

/** Whether an entry is one of several subspaces. */
export function isBranch(entry: SpaceEntry): entry is Branch {
  return entry.kind === "branch" && "spaces" in entry;
}

/** Whether an entry is a list. */
export function isRepeat(entry: SpaceEntry): entry is Repeat {
  return entry.kind === "repeat" && "of" in entry;
}
