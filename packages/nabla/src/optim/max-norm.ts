import { given } from "../base/described.ts";
import { isPenalized } from "../base/parameter-path.ts";
import { divide, maximum, multiply, sqrt } from "../graph/elementwise.ts";
import { sum } from "../graph/movement.ts";
import { eachParameter, type GradientTransform, limited, POSITIVE } from "./transform.ts";

export interface MaxNormOptions {
  readonly most: number;
  /** Parameters that are left alone, by last name or path. Default: bias, scale and shift. */
  readonly except?: readonly string[];
}

/**
 * Behind the step, shortens the weights that lead into a unit (all but the last axis) to the length `most` (Srebro and
 * Shraibman 2005; with dropout Srivastava et al. 2014, section 5.1).
 */
export function maxNorm({ most, except }: MaxNormOptions): GradientTransform {
  return {
    ...eachParameter({
      kind: "maxNorm",
      options: given({ most, except }),
      ...limited({ most }, { most: POSITIVE }),
      update: (direction) => ({ direction }),
    }),
    project: (next, { path, number }) => {
      if (!isPenalized(path, except) || next.shape.length < 2) return next;
      const axes = next.shape.slice(0, -1).map((_, axis) => axis);
      const length = sqrt(sum(multiply(next, next), { axes, keep: true })); // [1, …, units]
      return multiply(next, divide(number("most"), maximum(length, number("most"))));
    },
  };
}
