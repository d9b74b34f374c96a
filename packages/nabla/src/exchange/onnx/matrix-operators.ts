/** Products of matrices. */
import { castArray, type NdArray, ndarray } from "../../array/ndarray.ts";
import { broadcastShape, type Shape, sameShape } from "../../array/shape.ts";
import { matmul } from "../../graph/contraction.ts";
import { add, multiply } from "../../graph/elementwise.ts";
import { broadcast } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { dense } from "../../nn/dense.ts";
import { layerNode } from "../layer-node.ts";
import { permutedArray } from "./arrays.ts";
import type { Given, OnnxNode, Operator } from "./node.ts";
import { permuted, reshaped } from "./value.ts";

/** A dense layer where examples meet weights that are theirs alone. */
function denseNode(x: Tensor, weights: NdArray, bias: NdArray | undefined): Tensor {
  const units = weights.shape[1] ?? 1;
  const kept = bias === undefined ? { weights } : { weights, bias };
  return layerNode(dense(units, { bias: bias !== undefined }), x, kept, x.shape.with(-1, units));
}

function belongs(x: Tensor, weights: NdArray | undefined): weights is NdArray {
  return (
    weights?.shape.length === 2 &&
    x.shape.length >= 2 &&
    typeof x.shape[0] === "string" &&
    weights.shape[0] === x.shape.at(-1)
  );
}

function scaled(array: NdArray, by: number): NdArray {
  return by === 1 ? array : { ...array, data: array.data.map((x: number) => x * by) as Float32Array };
}

/** alpha · A·B + beta · C */
function gemm(node: OnnxNode): Given {
  const [alpha, beta] = [node.real("alpha", 1), node.real("beta", 1)];
  const [turnA, turnB] = [node.integer("transA", 0) !== 0, node.integer("transB", 0) !== 0];
  const a = turnA ? permuted(node.tensor(0), [1, 0]) : node.tensor(0);
  const own = node.ownArray(1);
  const weights = own?.shape.length === 2 && turnB ? permutedArray(own, [1, 0]) : own;
  const bias = node.has(2) ? node.ownArray(2) : undefined;
  const units = weights?.shape[1] ?? 0;
  const fits = !node.has(2) || (bias !== undefined && bias.data.length === units && bias.shape.at(-1) === units);
  if (belongs(a, weights) && fits) {
    const flat = bias === undefined ? undefined : ndarray(castArray(scaled(bias, beta), "float32").data, [units]);
    return { tensor: denseNode(a, scaled(weights, alpha), flat) };
  }
  const b = turnB ? permuted(node.tensor(1), [1, 0]) : node.tensor(1);
  const product = matmul(a, b);
  const one = alpha === 1 ? product : multiply(product, alpha);
  if (!node.has(2) || beta === 0) return { tensor: one };
  const c = node.tensor(2);
  return { tensor: add(one, beta === 1 ? c : multiply(c, beta)) };
}

/** NumPy's matmul: stacks stretch to each other, and a vector is a matrix with one row or column that goes again. */
function product(node: OnnxNode): Given {
  const [x, y] = [node.tensor(0), node.tensor(1)];
  const weights = node.ownArray(1);
  if (belongs(x, weights)) return { tensor: denseNode(x, weights, undefined) };
  const a = x.shape.length === 1 ? reshaped(x, [1, ...x.shape]) : x;
  const b = y.shape.length === 1 ? reshaped(y, [...y.shape, 1]) : y;
  const made = stacked(a, b);
  const shape = made.shape.filter(
    (_, i) =>
      !(x.shape.length === 1 && i === made.shape.length - 2) && !(y.shape.length === 1 && i === made.shape.length - 1),
  );
  return { tensor: reshaped(made, shape) };
}

function stacked(a: Tensor, b: Tensor): Tensor {
  const [inner = 1, columns = 1] = b.shape.slice(-2);
  if (b.shape.length === 2 && a.shape.length > 2) {
    // one matrix for all: rows of every stack in one product
    const rows = reshaped(a, [-1, inner]);
    return reshaped(matmul(rows, b), [...a.shape.slice(0, -1), columns]);
  }
  const stack = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return matmul(over(a, stack), over(b, stack));
}

function over(x: Tensor, stack: Shape): Tensor {
  const shape = [...stack, ...x.shape.slice(-2)];
  return sameShape(shape, x.shape) ? x : broadcast(x, { shape });
}

/** Products by name. */
export const matrixOperators: { readonly [opType: string]: Operator } = { Gemm: gemm, MatMul: product };
