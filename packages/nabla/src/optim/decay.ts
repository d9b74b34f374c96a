import { list, number } from "../base/field.ts";
import { EXEMPT, isPenalized } from "../base/parameter-path.ts";
import { textType } from "../base/value-type.ts";
import { add, multiply } from "../graph/elementwise.ts";
import { eachParameter, transform } from "./transform.ts";

/** The option that excludes parameters from decay. */
export const except = list(textType, {
  default: EXEMPT,
  source: "they shift and scale only",
  help: "parameters left alone, by last name or path (`embedding1.*`)",
});

/**
 * Adds strength · w to the direction. As the last transform it is weight decay (Loshchilov and Hutter 2019); as the
 * first it is the same as an L2 penalty.
 */
export const decay = transform(
  "decay",
  {
    strength: number({ atLeast: 0, adjustable: true, help: "weights shrink by rate · strength at each step" }),
    except,
  },
  (options) =>
    eachParameter({
      update: (direction, { path, parameter, number: fed }) => ({
        direction: isPenalized(path, options.except) ? add(direction, multiply(parameter, fed("strength"))) : direction,
      }),
    }),
  { help: "weight decay: adds strength · w to the direction" },
);

/** The options of an optimizer with decoupled weight decay. */
export function decayed(strength: number, source: string) {
  return {
    decay: number({ atLeast: 0, default: strength, source, help: "weights shrink by rate · decay at each step" }),
    except,
  };
}
