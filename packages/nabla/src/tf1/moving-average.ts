/** Averages of variables, under TensorFlow 1's names. */
import { NablaError } from "../base/error.ts";
import { add, cast, divide, minimum, multiply, subtract } from "./arithmetic.ts";
import type { Operation, Scalar, Tensor, Variable } from "./graph.ts";
import { assignSub, group, trainableVariables, variable } from "./variables.ts";

/** Exponential moving averages of variables. */
export interface MovingAverage {
  /** A step of the averages: average -= (1 - decay) · (average - variable). Makes the averages, which begin as the variables do. */
  readonly apply: (variables?: readonly Variable[]) => Operation;
  /** The average of a variable; undefined where `apply` was not called with it. */
  readonly average: (of: Variable) => Variable | undefined;
  /** The name of a variable's average. */
  readonly averageName: (of: Variable) => string;
}

const SUFFIX = "ExponentialMovingAverage";

/**
 * TensorFlow's ExponentialMovingAverage. With `numUpdates`, a count of steps, the decay is at most
 * (1 + numUpdates) / (10 + numUpdates), so that averages move faster at first.
 */
export function exponentialMovingAverage(
  decay: number,
  { numUpdates }: { readonly numUpdates?: Scalar | Tensor } = {},
): MovingAverage {
  if (!(decay > 0 && decay < 1))
    throw new NablaError("options/range", `decay must be above 0 and below 1, received ${decay}`);
  const averages = new Map<Variable, Variable>();
  const averageOf = (of: Variable): Variable => {
    const made = averages.get(of) ?? variable(of.initialValue, { name: `${of.name}/${SUFFIX}`, trainable: false });
    averages.set(of, made);
    return made;
  };
  const stepOf = (of: Variable): Tensor => {
    const own = averageOf(of);
    return assignSub(own, multiply(subtract(own, of), shareOf(of)));
  };
  // 1 - decay
  const shareOf = (of: Variable): Scalar | number => {
    if (numUpdates === undefined) return 1 - decay;
    const steps = cast(numUpdates as Scalar, of.dtype);
    return subtract(1, minimum(decay, divide(add(steps, 1), add(steps, 10))));
  };
  return {
    apply: (variables = trainableVariables()) => group(...variables.map(stepOf)),
    average: (of) => averages.get(of),
    averageName: ({ name }) => `${name}/${SUFFIX}`,
  };
}
