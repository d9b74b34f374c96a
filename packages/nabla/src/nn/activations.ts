/** Layers that compute each number, or each example, by one function, and learn nothing. */
import type { About } from "../base/family.ts";
import { type Fields, number, type Values } from "../base/field.ts";
import { maximum, sigmoid as sigmoidOf, tanh as tanhOf } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/tensor.ts";
import { exponentialLinear, gaussianLinear, leaky, softmaxOf } from "./functions.ts";
import { he, type Initializer, lecun, xavier } from "./initializer.ts";
import { type FieldScope, layer, stateless } from "./layer.ts";
import { ELU_ALPHA, LEAKY_SLOPE } from "./option-defaults.ts";

interface Activation {
  /** The default initializer of the weights that feed it. */
  readonly initializer: Initializer;
  /** False for a function of more than one unit. */
  readonly perUnit?: boolean;
  /** Whether its slope vanishes at both ends. */
  readonly bounded?: boolean;
  /** Whether it leaves every number as it is. */
  readonly linear?: boolean;
  readonly of: (x: Tensor, scope: FieldScope) => Tensor;
}

/** Declares an activation: `initializer` suits the weights before it, `of` computes it. */
function activation<const F extends Fields, const C extends About>(
  kind: string,
  fields: F,
  { initializer, perUnit = true, bounded = false, linear = false, of }: Activation,
  about: C,
) {
  const build = (_: Values<F>) => ({
    initHints: { initializer },
    perUnit,
    ...(linear ? {} : { role: { is: "activation", bounded } as const }),
    apply: (x: Tensor, scope: FieldScope) => stateless(of(x, scope)),
  });
  return layer<F, C>(kind, fields, build, about);
}

/** max(x, 0); its slope at 0 is 0. */
export const relu = activation("relu", {}, { initializer: he(), of: (x) => maximum(x, 0) }, { help: "max(x, 0)" });

/** x above 0 and slope·x below. */
export const leakyRelu = activation(
  "leakyRelu",
  {
    slope: number({
      atLeast: 0,
      below: 1,
      default: LEAKY_SLOPE,
      source: "Maas et al. 2013; PyTorch",
      adjustable: true,
      help: "the slope below 0",
    }),
  },
  { initializer: he(), of: (x, { setting }) => leaky(x, setting("slope")) },
  { help: "x above 0, slope·x below" },
);

/** x above 0 and alpha·(e^x - 1) below. */
export const elu = activation(
  "elu",
  {
    alpha: number({
      above: 0,
      default: ELU_ALPHA,
      source: "Clevert et al. 2016",
      adjustable: true,
      help: "minus the value far below 0",
    }),
  },
  { initializer: he(), of: (x, { setting }) => exponentialLinear(x, setting("alpha")) },
  { help: "x above 0 and alpha·(e^x - 1) below" },
);

/** x·Φ(x) with the normal distribution function Φ, exact. */
export const gelu = activation("gelu", {}, { initializer: he(), of: gaussianLinear }, { help: "x·Φ(x), exact" });

/** 1 / (1 + e^-x) */
export const sigmoid = activation(
  "sigmoid",
  {},
  { initializer: xavier(), bounded: true, of: (x) => sigmoidOf(x) },
  { help: "1 / (1 + e^-x)" },
);

/** (e^x - e^-x) / (e^x + e^-x) */
export const tanh = activation(
  "tanh",
  {},
  { initializer: xavier(), bounded: true, of: (x) => tanhOf(x) },
  { help: "(e^x - e^-x) / (e^x + e^-x)" },
);

/** Shares that sum to 1 along the last axis. Losses take logits, so a network is trained without it as the last layer. */
export const softmax = activation(
  "softmax",
  {},
  { initializer: xavier(), perUnit: false, of: (x) => softmaxOf(x) },
  { help: "probabilities that sum to 1 along the last axis" },
);

/** x as it is. */
export const identity = activation(
  "identity",
  {},
  { initializer: lecun(), linear: true, of: (x) => x },
  { help: "the identity: x", elsewhere: ["linear", "none"] },
);
