import { elementsOf, type Size, showShape } from "../array/shape.ts";
import { known, NablaError } from "../base/error.ts";
import { list, wholeNumber } from "../base/field.ts";
import { numberType } from "../base/value-type.ts";
import { concat, reshape, slice } from "../graph/movement.ts";
import { inOrder } from "./chain.ts";
import { layer, layerType } from "./layer.ts";

/**
 * Some features go through layers of their own: `length` of them from `from` on, and what the layers give for them stands
 * after the others; with a `shape` the layers take them in that form, as [steps, 1]. From [batch, features] to [batch, features - length + units], as for a text whose words are features.
 * Throws `nn/shape` where examples have no such features, or the layers give no vector.
 */
export const featureBranch = layer(
  "featureBranch",
  {
    from: wholeNumber({ atLeast: 0, default: 0, source: "the first feature", help: "the first feature that is taken" }),
    length: wholeNumber({ atLeast: 1, help: "how many features are taken" }),
    shape: list(numberType({ atLeast: 1, whole: true }), {
      optional: true,
      least: 1,
      help: "the form in which the layers take them, as 28,1 for 28 steps of one number; a list by default",
    }),
    layers: list(layerType, { help: "the layers that they go through, in order" }),
  },
  ({ from, length, shape: form = [length], layers }) => {
    const { initHints: _, ...inner } = inOrder(layers);
    const to = from + length;
    if (elementsOf(form) !== length) throw wrongForm(form, length);
    return {
      ...inner,
      ...(layers[0]?.role?.is === "lookup" ? { role: { is: "lookup" } as const } : {}),
      shapeOf: (shape) => {
        checkFeatures(shape, to);
        const given = inner.shapeOf(form);
        const [units, ...more] = given;
        if (units !== undefined && more.length === 0) return [(shape[0] ?? 0) - length + units];
        const message = `the layers of a branch give one vector for an example, and these give the shape ${showShape(given)}`;
        throw new NablaError("nn/shape", message, "end them with globalAveragePool, flatten or recurrent");
      },
      init: (_shape, key) => inner.init(form, key, {}),
      apply: (x, scope) => {
        const width = Number(x.shape[1]);
        const taken = slice(x, { axis: 1, from, to });
        const given = form.length === 1 ? taken : reshape(taken, { shape: [known(x.shape[0], "the batch"), ...form] });
        const applied = inner.apply(given, scope);
        const others = [
          ...(from > 0 ? [slice(x, { axis: 1, from: 0, to: from })] : []),
          ...(to < width ? [slice(x, { axis: 1, from: to, to: width })] : []),
        ];
        return { ...applied, output: concat([...others, applied.output], { axis: 1 }) };
      },
    };
  },
  { help: "some features through layers of their own, beside the others" },
);

function wrongForm(form: readonly number[], length: number): NablaError {
  const message = `featureBranch takes ${length} features, and its shape ${showShape(form)} holds ${elementsOf(form)}`;
  return new NablaError("nn/shape", message, "give a shape of as many numbers as length");
}

function checkFeatures(shape: Size, to: number): void {
  if (shape.length === 1 && to <= (shape[0] ?? 0)) return;
  const message = `featureBranch takes features up to ${to - 1} of examples [features], received the shape ${showShape(shape)}`;
  throw new NablaError("nn/shape", message, "give from and length as the features lie in the examples");
}
