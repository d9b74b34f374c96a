/** Layers that bend each number, or each example, and learn nothing. */
import { given, type PlainOptions } from "../base/described.ts";
import { inRange, type Range } from "../base/fields.ts";
import { maximum, sigmoid as sigmoidOf, tanh as tanhOf } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/tensor.ts";
import { exponentialLinear, gaussianLinear, leaky, softmaxOf } from "./functions.ts";
import { he, type Initializer, lecun, xavier } from "./initializer.ts";
import { type Layer, noVariables, type Scope, stateless } from "./layer.ts";

const SLOPE: Range = { atLeast: 0, below: 1 };
const POSITIVE: Range = { above: 0 };

interface ActivationOptions {
  readonly options?: PlainOptions;
  readonly suits: Initializer;
  readonly perUnit?: boolean;
  readonly of: (x: Tensor, scope: Scope) => Tensor;
}

function activation(kind: string, { options = {}, suits, perUnit = true, of }: ActivationOptions): Layer {
  const apply: Layer["apply"] = (x, scope) => stateless(of(x, scope));
  return { kind, options, initHints: { initializer: suits }, perUnit, init: noVariables, apply };
}

/** max(x, 0); its slope at 0 is 0. */
export function relu(): Layer {
  return activation("relu", { suits: he(), of: (x) => maximum(x, 0) });
}

/** x above 0 and slope·x below. */
export function leakyRelu({ slope }: { readonly slope?: number } = {}): Layer {
  const value = inRange("slope", slope ?? 0.01, SLOPE);
  return activation("leakyRelu", {
    options: given({ slope }),
    suits: he(),
    of: (x, scope) => leaky(x, scope.number("slope", value, SLOPE)),
  });
}

/** x above 0 and alpha·(e^x - 1) below. */
export function elu({ alpha }: { readonly alpha?: number } = {}): Layer {
  const value = inRange("alpha", alpha ?? 1, POSITIVE);
  return activation("elu", {
    options: given({ alpha }),
    suits: he(),
    of: (x, scope) => exponentialLinear(x, scope.number("alpha", value, POSITIVE)),
  });
}

/** x·Φ(x) with the normal distribution function Φ, exact. */
export function gelu(): Layer {
  return activation("gelu", { suits: he(), of: gaussianLinear });
}

/** 1 / (1 + e^-x) */
export function sigmoid(): Layer {
  return activation("sigmoid", { suits: xavier(), of: (x) => sigmoidOf(x) });
}

/** (e^x - e^-x) / (e^x + e^-x) */
export function tanh(): Layer {
  return activation("tanh", { suits: xavier(), of: (x) => tanhOf(x) });
}

/** Shares that sum to 1 along the last axis. Losses take logits, so a network that learns ends without it. */
export function softmax(): Layer {
  return activation("softmax", { suits: xavier(), perUnit: false, of: (x) => softmaxOf(x) });
}

/** x as it is. */
export function identity(): Layer {
  return activation("identity", { suits: lecun(), of: (x) => x });
}
