import type { Shape } from "../array/shape.ts";
import { uniform } from "../base/domain.ts";
import { number, wholeNumber } from "../base/field.ts";
import { add } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/tensor.ts";
import { gelu } from "./activations.ts";
import { attend, attention, attentionFields } from "./attention.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { type Layer, layer, type Scope, stateless } from "./layer.ts";
import { layerNorm } from "./layer-norm.ts";
import { initParts } from "./parts.ts";
import { checkSequence, onlyCounted, positionsThatCount } from "./positions.ts";

/**
 * One block of a transformer, normalized before each half (Xiong et al. 2020): y = x + attention(norm(x)), then y + f(norm(y))
 * with f of two dense layers and a GELU between them at each position. [batch, time, features] to the same shape. With
 * `keep` below 1 units of both halves are dropped in training before they are added.
 */
export const transformerBlock = layer(
  "transformerBlock",
  {
    ...attentionFields,
    units: wholeNumber({
      atLeast: 1,
      optional: true,
      help: "the units between the two dense layers; default: four times the features (Vaswani et al. 2017)",
    }),
    keep: number({
      above: 0,
      atMost: 1,
      default: 1,
      source: "no dropout",
      search: uniform(0.7, 1),
      help: "the probability of keeping a unit of each half in training",
    }),
  },
  (options) => ({
    shapeOf: (shape) => {
      checkSequence("transformerBlock", shape);
      return attention(attentionOf(options)).shapeOf(shape);
    },
    init: (shape, key) => {
      const { dense1, dense2, ...even } = transformerParts(options, shape);
      const inner = dense1.shapeOf(shape);
      const shaped = Object.entries(even).map(([name, part]) => [name, part, shape] as const);
      return initParts([...shaped, ["dense1", dense1, shape], ["dense2", dense2, inner]], key);
    },
    apply: (x, scope) => {
      const parts = transformerParts(options, x.shape);
      const run = (name: keyof typeof parts, given: Tensor) => applied(parts[name], given, scope.within(name));
      const drop = (name: string, given: Tensor) =>
        options.keep < 1 ? applied(dropout({ keep: options.keep }), given, scope.within(name)) : given;
      const counts = options.mask ? positionsThatCount(x) : undefined;
      const seen = attend(run("layerNorm1", x), scope.within("attention1"), { ...options, counts });
      const mixed = add(x, drop("dropout1", seen));
      const bent = applied(gelu(), run("dense1", run("layerNorm2", mixed)), scope.within("gelu1"));
      const output = add(mixed, drop("dropout2", run("dense2", bent)));
      return stateless(counts === undefined ? output : onlyCounted(output, counts));
    },
  }),
  { help: "attention and two dense layers, each added to what it is given" },
);

interface BlockOptions {
  readonly heads: number;
  readonly causal: boolean;
  readonly mask: boolean;
  readonly units?: number | undefined;
}

function attentionOf({ heads, causal, mask }: BlockOptions) {
  return { heads, causal, mask };
}

/** The layers of a block by their names, for inputs of a shape. */
export function transformerParts(options: BlockOptions, shape: Shape) {
  const features = Number(shape.at(-1));
  return {
    layerNorm1: layerNorm(),
    attention1: attention(attentionOf(options)),
    layerNorm2: layerNorm(),
    dense1: dense(options.units ?? 4 * features),
    dense2: dense(features),
  };
}

function applied(part: Layer, x: Tensor, scope: Scope): Tensor {
  return part.apply(x, scope).output;
}
