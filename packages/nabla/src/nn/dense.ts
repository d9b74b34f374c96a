import { zeros } from "../array/ndarray.ts";
import { showShape } from "../array/shape.ts";
import { describe, given } from "../base/described.ts";
import { NablaError, withContext } from "../base/error.ts";
import { inRange } from "../base/fields.ts";
import { fork } from "../base/random.ts";
import { matmul } from "../graph/contraction.ts";
import { add } from "../graph/elementwise.ts";
import { reshape } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type Initializer, xavier } from "./initializer.ts";
import { type Layer, stateless } from "./layer.ts";

export interface DenseOptions {
  /** How the weights begin. Default: what the layers behind ask for, He before a rectifier, else Xavier. */
  readonly init?: Initializer;
  /** Whether a bias is learned. Default: yes, unless batch norm follows and would undo it. */
  readonly bias?: boolean;
}

/** Every input joined to every unit: x·W + b along the last axis, from [batch, …, inputs] to [batch, …, units]. */
export function dense(units: number, { init, bias }: DenseOptions = {}): Layer {
  inRange("units", units, { atLeast: 1, whole: true });
  return {
    kind: "dense",
    options: given({ units, init: init && describe(init), bias }),
    init: (shape, key, hints) => {
      const inputs = shape.at(-1);
      if (inputs === undefined) {
        throw new NablaError(
          "nn/rank",
          `dense(${units}) takes examples with features, received the shape ${showShape(shape)}`,
        );
      }
      const fill = (init ?? hints.initializer ?? xavier()).fill;
      const weights = fill([inputs, units], { in: inputs, out: units }, fork(key, "weights"));
      const wanted = bias ?? hints.bias ?? true;
      return {
        parameters: wanted ? { weights, bias: zeros([units]) } : { weights },
        buffers: {},
        shape: shape.with(-1, units),
      };
    },
    apply: (x, scope) =>
      withContext(`dense(${units})`, () => {
        const product = matmul(rowsOf(x), scope.parameter("weights")); // [batch·…, units]
        const output = scope.has("bias") ? add(product, scope.parameter("bias")) : product;
        return stateless(x.shape.length > 2 ? reshape(output, { shape: x.shape.with(-1, units) }) : output);
      }),
  };
}

/** All positions as rows of one matrix, [batch·…, inputs]: one large product is faster than a stack of small ones. */
function rowsOf(x: Tensor): Tensor {
  return x.shape.length > 2 ? reshape(x, { shape: [-1, x.shape.at(-1) ?? 1] }) : x;
}
