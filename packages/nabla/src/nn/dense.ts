import { zeros } from "../array/ndarray.ts";
import { showShape } from "../array/shape.ts";
import { describe, given } from "../base/described.ts";
import { NablaError, withContext } from "../base/error.ts";
import { inRange } from "../base/fields.ts";
import { fork } from "../base/random.ts";
import { matmul } from "../graph/contraction.ts";
import { add } from "../graph/elementwise.ts";
import { type Initializer, xavier } from "./initializer.ts";
import { type Layer, stateless } from "./layer.ts";

export interface DenseOptions {
  /** How the weights begin. Default: what the layers behind ask for, He before a rectifier, else Xavier. */
  readonly init?: Initializer;
  /** Whether a bias is learned. Default: yes, unless batch norm follows and would undo it. */
  readonly bias?: boolean;
}

/** Every input joined to every unit: x·W + b, from [batch, inputs] to [batch, units]. */
export function dense(units: number, { init, bias }: DenseOptions = {}): Layer {
  inRange("units", units, { atLeast: 1, whole: true });
  return {
    kind: "dense",
    options: given({ units, init: init && describe(init), bias }),
    init: (shape, key, hints) => {
      const [inputs] = shape;
      if (shape.length !== 1 || inputs === undefined) {
        throw new NablaError(
          "nn/rank",
          `dense(${units}) takes examples of one dimension, received the shape ${showShape(shape)}`,
          "put flatten() before it",
        );
      }
      const fill = (init ?? hints.initializer ?? xavier()).fill;
      const weights = fill([inputs, units], { in: inputs, out: units }, fork(key, "weights"));
      const wanted = bias ?? hints.bias ?? true;
      return { parameters: wanted ? { weights, bias: zeros([units]) } : { weights }, buffers: {}, shape: [units] };
    },
    apply: (x, scope) =>
      withContext(`dense(${units})`, () => {
        const product = matmul(x, scope.parameter("weights")); // [batch, units]
        return stateless(scope.has("bias") ? add(product, scope.parameter("bias")) : product);
      }),
  };
}
