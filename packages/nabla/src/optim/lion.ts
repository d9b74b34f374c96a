import { given } from "../base/described.ts";
import { add, multiply, sign } from "../graph/elementwise.ts";
import { decay } from "./decay.ts";
import { defaults } from "./defaults.ts";
import { type Optimizer, optimizer } from "./optimizer.ts";
import { BETA, eachParameter, flushed, type GradientTransform, limited } from "./transform.ts";

export interface LionOptions {
  /** The share of the past in the direction. */
  readonly beta1?: number;
  /** The share of the past in what is remembered. */
  readonly beta2?: number;
}

/** The sign of a blend of gradient and memory (Chen et al.: Symbolic Discovery of Optimization Algorithms, 2023, algorithm 2). */
export function scaleByLion(options: LionOptions = {}): GradientTransform {
  const { beta1, beta2 } = { ...defaults.lion, ...options };
  return eachParameter({
    kind: "lion",
    options: { beta1, beta2 },
    ...limited({ beta1, beta2 }, { beta1: BETA, beta2: BETA }),
    slots: { first: 0 },
    numbers: ({ beta1: a = 0, beta2: b = 0 }) => ({ beta1: a, share1: 1 - a, beta2: b, share2: 1 - b }),
    update: (gradient, { number, slot }) => ({
      direction: sign(add(multiply(slot("first"), number("beta1")), multiply(gradient, number("share1")))),
      first: flushed(add(multiply(slot("first"), number("beta2")), multiply(gradient, number("share2")))),
    }),
  });
}

/** Lion: steps of one size, so rates are about a tenth of Adam's. `decay` shrinks weights by rate · decay beside it; default 0. */
export function lion({
  rate = defaults.lion.rate,
  decay: strength = 0,
  except,
  ...options
}: LionOptions & {
  readonly rate?: number;
  readonly decay?: number;
  readonly except?: readonly string[];
} = {}): Optimizer {
  const transforms =
    strength === 0
      ? [scaleByLion(options)]
      : [scaleByLion(options), decay(except ? { strength, except } : { strength })];
  return optimizer("lion", { rate, decay: strength, ...given({ except, ...options }) }, transforms);
}
