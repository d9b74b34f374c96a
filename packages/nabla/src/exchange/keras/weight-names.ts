/** Arrays that are stored under names such as "base/dense_1/kernel:0": which of them a layer has. */
import type { NdArray } from "../../array/ndarray.ts";
import { NablaError } from "../../base/error.ts";
import { quoted } from "../quoted.ts";

/** The arrays of a layer, in the order in which they are stored. Throws `keras/weights` where two layers may own them. */
export type FindArrays = (layer: OwnerPlace) => readonly NdArray[];

/** Arrays by the layers that own them. */
export interface StoredArrays {
  readonly find: FindArrays;
  /** The owners that no layer was found to be. */
  readonly unclaimed: () => readonly string[];
}

/** A layer by its name and those of the models around it, and the names of all models within the model. */
export interface OwnerPlace {
  readonly name: string;
  readonly within: readonly string[];
  readonly models: ReadonlySet<string>;
}

/**
 * Names may be those of the layer alone, of all models around it, or of some. Where several fit, the one that names the
 * models around the layer is taken; where that decides nothing, nothing is guessed.
 */
export function arraysByName(stored: Iterable<readonly [name: string, array: NdArray]>): StoredArrays {
  const owners = new Map<string, NdArray[]>();
  for (const [name, array] of stored) {
    const owner = name.slice(0, Math.max(0, name.lastIndexOf("/")));
    const own = owners.get(owner);
    if (own === undefined) owners.set(owner, [array]);
    else own.push(array);
  }
  const claimed = new Set<string>();
  const find: FindArrays = ({ name, within, models }) => {
    const full = [...within, name].join("/");
    const fitting = [...owners.keys()].filter((owner) => owner === name || owner.endsWith(`/${name}`));
    const [first, second] = closest(fitting, { full, name, models });
    if (first === undefined) return [];
    if (second === undefined) {
      claimed.add(first);
      return owners.get(first) ?? [];
    }
    throw new NablaError(
      "keras/weights",
      `the arrays of ${quoted(first)} and of ${quoted(second)} may both be meant: the file does not say which are whose`,
      "give the layers of nested models different names in Keras, and save again",
    );
  };
  return { find, unclaimed: () => [...owners.keys()].filter((owner) => !claimed.has(owner)) };
}

interface Sought {
  readonly full: string;
  readonly name: string;
  readonly models: ReadonlySet<string>;
}

/** The owners that agree with most of the models around a layer: the whole path, its longest end, the name alone. */
function closest(owners: readonly string[], { full, name, models }: Sought): readonly string[] {
  if (owners.length < 2) return owners;
  const parts = full.split("/");
  const ends = parts.map((_, i) => parts.slice(i).join("/"));
  const exact = ends.find((end) => end.length > name.length && owners.includes(end));
  if (exact !== undefined) return [exact];
  const whole = owners.filter((owner) => owner.endsWith(`/${full}`) && full !== name);
  if (whole.length > 0) return whole;
  if (owners.includes(name)) return [name];
  // what names a model within the model is that model's own
  return owners.filter(
    (owner) =>
      !models.has(
        owner
          .slice(0, -name.length - 1)
          .split("/")
          .at(-1) ?? "",
      ),
  );
}
