import type { Shape } from "../array/shape.ts";
import { uniform } from "../base/domain.ts";
import { number } from "../base/field.ts";
import { divide, less, select } from "../graph/elementwise.ts";
import { type Layer, type LayerBody, layer, type Scope, stateless } from "./layer.ts";

const fields = {
  keep: number({
    above: 0,
    atMost: 1,
    adjustable: true,
    search: uniform(0.5, 1),
    help: "the probability of keeping a unit in training",
  }),
};

/**
 * Keeps each unit with the probability `keep` and divides by it, so that the expected output does not change (inverted
 * dropout; Srivastava et al. 2014). The mask is new at every step and the same on every engine; at inference all units
 * are kept.
 */
export const dropout = layer("dropout", fields, () => dropping((shape) => shape), {
  help: "drops units at random while training",
  bare: ["keep"],
});

/**
 * Dropout of whole channels (the last axis) of an image or a sequence: neighboring pixels are correlated, so dropping
 * single ones changes little (Tompson et al. 2015).
 */
export const spatialDropout = layer(
  "spatialDropout",
  fields,
  () => dropping((shape) => shape.map((length, axis) => (axis === 0 || axis === shape.length - 1 ? length : 1))),
  { help: "drops whole channels at random while training", bare: ["keep"] },
);

function dropping(mask: (shape: Shape) => Shape): LayerBody {
  return {
    perUnit: true,
    role: { is: "dropout" },
    apply: (x, scope) => {
      if (!scope.dropoutActive) return stateless(x);
      const share = scope.setting("keep");
      const kept = less(scope.uniform("mask", mask(x.shape)), share);
      return stateless(select(kept, divide(x, share), 0));
    },
  };
}

/**
 * The same model with every dropout keeping all: with it the cost of all rows must fall at every small step, which
 * shows whether the rest is right. Weights fit both, and the model itself stays as it is.
 */
export function withoutDropout(model: Layer): Layer {
  return { ...model, apply: (x, scope) => model.apply(x, quiet(scope)) };
}

function quiet(scope: Scope): Scope {
  return { ...scope, dropoutActive: false, within: (name) => quiet(scope.within(name)) };
}
