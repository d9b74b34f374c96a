import { cast, divide, floor, multiply, pow } from "./arithmetic.ts";
import type { Scalar, Tensor } from "./graph.ts";
import type { ScalarOperand } from "./operands.ts";

/** rate · decayRate^(globalStep / decaySteps); with `staircase` the exponent is a whole number. */
export function exponentialDecay(
  rate: ScalarOperand,
  globalStep: Scalar | Tensor,
  decaySteps: number,
  decayRate: number,
  { staircase = false }: { readonly staircase?: boolean } = {},
): Scalar {
  const passed = divide(cast(globalStep as Scalar, typeof rate === "number" ? "float32" : rate.dtype), decaySteps);
  return multiply(rate, pow(decayRate, staircase ? floor(passed) : passed));
}
