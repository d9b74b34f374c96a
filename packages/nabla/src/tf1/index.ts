/**
 * TensorFlow 1's way of working: a graph is built first, with variables and placeholders, and a session runs it. Names
 * are TensorFlow's in camel case. `import * as tf from "nabla/tf1"`.
 */
export type { Nested } from "../array/nested.ts";
export {
  abs,
  add,
  addN,
  type Binary,
  cast,
  cos,
  divide,
  equal,
  exp,
  expm1,
  floor,
  greater,
  greaterEqual,
  identity,
  less,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  maximum,
  minimum,
  multiply,
  negative,
  notEqual,
  pow,
  reciprocal,
  rsqrt,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  squaredDifference,
  stopGradient,
  subtract,
  tanh,
  type Unary,
  where,
} from "./arithmetic.ts";
/** What the notes use of `tf.contrib`: `tf.contrib.layers.xavierInitializer()`. */
export * as contrib from "./contrib.ts";
export { cond, controlDependencies, type LoopOptions, whileLoop } from "./control.ts";
export { expr } from "./expression.ts";
export type { Feed, FeedValue } from "./feeds.ts";
export type { Answer, Fetch, Fetched, Fetches } from "./fetches.ts";
export { clipByGlobalNorm, clipByNorm, clipByValue, globalNorm, gradients } from "./gradients.ts";
export {
  AUTO_REUSE,
  Graph,
  getDefaultGraph,
  type Named,
  Operation,
  type Reuse,
  resetDefaultGraph,
  type Scalar,
  setRandomSeed,
  Tensor,
  Variable,
} from "./graph.ts";
export {
  constantInitializer,
  glorotNormalInitializer,
  glorotUniformInitializer,
  type Initializer,
  onesInitializer,
  randomNormalInitializer,
  randomUniformInitializer,
  truncatedNormalInitializer,
  type VarianceScaling,
  varianceScalingInitializer,
  zerosInitializer,
} from "./initializers.ts";
export { type PadOptions, pad, range, shape, split, tile } from "./layout.ts";
export {
  bool,
  constant,
  fill,
  float32,
  float64,
  int32,
  ones,
  onesLike,
  placeholder,
  placeholderWithDefault,
  zeros,
  zerosLike,
} from "./leaves.ts";
export {
  concat,
  expandDims,
  gather,
  matmul,
  type OneHotOptions,
  oneHot,
  reshape,
  slice,
  squeeze,
  stack,
  transpose,
} from "./movement.ts";
/** Activations, losses, convolutions and normalization: `tf.nn.relu(z)`. */
export * as nn from "./nn.ts";
export type { Operand } from "./operands.ts";
export {
  argmax,
  get_variable,
  global_variables_initializer,
  initialize_all_variables,
  one_hot,
  ones_initializer,
  reduce_mean,
  reduce_sum,
  reset_default_graph,
  set_random_seed,
  zeros_initializer,
} from "./python-names.ts";
export { randomNormal, randomUniform, truncatedNormal } from "./random.ts";
export {
  type Axes,
  argMax,
  argMin,
  type Reduction,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
} from "./reductions.ts";
export { Session, type SessionOptions, session } from "./session.ts";
/** Numbers that are fetched beside results: `tf.summary.scalar("cost", cost)`. */
export * as summary from "./summaries.ts";
export type { SummaryOptions } from "./summary.ts";
/** Optimizers, decaying rates, averages and savers: `tf.train.adamOptimizer(0.001)`. */
export * as train from "./train.ts";
export {
  assign,
  assignAdd,
  assignSub,
  type GetVariableOptions,
  getVariable,
  globalVariables,
  globalVariablesInitializer,
  group,
  nameScope,
  noOp,
  trainableVariables,
  type VariableOptions,
  variable,
  variableScope,
  variablesInitializer,
} from "./variables.ts";
