/** tf.train: optimizers, a decaying rate, and the saver. */
export {
  cosineDecay,
  exponentialDecay,
  inverseTimeDecay,
  naturalExpDecay,
  type PolynomialDecay,
  piecewiseConstant,
  polynomialDecay,
} from "./decay.ts";
export { exponentialMovingAverage, type MovingAverage } from "./moving-average.ts";
export type { ApplyOptions, GradientPair, MinimizeOptions, Optimizer } from "./optimizer.ts";
export {
  type AdagradOptions,
  type AdamOptions,
  adagradOptimizer,
  adamOptimizer,
  gradientDescentOptimizer,
  type MomentumOptions,
  momentumOptimizer,
  type RmsPropOptions,
  rmsPropOptimizer,
} from "./optimizers.ts";
export { AdamOptimizer, GradientDescentOptimizer, MomentumOptimizer, RMSPropOptimizer } from "./python-names.ts";
export { type ModelFolders, type SavedVariables, type Saver, type SaverOptions, saver } from "./saver.ts";
