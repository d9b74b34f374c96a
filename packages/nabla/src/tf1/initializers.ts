/** Initializers under TensorFlow 1's names: functions of a shape that return the tensor of the initial values. */
import type { DType } from "../array/dtype.ts";
import type { NdArray } from "../array/ndarray.ts";
import type { Nested } from "../array/nested.ts";
import { elementsOf, type Size, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { checkWord } from "../base/value-type.ts";
import { CUT_DEVIATION } from "../nn/truncated-normal.ts";
import type { Tensor } from "./graph.ts";
import { constant, fill } from "./leaves.ts";
import { arrayOf } from "./operands.ts";
import { type NormalOptions, randomNormal, randomUniform, truncatedNormal } from "./random.ts";

/** Gives the first value of a variable of a shape and dtype. */
export type Initializer = (shape: Size, dtype: DType) => Tensor;

interface Seeded {
  readonly seed?: number | undefined;
}

/** Zeros. */
export function zerosInitializer(): Initializer {
  return constantInitializer(0);
}

/** Ones. */
export function onesInitializer(): Initializer {
  return constantInitializer(1);
}

/** One value everywhere, or the numbers of an array or of lists, as many as the variable has. */
export function constantInitializer(value: NdArray | Nested): Initializer {
  if (typeof value === "number") return (shape, dtype) => fill(shape, value, { dtype });
  return (shape, dtype) => {
    const array = arrayOf(value, dtype);
    if (elementsOf(array.shape) === elementsOf(shape)) return constant({ ...array, shape });
    const message = `constantInitializer has ${elementsOf(array.shape)} numbers, ${showShape(array.shape)}, and the variable the shape ${showShape(shape)}`;
    throw new NablaError("tf1/shape", message);
  };
}

/** Normal draws. */
export function randomNormalInitializer(options: Omit<NormalOptions, "dtype" | "name"> = {}): Initializer {
  return (shape, dtype) => randomNormal(shape, { ...options, dtype });
}

/** Normal draws without those beyond two deviations. */
export function truncatedNormalInitializer(options: Omit<NormalOptions, "dtype" | "name"> = {}): Initializer {
  return (shape, dtype) => truncatedNormal(shape, { ...options, dtype });
}

/** Uniform draws in [minval, maxval), by default [-0.05, 0.05) as in Keras. */
export function randomUniformInitializer({
  minval = -0.05,
  maxval = 0.05,
  seed,
}: Seeded & { readonly minval?: number; readonly maxval?: number } = {}): Initializer {
  return (shape, dtype) => randomUniform(shape, { minval, maxval, seed, dtype });
}

/** Options of `varianceScalingInitializer`. */
export interface VarianceScaling extends Seeded {
  /** The variance is scale / fan. Default 1. */
  readonly scale?: number;
  /** Which fan: units before (fanIn, the default), after (fanOut), or the mean of both. */
  readonly mode?: "fanIn" | "fanOut" | "fanAvg";
  /** Default truncatedNormal. */
  readonly distribution?: "truncatedNormal" | "untruncatedNormal" | "uniform";
}

/** Zero mean and the variance scale / fan. */
export function varianceScalingInitializer(options: VarianceScaling = {}): Initializer {
  const { scale = 1, mode = "fanIn", distribution = "truncatedNormal", seed } = options;
  checkWord("mode", mode, ["fanIn", "fanOut", "fanAvg"]);
  checkWord("distribution", distribution, ["truncatedNormal", "untruncatedNormal", "uniform"]);
  return (shape, dtype) => {
    const fans = fansOf(shape);
    const fan = mode === "fanIn" ? fans.in : mode === "fanOut" ? fans.out : (fans.in + fans.out) / 2;
    const deviation = Math.sqrt(scale / Math.max(1, fan));
    if (distribution === "uniform") {
      const limit = Math.sqrt(3) * deviation;
      return randomUniform(shape, { minval: -limit, maxval: limit, seed, dtype });
    }
    if (distribution === "untruncatedNormal") return randomNormal(shape, { stddev: deviation, seed, dtype });
    return truncatedNormal(shape, { stddev: deviation / CUT_DEVIATION, seed, dtype });
  };
}

/** How many units feed one unit and how many it feeds: the last two lengths, times the points of a window before them. */
function fansOf(shape: Size): { readonly in: number; readonly out: number } {
  const [before = 1, behind = before] = shape.slice(-2);
  const points = elementsOf(shape.slice(0, -2));
  return { in: points * before, out: points * behind };
}

/** Glorot's uniform draws: within √(6 / (in + out)), the default of getVariable. */
export function glorotUniformInitializer({ seed }: Seeded = {}): Initializer {
  return varianceScalingInitializer({ mode: "fanAvg", distribution: "uniform", seed });
}

/** Glorot's normal draws, cut at two deviations. */
export function glorotNormalInitializer({ seed }: Seeded = {}): Initializer {
  return varianceScalingInitializer({ mode: "fanAvg", seed });
}
