/**
 * Finds convolutions with windows of 3 x 3 and turns them into Winograd's form, which takes 16 multiplications for four
 * results instead of 36: F(2x2, 3x3) of A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks" (2015).
 */
import { type Size, sizeOf } from "../../array/shape.ts";
import { floating } from "../../graph/dtype-rule.ts";
import { type Permuted, pad, reshape, slicedOf } from "../../graph/movement.ts";
import { make, op } from "../../graph/op.ts";
import type { Op, Tensor } from "../../graph/tensor.ts";
import { walk } from "../../graph/walk.ts";
import { windowOf } from "../../graph/window.ts";

/** Multiplications of a point of a tile, each way, below which the transformations take longer than they save. */
const LEAST_CHANNELS = 16;
/** Tiles of an image below which the transformed weights are not used often enough. */
const LEAST_TILES = 4;

/** Points of a transformed tile. */
export const POINTS = 16;

/** Weights [9 · channels, filters], transformed: [16, channels, filters]; turned by 180 degrees where `turned`. */
const transformWeights: Op<1, { readonly turned: boolean }> = op("winogradWeights", {
  ...internal(1),
  shape: ([w]) => [POINTS, Number(w.shape[0]) / 9, w.shape[1] ?? 1],
});

/**
 * x [batch, height, width, channels] under transformed weights: [batch · (height - 2) · (width - 2), filters]. With
 * `across`, weights [16, filters, channels] are taken across.
 */
const convolveTiles: Op<2, { readonly across: boolean }> = op("winograd", {
  ...internal(2),
  shape: ([x, weights], { across }) => {
    const [batch = 1, height = 1, width = 1] = sizeOf(x.shape);
    return [batch * (height - 2) * (width - 2), weights.shape[across ? 1 : 2] ?? 1];
  },
});

/** The gradient of the weights [9 · channels, filters], from x and the gradient of what `convolveTiles` gives. */
const tiledWeightGradient: Op<2> = op("winogradWeightGradient", {
  ...internal(2),
  shape: ([x, up]) => [9 * Number(x.shape[3]), up.shape[1] ?? 1],
});

/** These are made from ops with gradients, when a graph is lowered. */
function internal<N extends 1 | 2>(arity: N) {
  return { arity, dtypes: { takes: floating }, gradient: () => [], trials: [] };
}

/** The nodes that stand for those of a graph after convolutions have been found. */
export function findConvolutions(roots: readonly Tensor[]): (node: Tensor) => Tensor {
  const made = new Map<Tensor, Tensor>();
  const of = (node: Tensor): Tensor => made.get(node) ?? node;
  for (const node of walk(roots)) {
    const inputs = node.inputs.map(of);
    const isSame = inputs.every((input, i) => input === node.inputs[i]);
    made.set(node, convolution(node, of) ?? (isSame ? node : make(node.op, inputs, node.attributes)));
  }
  return of;
}

function convolution(node: Tensor, of: (node: Tensor) => Tensor): Tensor | undefined {
  if (node.dtype !== "float32") return undefined;
  return (
    (node.op.opName === "matmul" ? (forward(node, of) ?? weightGradient(node, of)) : undefined) ??
    inputGradient(node, of)
  );
}

function forward({ inputs: [rows, weights] }: Tensor, of: (node: Tensor) => Tensor): Tensor | undefined {
  const x = rows && windowed(rows);
  if (x === undefined || weights === undefined || !isWorth(x.shape as Size, Number(weights.shape[1]))) return undefined;
  return convolveTiles(of(x), transformWeights(of(weights), { turned: false }), { across: false });
}

function weightGradient({ inputs: [rows, up] }: Tensor, of: (node: Tensor) => Tensor): Tensor | undefined {
  const x = rows && windowed(turned(rows));
  if (x === undefined || up === undefined || !isWorth(x.shape as Size, Number(up.shape[1]))) return undefined;
  return tiledWeightGradient(of(x), of(up));
}

/**
 * The gradient of the inputs is a convolution of the gradient, padded, with the turned weights. Of a padded input only what
 * was there before is computed.
 */
function inputGradient(node: Tensor, of: (node: Tensor) => Tensor): Tensor | undefined {
  const { sum, from } = sliced(node);
  const product = sum.op.opName === "unpatches" && isSquare(sum) ? below(sum.inputs[0], "reshape") : undefined;
  const [up, across] = product?.op.opName === "matmul" ? product.inputs : [];
  const weights = across && turned(across);
  if (up === undefined || weights === undefined || product === undefined) return undefined;
  const [batch = 1, height = 1, width = 1, channels = 1] = sizeOf(node.shape);
  const [, tall = 1, wide = 1] = sizeOf(sum.shape);
  const filters = Number(up.shape[1]);
  const around = [
    { axis: 1, before: 2 - from[0], after: height + from[0] - tall + 2 },
    { axis: 2, before: 2 - from[1], after: width + from[1] - wide + 2 },
  ];
  if (around.some(({ before, after }) => before < 0 || after < 0)) return undefined;
  if (!isWorth([batch, height + 2, width + 2, filters], channels)) return undefined;
  const image = reshape(of(up), { shape: [batch, tall - 2, wide - 2, filters] });
  const padded = around.reduce(
    (sofar, { before, after, axis }) => (before + after === 0 ? sofar : pad(sofar, { axis, before, after })),
    image,
  );
  const result = convolveTiles(padded, transformWeights(of(weights), { turned: true }), { across: true });
  return reshape(result, { shape: node.shape });
}

/** Sums of windows, or the part of them that is cut out of the two spatial axes. */
function sliced(node: Tensor): { readonly sum: Tensor; readonly from: readonly [number, number] } {
  const from: [number, number] = [0, 0];
  let sum = node;
  while (sum.op.opName === "slice" && sum.inputs[0] !== undefined) {
    const { axis, from: start } = slicedOf(sum);
    if (axis !== 1 && axis !== 2) break;
    from[axis - 1] = (from[axis - 1] ?? 0) + start;
    sum = sum.inputs[0];
  }
  return { sum, from };
}

/** x, where a matrix is what lies under windows of 3 x 3 over x [batch, height, width, channels], a row for each position. */
function windowed(rows: Tensor | undefined): Tensor | undefined {
  const spread = below(rows, "reshape");
  if (rows === undefined || spread?.op.opName !== "patches" || !isSquare(spread)) return undefined;
  const [positions, points] = sizeOf(rows.shape);
  const size = sizeOf(spread.shape);
  const isMatrix = rows.shape.length === 2 && points === 9 * (size.at(-1) ?? 1);
  return isMatrix && positions === size.slice(0, 3).reduce((all, one) => all * one, 1) ? spread.inputs[0] : undefined;
}

/** Whether the windows of a node are of 3 x 3 neighbors at every position. */
function isSquare(node: Tensor): boolean {
  const { size, stride, dilation } = windowOf(node);
  return size.join() === "3,3" && stride.join() === "1,1" && dilation.join() === "1,1";
}

/** A matrix whose transpose a node is. */
function turned(node: Tensor): Tensor | undefined {
  const { order = [] } = node.attributes as Permuted;
  return node.op.opName === "transpose" && order.join() === "1,0" ? node.inputs[0] : undefined;
}

function below(node: Tensor | undefined, opName: string): Tensor | undefined {
  return node?.op.opName === opName ? node.inputs[0] : undefined;
}

/**
 * Whether tiles of 2 x 2 fill the results, and transforming them takes less time than it saves. The number of images has no
 * say, so that an image gets the same bits in every batch.
 */
function isWorth([, height = 1, width = 1, channels = 1]: Size, filters: number): boolean {
  if (height % 2 !== 0 || width % 2 !== 0 || channels < LEAST_CHANNELS || filters < LEAST_CHANNELS) return false;
  return ((height - 2) * (width - 2)) / 4 >= LEAST_TILES;
}
