import { given } from "../base/described.ts";
import { oneOf } from "../base/fields.ts";
import { add, multiply } from "../graph/elementwise.ts";
import { defaults } from "./defaults.ts";
import { type Optimizer, optimizer } from "./optimizer.ts";
import { BETA, eachParameter, flushed, type GradientTransform, limited } from "./transform.ts";

export const FORMS = ["averaged", "heavyBall"] as const;

export interface MomentumOptions {
  readonly beta?: number;
  /** `averaged`: v = beta·v + (1 - beta)·g, as the notes have it. `heavyBall`: v = beta·v + g, as PyTorch and Keras. Default averaged. */
  readonly form?: (typeof FORMS)[number];
  /** Looks one step ahead (Nesterov 1983, in the form of Sutskever et al. 2013). */
  readonly nesterov?: boolean;
  /** Divides an averaged v by 1 - beta^t, which undoes its start at 0. */
  readonly correct?: boolean;
}

/** Directions averaged over steps. */
export function scaleByMomentum({
  beta = defaults.momentum.beta,
  form = "averaged",
  nesterov = false,
  correct = false,
}: MomentumOptions = {}): GradientTransform {
  oneOf("form", form, FORMS);
  const share = (b: number): number => (form === "averaged" ? 1 - b : 1);
  return eachParameter({
    kind: "momentum",
    options: { beta, form, nesterov, correct },
    ...limited({ beta }, { beta: BETA }),
    slots: { velocity: 0 },
    numbers: ({ beta: b = 0 }, step) => ({ beta: b, share: share(b), correction: correct ? 1 / (1 - b ** step) : 1 }),
    update: (gradient, { number, slot }) => {
      const fresh = form === "averaged" ? multiply(gradient, number("share")) : gradient;
      const velocity = flushed(add(multiply(slot("velocity"), number("beta")), fresh));
      const ahead = nesterov ? add(multiply(velocity, number("beta")), fresh) : velocity;
      return { direction: correct ? multiply(ahead, number("correction")) : ahead, velocity };
    },
  });
}

/** Gradient descent with momentum (Polyak 1964). The averaged form at `rate` walks as the heavy ball at rate · (1 - beta). */
export function momentum({
  rate = defaults.momentum.rate,
  ...options
}: MomentumOptions & { readonly rate?: number } = {}): Optimizer {
  return optimizer("momentum", { rate, ...given({ ...options }) }, [scaleByMomentum(options)]);
}
