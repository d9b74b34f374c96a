/**
 * How parameters are initialized. The presets are cases of one rule, a variance scaled by the number of connections.
 */
import { type NdArray, ndarray } from "../array/ndarray.ts";
import { elementsOf, type Size } from "../array/shape.ts";
import type { Described } from "../base/described.ts";
import { family } from "../base/family.ts";
import { number, word } from "../base/field.ts";
import { type Key, normal, uniform53 } from "../base/random.ts";
import { inRange } from "../base/range.ts";
import { kindType } from "../base/value-type.ts";
import { CUT_DEVIATION, truncatedNormal } from "./truncated-normal.ts";

/** How many units feed one unit, and how many it feeds. */
export interface Fans {
  readonly in: number;
  readonly out: number;
}

/** Fills a parameter; the same key gives the same numbers. */
export interface Initializer extends Described {
  readonly fill: (shape: Size, fans: Fans, key: Key) => NdArray;
  /** Whether all units of a layer are initialized alike, as by a constant. */
  readonly alike?: boolean;
}

/** Declares an initializer; a kind gives the function that fills a parameter, perhaps with what else is known. */
export const initializer = family<Initializer, Initializer["fill"] | Pick<Initializer, "fill" | "alike">>(
  (body, { kind, options }) => ({ ...(typeof body === "function" ? { fill: body } : body), kind, options }),
);

/** The values of an option that holds an initializer. */
export const initializerType = kindType<Initializer>("initializer", "fill");

const FAN_MODES = ["in", "out", "average"] as const;
type FanMode = (typeof FAN_MODES)[number];
const DISTRIBUTIONS = ["normal", "uniform", "truncatedNormal"] as const;
type Distribution = (typeof DISTRIBUTIONS)[number];

const distribution = word(DISTRIBUTIONS, {
  default: "normal",
  source: "He et al. 2015",
  help: "what weights are drawn from",
});

/** Zero mean and the variance scale / fan, whatever the distribution. */
export const varianceScaling = initializer(
  "varianceScaling",
  {
    scale: number({ above: 0, default: 1, source: "LeCun et al. 1998", help: "the variance is scale / fan" }),
    fan: word(FAN_MODES, {
      default: "in",
      source: "LeCun et al. 1998",
      help: "the number of connections into a unit, out of it, or the average of both",
    }),
    distribution,
  },
  ({ scale, fan, distribution: from }) => scaling(scale, fan, from),
  { help: "zero mean and the variance scale / fan" },
);

/** Variance 2 / in, for ReLU (He et al.: Delving Deep into Rectifiers, 2015, equation 10). */
export const he = initializer("he", { distribution }, (options) => scaling(2, "in", options.distribution), {
  help: "variance 2 / in, for ReLU",
});

/** Variance 2 / (in + out), for tanh and sigmoid (Glorot and Bengio 2010, equation 16). */
export const xavier = initializer(
  "xavier",
  { distribution },
  (options) => scaling(1, "average", options.distribution),
  {
    help: "variance 2 / (in + out), for tanh and sigmoid",
  },
);

/** Variance 1 / in (LeCun, Bottou, Orr, Müller: Efficient BackProp, 1998, equation 16). */
export const lecun = initializer("lecun", { distribution }, (options) => scaling(1, "in", options.distribution), {
  help: "variance 1 / in",
});

function scaling(scale: number, fan: FanMode, from: Distribution): Initializer["fill"] {
  return (shape, fans, key) => {
    const units = fan === "average" ? (fans.in + fans.out) / 2 : fans[fan];
    const deviation = Math.sqrt(scale / Math.max(1, units));
    return drawn(shape, draw(from, elementsOf(shape), key), (x) => x * deviation);
  };
}

/** Draws of zero mean and variance 1. */
function draw(from: Distribution, count: number, key: Key): Float64Array {
  if (from === "normal") return normal(key, count);
  if (from === "truncatedNormal") return truncatedNormal(key, count);
  return uniform53(key, count).map((u) => (2 * u - 1) * Math.sqrt(3));
}

function drawn(shape: Size, draws: Float64Array, of: (x: number) => number): NdArray {
  const data = new Float32Array(draws.length);
  for (let i = 0; i < data.length; i++) data[i] = of(draws[i] ?? 0);
  return ndarray(data, shape);
}

const bell = {
  mean: number({ default: 0, source: "Keras", help: "the mean" }),
  deviation: number({ atLeast: 0, default: 0.05, source: "Keras", help: "the standard deviation" }),
};

/** Normal draws. */
export const normalInitializer = initializer(
  "normal",
  bell,
  ({ mean, deviation }) => ({
    alike: deviation === 0,
    fill: (shape, _, key) => drawn(shape, normal(key, elementsOf(shape)), (x) => mean + deviation * x),
  }),
  { help: "normal draws" },
);

/**
 * Normal draws without those beyond two deviations, as TensorFlow's truncated_normal: `deviation` is that of the normal
 * before truncation.
 */
export const truncatedNormalInitializer = initializer(
  "truncatedNormal",
  bell,
  ({ mean, deviation }) =>
    (shape, _, key) =>
      drawn(shape, truncatedNormal(key, elementsOf(shape)), (x) => mean + deviation * CUT_DEVIATION * x),
  { help: "normal draws without those beyond two standard deviations" },
);

/** Uniform draws in [from, to). */
export const uniformInitializer = initializer(
  "uniform",
  {
    from: number({ default: -0.05, source: "Keras", help: "the smallest value" }),
    to: number({ default: 0.05, source: "Keras", help: "what all values are below" }),
  },
  ({ from, to }) => {
    inRange("to", to, { above: from });
    return (shape, _, key) => drawn(shape, uniform53(key, elementsOf(shape)), (u) => from + (to - from) * u);
  },
  { help: "uniform draws between two values" },
);

function fillWith(value: number): Pick<Initializer, "fill" | "alike"> {
  return { alike: true, fill: (shape) => ndarray(new Float32Array(elementsOf(shape)).fill(value), shape) };
}

/**
 * The same number everywhere. For weights it never breaks the symmetry between a layer's units; it is meant for biases.
 */
export const constantInitializer = initializer(
  "constant",
  { value: number({ help: "the number" }) },
  ({ value }) => fillWith(value),
  { help: "the same number everywhere", args: ["value"] },
);

/** Zeros; see `constantInitializer`. */
export const zerosInitializer = initializer("zeros", {}, () => fillWith(0), { help: "zeros" });

/** Ones; see `constantInitializer`. */
export const onesInitializer = initializer("ones", {}, () => fillWith(1), { help: "ones" });
