import { given } from "../base/described.ts";
import { isPenalized } from "../base/parameter-path.ts";
import { add, multiply } from "../graph/elementwise.ts";
import { eachParameter, type GradientTransform, limited, NOT_NEGATIVE } from "./transform.ts";

export interface DecayOptions {
  readonly strength: number;
  /** Parameters that do not decay, by last name or path (`embedding1.*`). Default: bias, scale and shift; `[]` lets all decay. */
  readonly except?: readonly string[];
}

/**
 * Adds strength · w to the direction. As the last transform it is weight decay (Loshchilov and Hutter 2019); as the first it
 * is the same as an L2 penalty.
 */
export function decay({ strength, except }: DecayOptions): GradientTransform {
  return eachParameter({
    kind: "decay",
    options: given({ strength, except }),
    ...limited({ strength }, { strength: NOT_NEGATIVE }),
    update: (direction, { path, parameter, number }) => ({
      direction: isPenalized(path, except) ? add(direction, multiply(parameter, number("strength"))) : direction,
    }),
  });
}
