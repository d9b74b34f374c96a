import type { NdArray } from "../array/ndarray.ts";
import type { Size } from "../array/shape.ts";
import { fork, type Key } from "../base/random.ts";
import type { Tree } from "../base/tree.ts";
import type { Layer, Variables } from "./layer.ts";

/** The parameters of layers inside another, each by its name for the examples that it is given. */
export function initParts(parts: readonly (readonly [name: string, part: Layer, shape: Size])[], key: Key): Variables {
  const parameters: Record<string, Tree<NdArray>> = {};
  for (const [name, part, shape] of parts) parameters[name] = part.init(shape, fork(key, name), {}).parameters;
  return { parameters, buffers: {} };
}
