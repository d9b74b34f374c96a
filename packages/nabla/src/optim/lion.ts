import { number } from "../base/field.ts";
import { add, multiply, sign } from "../graph/elementwise.ts";
import { decay, decayed } from "./decay.ts";
import { optimizer, rate } from "./optimizer.ts";
import { betaRange, eachParameter, flushed, transform } from "./transform.ts";

const source = "Chen et al. 2023, section 5";
const fields = {
  beta1: number({
    ...betaRange,
    default: 0.9,
    source,
    adjustable: true,
    help: "the share of the past in the direction",
  }),
  beta2: number({
    ...betaRange,
    default: 0.99,
    source,
    adjustable: true,
    help: "the share of the past in what is remembered",
  }),
};

/**
 * The sign of an interpolation of gradient and momentum (Chen et al.: Symbolic Discovery of Optimization Algorithms,
 * 2023, algorithm 2).
 */
export const scaleByLion = transform(
  "lion",
  fields,
  () =>
    eachParameter({
      slots: { first: 0 },
      numbers: ({ beta1, beta2 }) => ({ beta1, share1: 1 - beta1, beta2, share2: 1 - beta2 }),
      update: (gradient, { number: fed, slot }) => ({
        direction: sign(add(multiply(slot("first"), fed("beta1")), multiply(gradient, fed("share1")))),
        first: flushed(add(multiply(slot("first"), fed("beta2")), multiply(gradient, fed("share2")))),
      }),
    }),
  { help: "the sign of a blend of gradient and memory", adaptive: true },
);

/** Lion: steps of one size, so rates are about a tenth of Adam's. `decay` is decoupled weight decay by rate · decay. */
export const lion = optimizer(
  "lion",
  { rate: rate(1e-4, source), ...fields, ...decayed(0, "off") },
  ({ decay: strength, except, ...options }) => [
    scaleByLion(options),
    ...(strength === 0 ? [] : [decay({ strength, except })]),
  ],
  { help: "steps of one size, by the sign of a blend of gradient and memory" },
);
