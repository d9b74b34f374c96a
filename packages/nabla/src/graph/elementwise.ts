/**
 * Ops on single elements. Operands are broadcast to one shape when the node is made, so rules and kernels see equal
 * shapes.
 */
import { anyDType, type Conversions, countable, floating, numbersOnly, truth } from "./dtype-rule.ts";
import { broadcastAll, stopGradient } from "./movement.ts";
import { op } from "./op.ts";
import type { Definition, Op, Tensor } from "./tensor.ts";

type Rule<N extends number> = Definition<N, Record<never, never>>["gradient"];
type Trials<N extends number> = Definition<N, Record<never, never>>["trials"];

const TRIAL: Trials<1> = [{ inputs: [[3, 5]], from: -2, to: 2 }];
const TRIAL_OF_TWO: Trials<2> = [
  {
    inputs: [
      [3, 5],
      [3, 5],
    ],
  },
  { inputs: [[3, 5], [5]] },
];

/** Declares an op on single elements of one operand. */
function unary(name: string, takes: Conversions, gradient: Rule<1>, trials: Trials<1> = TRIAL): Op<1> {
  return op(name, { arity: 1, dtypes: { takes }, shape: ([x]) => x.shape, gradient, trials });
}

/** Declares an op on single elements of two operands. */
function binary(name: string, takes: Conversions, gradient: Rule<2>, trials: Trials<2> = TRIAL_OF_TWO): Op<2> {
  return op(name, { arity: 2, dtypes: { takes }, admit: broadcastAll, shape: ([x]) => x.shape, gradient, trials });
}

const NONE = (): undefined[] => [undefined];
const NEITHER = (): undefined[] => [undefined, undefined];

function comparison(name: string): Op<2> {
  const dtypes = { takes: anyDType };
  const shape = ([x]: [Tensor, Tensor]) => x.shape;
  const trials = TRIAL_OF_TWO.slice(0, 1);
  return op(name, { arity: 2, dtypes, admit: broadcastAll, shape, dtype: () => "bool", gradient: NEITHER, trials });
}

function where(condition: Tensor, upstream: Tensor): Tensor {
  return select(condition, upstream, 0);
}

const POSITIVE = [{ inputs: [[3, 5]], from: 0.2, to: 3 }];

/** -x */
export const negate: Op<1> = unary("negate", numbersOnly, (up) => [negate(up)]);
/** |x|; the gradient at 0 is 0 */
export const abs: Op<1> = unary("abs", anyDType, (up, { inputs: [x] }) => [multiply(up, sign(x))], [
  { inputs: [[3, 5]], from: 0.1, to: 2 },
  { inputs: [[4]], from: -2, to: -0.1 },
]);
/** -1, 0 or 1 */
export const sign: Op<1> = unary("sign", anyDType, NONE);
/** The largest whole number not above x */
export const floor: Op<1> = unary("floor", anyDType, NONE, []);
/** Square root */
export const sqrt: Op<1> = unary("sqrt", floating, (up, { output }) => [divide(up, multiply(output, 2))], POSITIVE);
/** e^x */
export const exp: Op<1> = unary("exp", floating, (up, { output }) => [multiply(up, output)]);
/** Natural logarithm */
export const log: Op<1> = unary("log", floating, (up, { inputs: [x] }) => [divide(up, x)], POSITIVE);
/** e^x - 1, exact near 0; its slope is e^x of the operand, since the result has no digits left of it far below 0 */
export const expm1: Op<1> = unary("expm1", floating, (up, { inputs: [x] }) => [multiply(up, exp(x))]);
/** log(1 + x), exact near 0 */
export const log1p: Op<1> = unary("log1p", floating, (up, { inputs: [x] }) => [divide(up, add(x, 1))], [
  { inputs: [[3, 5]], from: -0.6, to: 3 },
]);
/** The sine of each element, in radians. */
export const sin: Op<1> = unary("sin", floating, (up, { inputs: [x] }) => [multiply(up, cos(x))]);
/** The cosine of each element, in radians. */
export const cos: Op<1> = unary("cos", floating, (up, { inputs: [x] }) => [negate(multiply(up, sin(x)))]);
/** The hyperbolic tangent of each element. */
export const tanh: Op<1> = unary("tanh", floating, (up, { output }) => [
  multiply(up, subtract(1, multiply(output, output))),
]);
/** 1 / (1 + e^-x) */
export const sigmoid: Op<1> = unary("sigmoid", floating, (up, { output }) => [
  multiply(up, multiply(output, subtract(1, output))),
]);
/** log(1 + e^x) without overflow; its gradient is the sigmoid, also at 0 */
export const softplus: Op<1> = unary("softplus", floating, (up, { inputs: [x] }) => [multiply(up, sigmoid(x))]);
/** The error function 2/sqrt(pi) * integral of e^(-t^2) from 0 to x */
export const erf: Op<1> = unary("erf", floating, (up, { inputs: [x] }) => [
  multiply(up, multiply(exp(negate(multiply(x, x))), 2 / Math.sqrt(Math.PI))),
]);

/** x + y, element by element; shapes are broadcast. Of bools: whether one is true. */
export const add: Op<2> = binary("add", anyDType, (up) => [up, up]);
/** x - y, element by element; shapes are broadcast. */
export const subtract: Op<2> = binary("subtract", numbersOnly, (up) => [up, negate(up)]);
/** x · y, element by element; shapes are broadcast. Of bools: whether both are true. */
export const multiply: Op<2> = binary("multiply", anyDType, (up, { inputs: [x, y] }) => [
  multiply(up, y),
  multiply(up, x),
]);
/** x / y, element by element; shapes are broadcast. */
export const divide: Op<2> = binary(
  "divide",
  floating,
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
/**
 * x^y, by C and IEEE 754: 1 to any power is 1. Slopes are 0 where one of them leaves nothing to change: by x at y = 0,
 * by y at x = 0 and y >= 0. The slope by y of a negative x does not exist (NaN).
 */
export const power: Op<2> = binary(
  "power",
  countable,
  (up, { inputs: [x, y], output }) => {
    // The exponent and the base are replaced there as well, so that no infinity meets a 0 in second derivatives.
    const still = equal(y, 0);
    const byBase = multiply(y, power(x, select(still, 1, subtract(y, 1))));
    const none = and(equal(x, 0), lessEqual(0, y));
    return [
      multiply(up, select(still, 0, byBase)),
      multiply(up, select(none, 0, multiply(output, log(select(none, 1, x))))),
    ];
  },
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
 * The upstream where `chosen` holds, 0 where `other` does; NaN where neither does, since one of the operands is NaN and
 * the result too. Rules read the result, so that operands need not be stored.
 */
function ofChosen(
  chosen: Tensor,
  other: Tensor,
  { up, output }: { readonly up: Tensor; readonly output: Tensor },
): Tensor {
  return select(chosen, up, select(other, 0, stopGradient(output)));
}

/** The larger of two; at ties the gradient goes to the second, and where one is NaN it is NaN */
export const maximum: Op<2> = binary("maximum", anyDType, (up, { inputs: [, y], output }) => [
  ofChosen(less(y, output), lessEqual(output, y), { up, output }),
  ofChosen(lessEqual(output, y), less(y, output), { up, output }),
]);
/** The smaller of two; at ties the gradient goes to the second, and where one is NaN it is NaN */
export const minimum: Op<2> = binary("minimum", anyDType, (up, { inputs: [, y], output }) => [
  ofChosen(less(output, y), lessEqual(y, output), { up, output }),
  ofChosen(lessEqual(y, output), less(output, y), { up, output }),
]);

/** Where x = y: bools; shapes are broadcast. */
export const equal: Op<2> = comparison("equal");
/** Where x < y: bools; shapes are broadcast. */
export const less: Op<2> = comparison("less");
/** Where x ≤ y: bools; shapes are broadcast. */
export const lessEqual: Op<2> = comparison("lessEqual");

/** Logical and; numbers other than 0 count as true. */
export const and: Op<2> = binary("and", truth, NEITHER);
/** Logical or; numbers other than 0 count as true. */
export const or: Op<2> = binary("or", truth, NEITHER);
/** Logical not; numbers other than 0 count as true. */
export const not: Op<1> = unary("not", truth, NONE);

/** `x` where the condition holds, else `y`. */
export const select: Op<3> = op("select", {
  arity: 3,
  dtypes: { takes: [truth, anyDType, anyDType], alike: [1, 2] },
  admit: broadcastAll,
  shape: ([, x]) => x.shape,
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
