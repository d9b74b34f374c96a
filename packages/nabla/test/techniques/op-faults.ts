/** Gradient rules with a fault each: what a tired author could have written. */
import { matmul } from "../../src/graph/contraction.ts";
import { add, cos, divide, exp, log, multiply, sigmoid, sign, sin, subtract } from "../../src/graph/elementwise.ts";
import { type Padded, pad, reshape, type Sliced, slice, transpose, unreduce } from "../../src/graph/movement.ts";
import * as ops from "../../src/graph/ops.ts";
import { scatterAdd } from "../../src/graph/selection.ts";
import type { AnyDefinition, AnyOp, Tensor, TrialInputs } from "../../src/graph/tensor.ts";

export interface OpFault {
  readonly description: string;
  readonly op: AnyOp;
  /** What the complaint must name. */
  readonly at: RegExp;
}

interface Seen {
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  // biome-ignore lint/suspicious/noExplicitAny: rules of many ops share this table
  readonly attributes: any;
}

type Rule = (up: Tensor, seen: { x: Tensor; y: Tensor; z: Tensor } & Seen) => readonly (Tensor | undefined)[];

function fault(
  { opName, definition: right }: { readonly opName: string; readonly definition: object },
  message: string,
  rule: Rule,
  { input = 1, trials }: { readonly input?: number; readonly trials?: readonly TrialInputs<object>[] } = {},
): OpFault {
  const gradient: AnyDefinition["gradient"] = (up, seen) => {
    const [x, y, z] = seen.inputs as [Tensor, Tensor, Tensor];
    return rule(up, { ...seen, x, y, z });
  };
  const definition = { ...(right as AnyDefinition), gradient, ...(trials === undefined ? {} : { trials }) };
  return {
    description: `${opName}: ${message}`,
    op: { opName, definition },
    at: new RegExp(`^${opName} \\d+: the gradient of order \\d (is wrong at input${input}\\b|fails)`),
  };
}

const square = {
  trials: [
    {
      inputs: [
        [4, 4],
        [4, 4],
      ],
    },
  ],
};
const swap = (x: Tensor): Tensor => transpose(x, { order: [1, 0] });

export const opFaults: readonly OpFault[] = [
  fault(ops.negate, "sign flipped", (up) => [up]),
  fault(ops.subtract, "the second sign forgotten", (up) => [up, up], { input: 2 }),
  fault(ops.multiply, "operands swapped", (up, { x, y }) => [multiply(up, x), multiply(up, y)]),
  fault(
    ops.divide,
    "the second sign forgotten",
    (up, { y, output }) => [divide(up, y), divide(multiply(up, output), y)],
    {
      input: 2,
    },
  ),
  fault(ops.divide, "divides by the numerator", (up, { x, y, output }) => [
    divide(up, x),
    multiply(divide(multiply(up, output), y), -1),
  ]),
  fault(ops.sqrt, "the 2 forgotten", (up, { output }) => [divide(up, output)]),
  fault(ops.exp, "input in place of output", (up, { x }) => [multiply(up, x)]),
  fault(ops.log, "multiplies in place of dividing", (up, { x }) => [multiply(up, x)]),
  fault(ops.log1p, "the 1 forgotten", (up, { x }) => [divide(up, x)]),
  fault(ops.tanh, "the square forgotten", (up, { output }) => [multiply(up, subtract(1, output))]),
  fault(ops.sigmoid, "only y", (up, { output }) => [multiply(up, output)]),
  fault(ops.sigmoid, "input in place of output", (up, { x }) => [multiply(up, multiply(x, subtract(1, x)))]),
  fault(ops.softplus, "its own output", (up, { output }) => [multiply(up, output)]),
  fault(ops.sin, "cosine with a minus", (up, { x }) => [multiply(up, multiply(cos(x), -1))]),
  fault(ops.cos, "the minus forgotten", (up, { x }) => [multiply(up, sin(x))]),
  fault(ops.erf, "2/sqrt(pi) forgotten", (up, { x }) => [multiply(up, exp(multiply(multiply(x, x), -1)))]),
  fault(ops.abs, "the sign forgotten", (up) => [up]),
  fault(ops.power, "the exponent not lowered", (up, { x, y, output }) => [
    multiply(up, multiply(y, output)),
    multiply(up, multiply(output, log(x))),
  ]),
  fault(ops.maximum, "branches swapped", (up, { x, y }) => [
    ops.select(ops.less(x, y), up, 0),
    ops.select(ops.lessEqual(y, x), up, 0),
  ]),
  fault(ops.select, "branches swapped", (up, { x }) => [undefined, ops.select(x, 0, up), ops.select(x, up, 0)], {
    input: 2,
  }),
  fault(ops.matmul, "the transpose of y forgotten", (up, { x, y }) => [matmul(up, y), matmul(swap(x), up)], square),
  fault(ops.matmul, "the transpose of x forgotten", (up, { x, y }) => [matmul(up, swap(y)), matmul(x, up)], {
    ...square,
    input: 2,
  }),
  fault(ops.matmul, "factors in the wrong order", (up, { x, y }) => [matmul(swap(y), up), matmul(up, swap(x))], square),
  fault(ops.sum, "spread along the wrong axis", (up, { x }) => [unreduce(up, x.shape, { axes: 1 })], {
    trials: [{ inputs: [[4, 4]], attributes: { axes: 0 } }],
  }),
  fault(ops.max, "goes to all, not to the largest", (up, { x, attributes }) => [unreduce(up, x.shape, attributes)]),
  fault(ops.transpose, "the order not inverted", (up, { attributes }) => [transpose(up, attributes)], {
    trials: [{ inputs: [[3, 3, 3]], attributes: { order: [1, 2, 0] } }],
  }),
  fault(
    ops.broadcast,
    "one of the copies, not their sum",
    (up, { x }) => [reshape(slice(up, { axis: 0, from: 0, to: 1 }), { shape: x.shape })],
    { trials: [{ inputs: [[1, 4]], attributes: { shape: [3, 4] } }] },
  ),
  fault(
    ops.slice,
    "one place off",
    (up, { x, attributes }) => {
      const { axis, from, to } = attributes as Sliced;
      return [pad(up, { axis, before: from - 1, after: Number(x.shape[axis]) - to + 1 })];
    },
    { trials: [{ inputs: [[5, 3]], attributes: { axis: 0, from: 1, to: 4 } }] },
  ),
  fault(
    ops.pad,
    "one place off",
    (up, { x, attributes }) => {
      const { axis, before } = attributes as Padded;
      return [slice(up, { axis, from: before - 1, to: before - 1 + Number(x.shape[axis]) })];
    },
    { trials: [{ inputs: [[3, 2]], attributes: { axis: 0, before: 2, after: 1 } }] },
  ),
  fault(
    ops.concatPair,
    "parts swapped",
    (up, { attributes }) => {
      const { axis } = attributes as { axis: number };
      return [slice(up, { axis, from: 2, to: 4 }), slice(up, { axis, from: 0, to: 2 })];
    },
    {
      trials: [
        {
          inputs: [
            [2, 3],
            [2, 3],
          ],
          attributes: { axis: 0 },
        },
      ],
      input: 2,
    },
  ),
  fault(ops.gather, "rows one off", (up, { x, y }) => [scatterAdd(up, add(y, 1), { shape: x.shape }), undefined]),
  fault(ops.scatterAdd, "the sign of each", (up, { y }) => [sign(ops.gather(up, y)), undefined]),
  fault(ops.expm1, "the sigmoid", (up, { x }) => [multiply(up, sigmoid(x))]),
  fault(
    ops.reshape,
    "columns before rows",
    (up, { x }) => [
      reshape(swap(reshape(up, { shape: [Number(x.shape[1]), Number(x.shape[0])] })), { shape: x.shape }),
    ],
    { trials: [{ inputs: [[3, 4]], attributes: { shape: [2, 6] } }] },
  ),
];
