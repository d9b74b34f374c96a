/** What can be chosen is data: a `kind` and plain options, from which the same thing is made again. */
import type { Json } from "./json.ts";
import { isMade, mismatch } from "./value-type.ts";

/** Options as a record or a file holds them. */
export type PlainOptions = { readonly [name: string]: Json };

/** Something that can be recorded, sent to a worker, searched over and made again. */
export interface Described {
  readonly kind: string;
  readonly options: PlainOptions;
  /** The options as its kind's fields read them, defaults filled in; see `valuesOf` of a kind. */
  readonly values?: { readonly [name: string]: unknown };
}

/** A described thing as plain data: `{ kind: "dense", units: 64 }`. */
export function describe(thing: Described): PlainOptions {
  if (!isMade(thing))
    throw mismatch("what nabla's functions make", thing, { place: "describe", keys: [], families: {} });
  const { kind, options } = thing;
  return { kind, ...options };
}
