import { zeros } from "../array/ndarray.ts";
import { showShape } from "../array/shape.ts";
import { NablaError, withContext } from "../base/error.ts";
import { boolean, field, wholeNumber } from "../base/field.ts";
import { fork } from "../base/random.ts";
import { matmul } from "../graph/contraction.ts";
import { add } from "../graph/elementwise.ts";
import { reshape } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { initializerType, xavier } from "./initializer.ts";
import { layer, stateless } from "./layer.ts";

/** The options of layers with weights: how these are initialized, and whether a bias is added. */
export const weightFields = {
  init: field(initializerType, {
    optional: true,
    help: "how weights are initialized; left out, by what follows: He before a ReLU, else Xavier",
  }),
  bias: boolean({
    optional: true,
    help: "whether there is a bias; default: yes, unless batch norm follows, which would cancel it",
  }),
};

/** Every input joined to every unit: x·W + b, along the last axis, from [batch, …, inputs] to [batch, …, units]. */
export const dense = layer(
  "dense",
  { units: wholeNumber({ atLeast: 1, help: "the number of outputs" }), ...weightFields },
  ({ units, init, bias }) => ({
    role: { is: "weights", width: "units" },
    shapeOf: (shape) => {
      if (shape.length > 0) return shape.with(-1, units);
      const message = `dense(${units}) takes examples with features, received the shape ${showShape(shape)}`;
      throw new NablaError("nn/rank", message);
    },
    init: (shape, key, hints) => {
      const inputs = shape.at(-1) ?? 1;
      const fill = (init ?? hints.initializer ?? xavier()).fill;
      const weights = fill([inputs, units], { in: inputs, out: units }, fork(key, "weights"));
      const biased = bias ?? hints.bias ?? true;
      return { parameters: biased ? { weights, bias: zeros([units]) } : { weights }, buffers: {} };
    },
    apply: (x, scope) =>
      withContext(`dense(${units})`, () => {
        const product = matmul(rowsOf(x), scope.parameter("weights")); // [batch·…, units]
        const output = scope.has("bias") ? add(product, scope.parameter("bias")) : product;
        return stateless(x.shape.length > 2 ? reshape(output, { shape: x.shape.with(-1, units) }) : output);
      }),
  }),
  { help: "a fully connected layer", args: ["units"] },
);

/** All positions as rows of one matrix, [batch·…, inputs]: one large product is faster than a stack of small ones. */
function rowsOf(x: Tensor): Tensor {
  return x.shape.length > 2 ? reshape(x, { shape: [-1, x.shape.at(-1) ?? 1] }) : x;
}
