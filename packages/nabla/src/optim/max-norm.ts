import { number } from "../base/field.ts";
import { isPenalized } from "../base/parameter-path.ts";
import { divide, maximum, multiply, sqrt } from "../graph/elementwise.ts";
import { sum } from "../graph/movement.ts";
import { except } from "./decay.ts";
import { eachParameter, transform } from "./transform.ts";

/**
 * After the step, shortens the weights that lead into a unit (all but the last axis) to the length `most` (Srebro and
 * Shraibman 2005; with dropout Srivastava et al. 2014, section 5.1).
 */
export const maxNorm = transform(
  "maxNorm",
  { most: number({ above: 0, adjustable: true, help: "the greatest length of the weights into a unit" }), except },
  (options) => ({
    ...eachParameter({ update: (direction) => ({ direction }) }),
    project: (next, { path, number: fed }) => {
      if (!isPenalized(path, options.except) || next.shape.length < 2) return next;
      const axes = next.shape.slice(0, -1).map((_, axis) => axis);
      const length = sqrt(sum(multiply(next, next), { axes, keep: true })); // [1, …, units]
      return multiply(next, divide(fed("most"), maximum(length, fed("most"))));
    },
  }),
  { help: "bounds the length of the weights into each unit" },
);
