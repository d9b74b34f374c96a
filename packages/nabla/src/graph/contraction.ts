import { type Shape, sameShape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { numbersOnly } from "./dtype-rule.ts";
import { transpose } from "./movement.ts";
import { op } from "./op.ts";
import type { Op, Tensor } from "./tensor.ts";

function swapLast(x: Tensor): Tensor {
  const last = x.shape.length - 1;
  return transpose(x, { order: x.shape.map((_, i) => (i === last ? last - 1 : i === last - 1 ? last : i)) });
}

function productShape(x: Shape, y: Shape): Shape {
  const inner = x.at(-1);
  const other = y.at(-2);
  const shapes = `matmul(${showShape(x)}, ${showShape(y)})`;
  if (x.length < 2 || x.length !== y.length)
    throw new NablaError("shape/matmul", `${shapes}: expected two matrices or two stacks of matrices`);
  if (inner !== other) throw new NablaError("shape/matmul", `${shapes}: inner sizes differ: ${inner} and ${other}`);
  if (!sameShape(x.slice(0, -2), y.slice(0, -2))) throw new NablaError("shape/matmul", `${shapes}: the stacks differ`);
  return [...x.slice(0, -1), y.at(-1) ?? 1];
}

/** The matrix product of [..., m, k] and [..., k, n]; leading lengths must agree. */
export const matmul: Op<2> = op("matmul", {
  arity: 2,
  dtypes: { takes: numbersOnly },
  shape: ([x, y]) => productShape(x.shape, y.shape),
  gradient: (up, { inputs: [x, y] }) => [matmul(up, swapLast(y)), matmul(swapLast(x), up)],
  trials: [
    {
      inputs: [
        [3, 4],
        [4, 5],
      ],
    },
    {
      inputs: [
        [2, 3, 4],
        [2, 4, 2],
      ],
    },
    {
      inputs: [
        [1, 7],
        [7, 1],
      ],
    },
  ],
});
