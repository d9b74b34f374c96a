import { sameShape } from "../../array/shape.ts";
import { add, divide, multiply, negate, sqrt, subtract } from "../../graph/elementwise.ts";
import { isConstant, valueOfConstant } from "../../graph/leaf.ts";
import { broadcast, reshape, sum, transpose } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";

/** Algebraic simplifications that change no bit of the result, up to the sign of a zero. */
export function algebra(node: Tensor): Tensor | undefined {
  const [x, y, z] = node.inputs;
  if (x === undefined) return undefined;
  if (node.op.opName === "select") return decided(x, y, z);
  if (node.op.opName === "negate") return x.op.opName === "negate" ? x.inputs[0] : undefined;
  if (y === undefined) return undefined;
  const simpler = RULES[node.op.opName]?.(x, y, numberOf(x), numberOf(y));
  const isSame = simpler !== undefined && sameShape(simpler.shape, node.shape) && simpler.dtype === node.dtype;
  return isSame ? simpler : undefined;
}

/** The branch of a condition that is known. */
function decided(condition: Tensor, yes: Tensor | undefined, no: Tensor | undefined): Tensor | undefined {
  const known = numberOf(condition);
  return known === undefined ? undefined : known === 0 ? no : yes;
}

type Rule = (x: Tensor, y: Tensor, a: number | undefined, b: number | undefined) => Tensor | undefined;

const RULES: Readonly<Record<string, Rule>> = {
  add: (x, y, a, b) => {
    if (b === 0) return x;
    if (a === 0) return y;
    if (y.op.opName === "negate" && y.inputs[0] !== undefined) return subtract(x, y.inputs[0]);
    return undefined;
  },
  subtract: (x, y, a, b) => {
    if (b === 0) return x;
    if (a === 0) return negate(y);
    if (y.op.opName === "negate" && y.inputs[0] !== undefined) return add(x, y.inputs[0]);
    return undefined;
  },
  multiply: (x, y, a, b) => {
    if (b === 1) return x;
    if (a === 1) return y;
    if (b === -1) return negate(x);
    return a === -1 ? negate(y) : undefined;
  },
  divide: (x, _, _a, b) => {
    if (b === 1) return x;
    // Dividing by a power of two and multiplying by its inverse give the same bits; multiplying is faster.
    return b !== undefined && Number.isInteger(Math.log2(Math.abs(b))) && Math.abs(b) < 2 ** 60
      ? multiply(x, 1 / b)
      : undefined;
  },
  // An outer product (column times row) is elementwise, and fuses with the loops around it.
  matmul: (x, y) => {
    if (x.shape.at(-1) === 1) return multiply(x, y);
    return x.dtype === "int32" ? wholeProduct(x, y) : undefined;
  },
  power: (x, _, _a, b) => {
    if (b === 1) return x;
    if (b === 2) return multiply(x, x);
    if (b === 3) return multiply(multiply(x, x), x);
    if (b === 0.5) return sqrt(x);
    return b === -1 ? divide(1, x) : undefined;
  },
};

/** A matrix product as a sum of products: the kernels of matrix products know floats alone. */
function wholeProduct(x: Tensor, y: Tensor): Tensor {
  const [stack, m, k, n] = [x.shape.slice(0, -2), x.shape.at(-2) ?? 1, x.shape.at(-1) ?? 1, y.shape.at(-1) ?? 1];
  const shape = [...stack, m, n, k];
  const order = [...stack.map((_, i) => i), stack.length + 1, stack.length];
  const left = broadcast(reshape(x, { shape: [...stack, m, 1, k] }), { shape });
  const right = broadcast(reshape(transpose(y, { order }), { shape: [...stack, 1, n, k] }), { shape });
  return sum(multiply(left, right), { axes: -1 });
}

/** The constant that every element of a node is equal to, where that is easy to prove. */
export function numberOf(node: Tensor): number | undefined {
  const source = node.op.opName === "broadcast" ? (node.inputs[0] ?? node) : node;
  if (!isConstant(source)) return undefined;
  const { data } = valueOfConstant(source);
  return data.length === 1 ? data[0] : undefined;
}
