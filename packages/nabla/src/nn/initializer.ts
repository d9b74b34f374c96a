/** How parameters begin. The presets are cases of one rule, a variance scaled by the number of connections. */
import { type NdArray, ndarray } from "../array/ndarray.ts";
import { elementsOf, type Size } from "../array/shape.ts";
import { type Described, given } from "../base/described.ts";
import { inRange, oneOf } from "../base/fields.ts";
import { type Key, normal, uniform53 } from "../base/random.ts";
import { CUT_DEVIATION, truncatedNormal } from "./truncated-normal.ts";

/** How many units feed one unit, and how many it feeds. */
export interface Fans {
  readonly in: number;
  readonly out: number;
}

/** Fills a parameter; the same key gives the same numbers. */
export interface Initializer extends Described {
  readonly fill: (shape: Size, fans: Fans, key: Key) => NdArray;
}

export const FAN_MODES = ["in", "out", "average"] as const;
export const DISTRIBUTIONS = ["normal", "uniform", "truncatedNormal"] as const;

export interface ScalingOptions {
  readonly distribution?: (typeof DISTRIBUTIONS)[number];
}

export interface VarianceOptions extends ScalingOptions {
  /** The variance is scale / fan. Default 1. */
  readonly scale?: number;
  /** Which fan: in, out, or the average of both. Default in. */
  readonly fan?: (typeof FAN_MODES)[number];
}

/** Zero mean and the variance scale / fan, whatever the distribution. */
export function varianceScaling(options: VarianceOptions = {}): Initializer {
  return scaling("varianceScaling", given({ ...options }), options);
}

/** Variance 2 / in, for rectifiers (He et al.: Delving Deep into Rectifiers, 2015, equation 10). */
export function he(options: ScalingOptions = {}): Initializer {
  return scaling("he", given({ ...options }), { ...options, scale: 2 });
}

/** Variance 2 / (in + out), for tanh and sigmoid (Glorot and Bengio 2010, equation 16). */
export function xavier(options: ScalingOptions = {}): Initializer {
  return scaling("xavier", given({ ...options }), { ...options, fan: "average" });
}

/** Variance 1 / in (LeCun, Bottou, Orr, Müller: Efficient BackProp, 1998, equation 16). */
export function lecun(options: ScalingOptions = {}): Initializer {
  return scaling("lecun", given({ ...options }), options);
}

function scaling(
  kind: string,
  options: Described["options"],
  { scale = 1, fan = "in", distribution = "normal" }: VarianceOptions,
): Initializer {
  inRange("scale", scale, { above: 0 });
  oneOf("fan", fan, FAN_MODES);
  oneOf("distribution", distribution, DISTRIBUTIONS);
  return {
    kind,
    options,
    fill: (shape, fans, key) => {
      const units = fan === "average" ? (fans.in + fans.out) / 2 : fans[fan];
      const deviation = Math.sqrt(scale / Math.max(1, units));
      return drawn(shape, draw(distribution, elementsOf(shape), key), (x) => x * deviation);
    },
  };
}

/** Draws of zero mean and variance 1. */
function draw(distribution: VarianceOptions["distribution"], count: number, key: Key): Float64Array {
  if (distribution === "normal") return normal(key, count);
  if (distribution === "truncatedNormal") return truncatedNormal(key, count);
  return uniform53(key, count).map((u) => (2 * u - 1) * Math.sqrt(3));
}

function drawn(shape: Size, draws: Float64Array, of: (x: number) => number): NdArray {
  const data = new Float32Array(draws.length);
  for (let i = 0; i < data.length; i++) data[i] = of(draws[i] ?? 0);
  return ndarray(data, shape);
}

/** Normal draws. */
export function normalDraws({
  mean = 0,
  deviation = 0.05,
}: {
  readonly mean?: number;
  readonly deviation?: number;
} = {}): Initializer {
  inRange("deviation", deviation, { atLeast: 0 });
  const fill: Initializer["fill"] = (shape, _, key) =>
    drawn(shape, normal(key, elementsOf(shape)), (x) => mean + deviation * x);
  return { kind: "normal", options: { mean, deviation }, fill };
}

/** Normal draws without those beyond two deviations, as TensorFlow's truncated_normal: `deviation` is that before the cut. */
export function truncatedDraws({
  mean = 0,
  deviation = 0.05,
}: {
  readonly mean?: number;
  readonly deviation?: number;
} = {}): Initializer {
  inRange("deviation", deviation, { atLeast: 0 });
  const fill: Initializer["fill"] = (shape, _, key) =>
    drawn(shape, truncatedNormal(key, elementsOf(shape)), (x) => mean + deviation * CUT_DEVIATION * x);
  return { kind: "truncatedNormal", options: { mean, deviation }, fill };
}

/** Uniform draws in [from, to). */
export function uniformDraws({
  from = -0.05,
  to = 0.05,
}: {
  readonly from?: number;
  readonly to?: number;
} = {}): Initializer {
  inRange("to", to, { above: from });
  const fill: Initializer["fill"] = (shape, _, key) =>
    drawn(shape, uniform53(key, elementsOf(shape)), (u) => from + (to - from) * u);
  return { kind: "uniform", options: { from, to }, fill };
}

/** The same number everywhere. As weights this keeps all units of a layer alike for ever; it is meant for biases. */
export function constantly(value: number): Initializer {
  return {
    kind: "constant",
    options: { value },
    fill: (shape) => ndarray(new Float32Array(elementsOf(shape)).fill(value), shape),
  };
}

/** Zeros; see `constantly`. */
export function zerosInitializer(): Initializer {
  return { ...constantly(0), kind: "zeros", options: {} };
}

/** Ones; see `constantly`. */
export function onesInitializer(): Initializer {
  return { ...constantly(1), kind: "ones", options: {} };
}
