import type { Shape } from "../array/shape.ts";
import { inRange, type Range } from "../base/fields.ts";
import { divide, less, select } from "../graph/elementwise.ts";
import { type Layer, noVariables, type Scope, stateless } from "./layer.ts";

const KEEP: Range = { above: 0, atMost: 1 };

/**
 * Keeps each unit with the probability `keep` and divides by it, so that the expected output does not change (inverted
 * dropout; Srivastava et al. 2014). The mask is new at every step and the same on every engine; predicting keeps all.
 */
export function dropout({ keep }: { readonly keep: number }): Layer {
  return dropoutLayer("dropout", keep, (shape) => shape);
}

/**
 * Dropout of whole channels (the last axis) of an image or a sequence: neighbouring pixels say the same, so dropping
 * single ones changes little (Tompson et al. 2015).
 */
export function spatialDropout({ keep }: { readonly keep: number }): Layer {
  return dropoutLayer("spatialDropout", keep, (shape) =>
    shape.map((length, axis) => (axis === 0 || axis === shape.length - 1 ? length : 1)),
  );
}

function dropoutLayer(kind: string, keep: number, mask: (shape: Shape) => Shape): Layer {
  inRange("keep", keep, KEEP);
  return {
    kind,
    options: { keep },
    perUnit: true,
    init: noVariables,
    apply: (x, scope) => {
      if (!scope.dropoutActive) return stateless(x);
      const share = scope.number("keep", keep, KEEP);
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
