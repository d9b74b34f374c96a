import { sameShape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { list } from "../base/field.ts";
import { add } from "../graph/elementwise.ts";
import { inOrder } from "./chain.ts";
import { layer, layerType } from "./layer.ts";

/** x + f(x), where f is a chain that preserves the shape: gradients pass the sum unchanged (He et al. 2016). */
export const residual = layer(
  "residual",
  { layers: list(layerType, { help: "the layers of f, in order" }) },
  (options) => {
    const { initHints: _, ...inner } = inOrder(options.layers);
    return {
      ...inner,
      shapeOf: (shape) => {
        const given = inner.shapeOf(shape);
        if (sameShape(given, shape)) return shape;
        const message = `residual adds ${showShape(given)} to ${showShape(shape)}: its layers must keep the shape`;
        throw new NablaError("nn/residual", message, "let its last layer have as many units as come in");
      },
      init: (shape, key) => inner.init(shape, key, {}),
      apply: (x, scope) => {
        const applied = inner.apply(x, scope);
        return { ...applied, output: add(x, applied.output) };
      },
    };
  },
  { help: "x + f(x), where f is a chain that keeps the shape", rest: "layers" },
);
