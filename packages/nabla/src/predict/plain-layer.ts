/** A layer of a saved model as plain loops over the numbers of one example. */
import type { NdArray } from "../array/ndarray.ts";
import type { Size } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { numbered } from "../base/parameter-path.ts";
import { isRecord } from "../base/value-type.ts";

/** What a layer computes of one example. */
export interface PlainLayer {
  /** The shape of what it gives. */
  readonly shape: Size;
  /** Numbers of one example to those that it gives, in float64. The result is overwritten by the next call. */
  readonly run: (x: Float64Array) => Float64Array;
}

/** A layer of a saved model, where it stands and what it learned. */
export interface SavedLayer {
  /** The shape of one example that it gets. */
  readonly size: Size;
  /** Its options as data. */
  readonly options: { readonly [name: string]: Json };
  /** Where it is, as `dense2`. */
  readonly path: string;
  /** An option that is a number. Throws `model/damaged` where it is none. */
  number(name: string, otherwise?: number): number;
  /** Whether it learned something of this name. */
  has(name: string): boolean;
  /** What it learned under a name. Throws `model/damaged` where that is missing or of another shape. */
  array(name: string, shape: Size): NdArray["data"];
  /** A layer within. */
  inside(name: string, layer: Json, size: Size): PlainLayer;
}

/** How a kind of layer becomes plain loops. */
export type PlainMaker = (saved: SavedLayer) => PlainLayer;

/** Reads a kind and its options: `"relu"`, `{ kind: "dense", units: 64 }`. Throws `model/damaged`. */
export function kindOf(data: Json, path: string): { readonly kind: string; readonly options: SavedLayer["options"] } {
  const { kind, ...options } = typeof data === "string" ? { kind: data } : isRecord(data) ? data : {};
  if (typeof kind !== "string") throw damagedNetwork(path, "has no kind");
  return { kind, options: options as SavedLayer["options"] };
}

/** The layers of an option in order, one after the other; each is named for its kind and place among its kind. */
export function inSequence({ size, path, inside }: SavedLayer, layers: Json | undefined): PlainLayer {
  if (!Array.isArray(layers)) throw damagedNetwork(path, "has no layers");
  const names = numbered(layers.map((layer) => kindOf(layer, path).kind));
  const made: PlainLayer[] = [];
  let here = size;
  for (const [i, layer] of layers.entries()) {
    const next = inside(names[i] ?? "", layer, here);
    made.push(next);
    here = next.shape;
  }
  const runs = made.map(({ run }) => run);
  return {
    shape: here,
    run: (x) => {
      let numbers = x;
      for (let i = 0; i < runs.length; i++) numbers = (runs[i] as PlainLayer["run"])(numbers);
      return numbers;
    },
  };
}

/** The error of a model whose description and weights do not belong together. */
export function damagedNetwork(path: string, what: string): NablaError {
  return new NablaError(
    "model/damaged",
    `${path === "" ? "the network" : path} ${what}`,
    "save the model again, or take a copy",
  );
}
