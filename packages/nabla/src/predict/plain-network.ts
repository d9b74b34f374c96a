/** A saved network computed example by example, without an engine. */
import type { NdArray } from "../array/ndarray.ts";
import { elementsOf, type Size, sameShape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { listing } from "../base/text.ts";
import { plainAnswers } from "./plain-answers.ts";
import { damagedNetwork, kindOf, type PlainLayer } from "./plain-layer.ts";
import { plainLayers } from "./plain-layers.ts";

/** A network that answers one example after the other. */
export interface PlainNetwork {
  /** The shape of one answer. */
  readonly shape: Size;
  /** The answers [rows, …shape] to inputs [rows, …], in float64. */
  readonly answer: (inputs: NdArray) => NdArray;
}

/** The layers of a network, its loss and the shape of one example, as a saved model describes them. */
export interface SavedNetwork {
  readonly layers: Json;
  readonly loss: Json;
  readonly size: Size;
}

/**
 * Makes a network of its description and weights by path. Throws `predict/layer` for a kind of layer that is not among
 * `plainLayers`, `predict/loss`, and `model/damaged` where weights do not fit.
 */
export function plainNetwork(
  { layers, loss, size }: SavedNetwork,
  weights: ReadonlyMap<string, NdArray>,
): PlainNetwork {
  const { shape, run } = layerAt("", layers, { size, weights });
  const { answer } = plainAnswers(loss);
  const [from, to] = [elementsOf(size), elementsOf(shape)];
  return {
    shape,
    answer: ({ data, shape: [rows = 0] }) => {
      const all = new Float64Array(rows * to);
      const x = new Float64Array(from);
      for (let row = 0; row < rows; row++) {
        x.set(data.subarray(row * from, (row + 1) * from));
        const own = all.subarray(row * to, (row + 1) * to);
        own.set(run(x));
        answer(own);
      }
      return { dtype: "float64", shape: [rows, ...shape], data: all };
    },
  };
}

interface Surroundings {
  readonly size: Size;
  readonly weights: ReadonlyMap<string, NdArray>;
}

function layerAt(path: string, data: Json, { size, weights }: Surroundings): PlainLayer {
  const { kind, options } = kindOf(data, path);
  const make = Object.hasOwn(plainLayers, kind) ? plainLayers[kind] : undefined;
  if (make === undefined) {
    const message = `nabla/predict computes ${listing(Object.keys(plainLayers), "and")}, and ${path === "" ? "the network" : path} is of the kind ${JSON.stringify(kind)}`;
    throw new NablaError(
      "predict/layer",
      message,
      "open it with readModelFile of nabla/exchange and rowModel of nabla/answers",
    );
  }
  const pathOf = (name: string): string => (path === "" ? name : `${path}.${name}`);
  return make({
    ...{ size, options, path },
    number: (name, otherwise) => {
      const value = options[name] ?? otherwise;
      if (typeof value === "number") return value;
      throw damagedNetwork(path, `has no number ${name}`);
    },
    has: (name) => weights.has(pathOf(name)),
    array: (name, shape) => {
      const found = weights.get(pathOf(name));
      if (found !== undefined && sameShape(found.shape, shape)) return found.data;
      const received = found === undefined ? "nothing" : showShape(found.shape);
      throw new NablaError("model/damaged", `${pathOf(name)} must be of shape ${showShape(shape)}, found ${received}`);
    },
    inside: (name, layer, inner) => layerAt(pathOf(name), layer, { size: inner, weights }),
  });
}
