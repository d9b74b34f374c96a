/** What a model of Keras is written from. */
import type { NdArray } from "../../array/ndarray.ts";
import type { Shape } from "../../array/shape.ts";
import type { PlainOptions as Options } from "../../base/described.ts";
import { NablaError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";

/** How a model is spelled: Keras 3's way, or Keras 2's, which TensorFlow.js has. */
export type Dialect = "keras" | "tfjs";

/** A layer of the model that is written. */
export interface KerasNode {
  readonly className: string;
  readonly name: string;
  readonly path: string;
  readonly config: { readonly [name: string]: Json };
  readonly from: readonly string[];
  /** Its arrays by Keras's names, in Keras's order. */
  readonly arrays: readonly (readonly [name: string, array: NdArray])[];
  /** How it is called, where that is not on the list of all that it takes. */
  readonly call?: Made["call"];
  /** Of an operation of `keras.ops`: where it is from, and what it is called on. */
  readonly operation?: { readonly module: string; readonly args: Json; readonly kwargs: Json };
}

/** What is made of one layer of ours. */
export interface Made {
  readonly className: string;
  readonly config: { readonly [name: string]: Json };
  /** The arrays of the layer; none by default. */
  readonly arrays?: KerasNode["arrays"];
  /** What its output is multiplied by, number by number. */
  readonly times?: NdArray;
  /** Called on the same tensor so many times, argument by argument, and with these besides. Default: on it alone. */
  readonly call?: { readonly times: number; readonly kwargs: { readonly [name: string]: Json } };
}

/** The context that a layer's writer gets. */
export interface Writing {
  readonly options: Options;
  /** The shape that comes in, with the batch. */
  readonly shape: Shape;
  readonly kept: (name: string) => NdArray | undefined;
  readonly dialect: Dialect;
}

/** What Keras has nothing for. */
export function cannot(what: string, hint?: string): NablaError {
  return new NablaError(
    "keras/write",
    `Keras has nothing for ${what}`,
    hint ?? "export to ONNX, which takes every network",
  );
}
