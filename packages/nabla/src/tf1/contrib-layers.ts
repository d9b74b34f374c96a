import { type Initializer, varianceScalingInitializer } from "./initializers.ts";

export { xavier_initializer } from "./python-names.ts";

/** Options of `xavierInitializer`. */
export interface XavierOptions {
  /** Uniform draws (the default) or normal ones cut at two deviations. */
  readonly uniform?: boolean;
  /** The seed of the draws; by default that of the graph. */
  readonly seed?: number;
}

/** Variance 2 / (in + out), by default as uniform draws within √(6 / (in + out)) (Glorot and Bengio 2010, equation 16). */
export function xavierInitializer({ uniform = true, seed }: XavierOptions = {}): Initializer {
  return varianceScalingInitializer({
    mode: "fanAvg",
    distribution: uniform ? "uniform" : "truncatedNormal",
    seed,
  });
}
