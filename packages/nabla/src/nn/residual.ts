import { sameShape, showShape } from "../array/shape.ts";
import { describe } from "../base/described.ts";
import { NablaError } from "../base/error.ts";
import { add } from "../graph/elementwise.ts";
import { chain } from "./chain.ts";
import type { Layer } from "./layer.ts";

/** x + f(x), where f is a chain that keeps the shape: gradients pass the sum unchanged (He et al. 2016). */
export function residual(...layers: readonly Layer[]): Layer {
  const inner = chain(...layers);
  return {
    kind: "residual",
    options: { layers: layers.map(describe) },
    ...(inner.minBatchSize === undefined ? {} : { minBatchSize: inner.minBatchSize }),
    init: (shape, key) => {
      const variables = inner.init(shape, key, {});
      if (sameShape(variables.shape, shape)) return variables;
      const message = `residual adds ${showShape(variables.shape)} to ${showShape(shape)}: its layers must keep the shape`;
      throw new NablaError("nn/residual", message, "let its last layer have as many units as come in");
    },
    apply: (x, scope) => {
      const applied = inner.apply(x, scope);
      return { ...applied, output: add(x, applied.output) };
    },
  };
}
