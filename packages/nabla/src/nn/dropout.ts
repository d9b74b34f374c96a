import { inRange } from "../base/fields.ts";
import { divide, less, select } from "../graph/elementwise.ts";
import { type Layer, nothing, plain } from "./layer.ts";

/**
 * Keeps each unit with the probability `keep` and divides by it, so that the expected output does not change (inverted
 * dropout; Srivastava et al. 2014). The mask is new at every step and the same on every engine; predicting keeps all.
 */
export function dropout({ keep }: { readonly keep: number }): Layer {
  inRange("keep", keep, { above: 0, atMost: 1 });
  return {
    kind: "dropout",
    options: { keep },
    begin: nothing,
    apply: (x, scope) => {
      if (scope.mode === "predict") return plain(x);
      const share = scope.number("keep", keep);
      const kept = less(scope.uniform("mask", x.shape), share);
      return plain(select(kept, divide(x, share), 0));
    },
  };
}
