import { type Dim, type Shape, type Size, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { boolean, wholeNumber } from "../base/field.ts";
import { matmul } from "../graph/contraction.ts";
import { lessEqual, multiply, select } from "../graph/elementwise.ts";
import { reshape, slice, transpose } from "../graph/movement.ts";
import { iota } from "../graph/selection.ts";
import type { Tensor } from "../graph/tensor.ts";
import { dense } from "./dense.ts";
import { softmaxOf } from "./functions.ts";
import { layer, type Scope, stateless } from "./layer.ts";
import { initParts } from "./parts.ts";
import { checkSequence, maskField, onlyCounted, positionsThatCount } from "./positions.ts";

/** The options of what attends. */
export const attentionFields = {
  heads: wholeNumber({ atLeast: 1, help: "how many heads share the features" }),
  causal: boolean({
    default: false,
    source: "every position sees all",
    help: "each position sees itself and those before it alone",
  }),
  mask: maskField,
};

/** A score that no softmax gives a share to; finite, so that a sequence without any position gives no NaN. */
const NEVER = -1e30;

/** Queries, keys and values. */
const PARTS = 3;

/**
 * Multi-head self-attention (Vaswani et al. 2017): each position becomes the mean of what all positions hold, weighted by a
 * softmax of how well its query fits their keys, in `heads` groups of features. [batch, time, features] to the same shape.
 * `projection` makes queries, keys and values, in this order, `output` joins the heads again, as in PyTorch's
 * MultiheadAttention. Throws `nn/shape` where the heads do not divide the features.
 */
export const attention = layer(
  "attention",
  attentionFields,
  ({ heads, causal, mask }) => ({
    shapeOf: (shape) => {
      checkSequence("attention", shape);
      headSize(heads, shape);
      return shape;
    },
    init: (shape, key) => {
      const { projection, output } = parts(shape);
      return initParts(
        [
          ["projection", projection, shape],
          ["output", output, shape],
        ],
        key,
      );
    },
    apply: (x, scope) => {
      const counts = mask ? positionsThatCount(x) : undefined;
      const joined = attend(x, scope, { heads, causal, counts });
      return stateless(counts === undefined ? joined : onlyCounted(joined, counts));
    },
  }),
  { help: "multi-head self-attention over the positions of a sequence" },
);

interface Attending {
  readonly heads: number;
  readonly causal: boolean;
  /** The positions that are seen, bool [batch, time]. */
  readonly counts: Tensor | undefined;
}

/** What every position of x [batch, time, features] takes from those that it sees, by the parameters of `attention`. */
export function attend(x: Tensor, scope: Scope, { heads, causal, counts }: Attending): Tensor {
  const size = headSize(heads, x.shape);
  const { projection, output } = parts(x.shape);
  const projected = projection.apply(x, scope.within("projection")).output;
  const [queries, keys, values] = inHeads(projected, { heads, size });
  const scores = multiply(matmul(queries, transpose(keys, { order: [0, 1, 3, 2] })), 1 / Math.sqrt(size));
  const shares = softmaxOf(visible(scores, { causal, counts }));
  const mixed = transpose(matmul(shares, values), { order: [0, 2, 1, 3] }); // [batch, time, heads, size]
  return output.apply(reshape(mixed, { shape: x.shape }), scope.within("output")).output;
}

function parts(shape: Shape) {
  const features = Number(shape.at(-1));
  return { projection: dense(PARTS * features), output: dense(features) };
}

/** [batch, time, 3·features] as three of [batch, heads, time, size]. */
function inHeads(x: Tensor, { heads, size }: { readonly heads: number; readonly size: number }) {
  const [batch = 1, time = 1] = x.shape;
  const split = reshape(x, { shape: [batch, time, PARTS, heads, size] });
  const part = (i: number): Tensor =>
    transpose(reshape(slice(split, { axis: 2, from: i, to: i + 1 }), { shape: [batch, time, heads, size] }), {
      order: [0, 2, 1, 3],
    });
  return [part(0), part(1), part(2)] as const;
}

/** Scores [batch, heads, time, time] of queries and keys, without those that a query does not see. */
export function visible(scores: Tensor, { causal, counts }: Omit<Attending, "heads">): Tensor {
  const [batch = 1, , time = 1] = scores.shape;
  const square: readonly Dim[] = [time, time];
  const before = causal ? lessEqual(iota({ shape: square, axis: 1 }), iota({ shape: square, axis: 0 })) : undefined;
  const earlier = before === undefined ? scores : select(before, scores, NEVER);
  return counts === undefined ? earlier : select(reshape(counts, { shape: [batch, 1, 1, time] }), earlier, NEVER);
}

function headSize(heads: number, shape: Shape | Size): number {
  const features = Number(shape.at(-1));
  if (features % heads === 0) return features / heads;
  const message = `attention of ${heads} heads does not divide the ${features} features of ${showShape(shape)}`;
  throw new NablaError("nn/shape", message, "let the number of heads divide the number of features");
}
