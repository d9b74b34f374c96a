/**
 * Ops on single elements. Operands are broadcast to one shape when the node is made, so rules and kernels see equal
 * shapes.
 */
import { broadcastAll, cast } from "./movement.ts";
import { op } from "./op.ts";
import type { Definition, Op, Tensor } from "./tensor.ts";

type Rule<N extends number> = Definition<N, Record<never, never>>["gradient"];
type Trials<N extends number> = Definition<N, Record<never, never>>["trials"];

function unary(name: string, gradient: Rule<1>, trials: Trials<1> = [{ inputs: [[3, 5]], from: -2, to: 2 }]): Op<1> {
  return op(name, { arity: 1, shape: ([x]) => x.shape, gradient, trials });
}

function binary(
  name: string,
  gradient: Rule<2>,
  trials: Trials<2> = [
    {
      inputs: [
        [3, 5],
        [3, 5],
      ],
    },
    { inputs: [[3, 5], [5]] },
  ],
): Op<2> {
  return op(name, { arity: 2, admit: broadcastAll, shape: ([x]) => x.shape, gradient, trials });
}

function comparison(name: string): Op<2> {
  return op(name, {
    arity: 2,
    admit: broadcastAll,
    shape: ([x]) => x.shape,
    dtype: () => "bool",
    gradient: () => [undefined, undefined],
    trials: [
      {
        inputs: [
          [3, 5],
          [3, 5],
        ],
      },
    ],
  });
}

function logical(name: string): Op<2> {
  return op(name, {
    arity: 2,
    admit: ([x, y]) => broadcastAll([truth(x), truth(y)] as [Tensor, Tensor]),
    shape: ([x]) => x.shape,
    gradient: () => [undefined, undefined],
    trials: [
      {
        inputs: [
          [3, 5],
          [3, 5],
        ],
      },
    ],
  });
}

function where(condition: Tensor, upstream: Tensor): Tensor {
  return select(condition, upstream, 0);
}

const NONE = (): undefined[] => [undefined];
const POSITIVE = [{ inputs: [[3, 5]], from: 0.2, to: 3 }];

/** -x */
export const negate: Op<1> = unary("negate", (up) => [negate(up)]);
/** |x|; the gradient at 0 is 0 */
export const abs: Op<1> = unary("abs", (up, { inputs: [x] }) => [multiply(up, sign(x))], [
  { inputs: [[3, 5]], from: 0.1, to: 2 },
  { inputs: [[4]], from: -2, to: -0.1 },
]);
/** -1, 0 or 1 */
export const sign: Op<1> = unary("sign", NONE);
/** The largest whole number not above x */
export const floor: Op<1> = unary("floor", NONE, []);
/** Square root */
export const sqrt: Op<1> = unary("sqrt", (up, { output }) => [divide(up, multiply(output, 2))], POSITIVE);
/** e^x */
export const exp: Op<1> = unary("exp", (up, { output }) => [multiply(up, output)]);
/** Natural logarithm */
export const log: Op<1> = unary("log", (up, { inputs: [x] }) => [divide(up, x)], POSITIVE);
/** e^x - 1, exact near 0 */
export const expm1: Op<1> = unary("expm1", (up, { output }) => [multiply(up, add(output, 1))]);
/** log(1 + x), exact near 0 */
export const log1p: Op<1> = unary("log1p", (up, { inputs: [x] }) => [divide(up, add(x, 1))], [
  { inputs: [[3, 5]], from: -0.6, to: 3 },
]);
export const sin: Op<1> = unary("sin", (up, { inputs: [x] }) => [multiply(up, cos(x))]);
export const cos: Op<1> = unary("cos", (up, { inputs: [x] }) => [negate(multiply(up, sin(x)))]);
export const tanh: Op<1> = unary("tanh", (up, { output }) => [multiply(up, subtract(1, multiply(output, output)))]);
/** 1 / (1 + e^-x) */
export const sigmoid: Op<1> = unary("sigmoid", (up, { output }) => [
  multiply(up, multiply(output, subtract(1, output))),
]);
/** log(1 + e^x) without overflow; its gradient is the sigmoid, also at 0 */
export const softplus: Op<1> = unary("softplus", (up, { inputs: [x] }) => [multiply(up, sigmoid(x))]);
/** The error function 2/sqrt(pi) * integral of e^(-t^2) from 0 to x */
export const erf: Op<1> = unary("erf", (up, { inputs: [x] }) => [
  multiply(up, multiply(exp(negate(multiply(x, x))), 2 / Math.sqrt(Math.PI))),
]);

export const add: Op<2> = binary("add", (up) => [up, up]);
export const subtract: Op<2> = binary("subtract", (up) => [up, negate(up)]);
export const multiply: Op<2> = binary("multiply", (up, { inputs: [x, y] }) => [multiply(up, y), multiply(up, x)]);
export const divide: Op<2> = binary(
  "divide",
  (up, { inputs: [, y], output }) => [divide(up, y), negate(divide(multiply(up, output), y))],
  [
    {
      inputs: [
        [3, 5],
        [3, 5],
      ],
      from: 0.5,
      to: 2,
    },
    {
      inputs: [
        [3, 5],
        [3, 1],
      ],
      from: -2,
      to: -0.5,
    },
  ],
);
/** x^y; the gradient with respect to y needs x > 0 */
export const power: Op<2> = binary(
  "power",
  (up, { inputs: [x, y], output }) => [
    multiply(up, multiply(y, power(x, subtract(y, 1)))),
    multiply(up, multiply(output, log(x))),
  ],
  [
    {
      inputs: [
        [3, 5],
        [3, 5],
      ],
      from: 0.5,
      to: 2,
    },
  ],
);
/**
 * The larger of two; at ties the gradient goes to the second. The rule reads the result, so that x need not be stored
 */
export const maximum: Op<2> = binary("maximum", (up, { inputs: [, y], output }) => [
  where(less(y, output), up),
  where(lessEqual(output, y), up),
]);
/** The smaller of two; at ties the gradient goes to the second */
export const minimum: Op<2> = binary("minimum", (up, { inputs: [, y], output }) => [
  where(less(output, y), up),
  where(lessEqual(y, output), up),
]);

export const equal: Op<2> = comparison("equal");
export const less: Op<2> = comparison("less");
export const lessEqual: Op<2> = comparison("lessEqual");

/** Logical and; operands are bool. */
export const and: Op<2> = logical("and");
/** Logical or; operands are bool. */
export const or: Op<2> = logical("or");
/** Logical not; the operand is bool. */
export const not: Op<1> = op("not", {
  arity: 1,
  admit: ([x]) => [truth(x)],
  shape: ([x]) => x.shape,
  gradient: NONE,
  trials: [{ inputs: [[3, 5]] }],
});

function truth(x: Tensor): Tensor {
  return x.dtype === "bool" ? x : cast(x, { dtype: "bool" });
}

/** `x` where the condition holds, else `y`. */
export const select: Op<3> = op("select", {
  arity: 3,
  admit: ([condition, x, y]) => broadcastAll([truth(condition), x, y] as [Tensor, Tensor, Tensor]),
  shape: ([, x]) => x.shape,
  dtype: ([, x]) => x.dtype,
  gradient: (up, { inputs: [condition] }) => [undefined, where(condition, up), select(condition, 0, up)],
  trials: [
    {
      inputs: [
        [3, 5],
        [3, 5],
        [3, 5],
      ],
    },
  ],
});
