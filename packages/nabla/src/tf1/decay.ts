/** Rates that fall with the step, under TensorFlow 1's names. */
import { NablaError } from "../base/error.ts";
import {
  add,
  cast,
  cos,
  divide,
  exp,
  floor,
  lessEqual,
  maximum,
  minimum,
  multiply,
  pow,
  subtract,
  where,
} from "./arithmetic.ts";
import type { Scalar, Tensor } from "./graph.ts";
import type { ScalarOperand } from "./operands.ts";

type Step = Scalar | Tensor;

interface Stairs {
  /** Whether the rate falls in stairs: the share of the steps passed is a whole number. */
  readonly staircase?: boolean;
}

/** How many times `decaySteps` have passed, in the dtype of the rate. */
function passedOf(rate: ScalarOperand, step: Step, decaySteps: number, { staircase = false }: Stairs = {}): Scalar {
  const passed = divide(stepLike(rate, step), decaySteps);
  return staircase ? floor(passed) : passed;
}

function stepLike(rate: ScalarOperand, step: Step): Scalar {
  return cast(step as Scalar, typeof rate === "number" ? "float32" : rate.dtype);
}

/** rate · decayRate^(globalStep / decaySteps); with `staircase` the exponent is a whole number. */
export function exponentialDecay(
  rate: ScalarOperand,
  globalStep: Step,
  decaySteps: number,
  decayRate: number,
  stairs: Stairs = {},
): Scalar {
  return multiply(rate, pow(decayRate, passedOf(rate, globalStep, decaySteps, stairs)));
}

/** rate · e^(-decayRate · globalStep / decaySteps) */
export function naturalExpDecay(
  rate: ScalarOperand,
  globalStep: Step,
  decaySteps: number,
  decayRate: number,
  stairs: Stairs = {},
): Scalar {
  return multiply(rate, exp(multiply(-decayRate, passedOf(rate, globalStep, decaySteps, stairs))));
}

/** rate / (1 + decayRate · globalStep / decaySteps) */
export function inverseTimeDecay(
  rate: ScalarOperand,
  globalStep: Step,
  decaySteps: number,
  decayRate: number,
  stairs: Stairs = {},
): Scalar {
  return divide(rate, add(1, multiply(decayRate, passedOf(rate, globalStep, decaySteps, stairs))));
}

/** Options of `train.polynomialDecay`. */
export interface PolynomialDecay {
  /** The last rate. Default 0.0001. */
  readonly endLearningRate?: number;
  /** Default 1. */
  readonly power?: number;
  /** Whether the rate rises again, to fall over as many steps more each time. */
  readonly cycle?: boolean;
}

/** (rate - end) · (1 - globalStep / decaySteps)^power + end, and end from `decaySteps` on. */
export function polynomialDecay(
  rate: ScalarOperand,
  globalStep: Step,
  decaySteps: number,
  { endLearningRate: end = 0.0001, power = 1, cycle = false }: PolynomialDecay = {},
): Scalar {
  const passed = passedOf(rate, globalStep, decaySteps);
  // the next whole number of periods, at least one; -⌊-x⌋ is x rounded up
  const periods = maximum(1, multiply(-1, floor(multiply(-1, passed))));
  const share = cycle ? divide(passed, periods) : minimum(passed, 1);
  return add(multiply(subtract(rate, end), pow(subtract(1, share), power)), end);
}

/** rate · ((1 - alpha) · (1 + cos(π · globalStep / decaySteps)) / 2 + alpha), and rate · alpha from `decaySteps` on. */
export function cosineDecay(
  rate: ScalarOperand,
  globalStep: Step,
  decaySteps: number,
  { alpha = 0 }: { readonly alpha?: number } = {},
): Scalar {
  const share = minimum(passedOf(rate, globalStep, decaySteps), 1);
  const fallen = multiply(add(1, cos(multiply(share, Math.PI))), 0.5);
  return multiply(rate, add(multiply(fallen, 1 - alpha), alpha));
}

/** The first of `values` up to the first boundary and with it, the next up to the next, and the last for all that follows. */
export function piecewiseConstant(step: Step, boundaries: readonly number[], values: readonly number[]): Tensor {
  if (values.length !== boundaries.length + 1) {
    const message = `${boundaries.length} boundaries part ${boundaries.length + 1} values, received ${values.length}`;
    throw new NablaError("tf1/decay", message);
  }
  const at = cast(step as Scalar, "float32");
  const last: Tensor = add(multiply(at, 0), values.at(-1) ?? 0);
  return boundaries.reduceRight<Tensor>(
    (rest, boundary, i) => where(lessEqual(at, boundary), values[i] ?? 0, rest),
    last,
  );
}
