import { oneMinusLog } from "../base/domain.ts";
import { NablaError } from "../base/error.ts";
import { boolean, number, word } from "../base/field.ts";
import { add, multiply } from "../graph/elementwise.ts";
import { optimizer, rate } from "./optimizer.ts";
import { share } from "./schedule.ts";
import { betaRange, eachParameter, flushed, transform } from "./transform.ts";

const fields = {
  beta: number({
    ...betaRange,
    default: 0.9,
    source: "Sutskever et al. 2013 and the notes",
    adjustable: true,
    search: oneMinusLog(0.9, 0.999),
    help: "the momentum coefficient: the share of the past in the velocity",
  }),
  form: word(["averaged", "heavyBall"], {
    default: "averaged",
    source: "the notes",
    help: "v = beta·v + (1 - beta)·g as in the notes, or v = beta·v + g as in PyTorch and Keras",
  }),
  dampening: number({
    ...share,
    default: 0,
    source: "PyTorch",
    help: "what a heavy ball's fresh gradients are weakened by from the second step on: v = beta·v + (1 - dampening)·g",
  }),
  nesterov: boolean({
    default: false,
    source: "the notes",
    help: "Nesterov momentum (Nesterov 1983, in the form of Sutskever et al. 2013)",
  }),
  correct: boolean({
    default: false,
    source: "the notes",
    help: "divides an averaged v by 1 - beta^t, which undoes its start at 0",
  }),
};

/** An exponentially weighted average of directions over steps. */
export const scaleByMomentum = transform(
  "momentum",
  fields,
  ({ form, nesterov, correct, dampening }) => {
    const isDamped = dampening !== 0;
    if (isDamped && (form !== "heavyBall" || nesterov)) {
      const message = `momentum: dampening ${dampening} goes with the form heavyBall and without nesterov`;
      throw new NablaError("options/range", message, 'give form: "heavyBall", or leave dampening out');
    }
    const freshOf = (beta: number, step: number): number => {
      if (form === "averaged") return 1 - beta;
      return step === 1 ? 1 : 1 - dampening;
    };
    return eachParameter({
      slots: { velocity: 0 },
      numbers: ({ beta }: { readonly beta: number }, step) => ({
        beta,
        share: freshOf(beta, step),
        correction: correct ? 1 / (1 - beta ** step) : 1,
      }),
      update: (gradient, { number: fed, slot }) => {
        const fresh = form === "averaged" || isDamped ? multiply(gradient, fed("share")) : gradient;
        const velocity = flushed(add(multiply(slot("velocity"), fed("beta")), fresh));
        const ahead = nesterov ? add(multiply(velocity, fed("beta")), fresh) : velocity;
        return { direction: correct ? multiply(ahead, fed("correction")) : ahead, velocity };
      },
    });
  },
  { help: "an average of the directions over steps" },
);

/**
 * Gradient descent with momentum (Polyak 1964). The averaged form at `rate` is equivalent to the heavy ball at
 * rate · (1 - beta).
 */
export const momentum = optimizer(
  "momentum",
  { rate: rate(0.1, "0.01 of the usual form / (1 - beta)"), ...fields },
  (options) => [scaleByMomentum(options)],
  { help: "gradient descent with momentum" },
);
