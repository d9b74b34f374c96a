/** Names as TensorFlow writes them in Python, which listings hold: each says what it is called here. */
import { renamed } from "./renamed.ts";

/** `tf.getVariable("w", [2, 3])` */
export const get_variable = renamed("tf.get_variable", "tf.getVariable");
/** `tf.globalVariablesInitializer()` */
export const global_variables_initializer = renamed("tf.global_variables_initializer", "tf.globalVariablesInitializer");
/** `tf.globalVariablesInitializer()`, whose older name this is. */
export const initialize_all_variables = renamed("tf.initialize_all_variables", "tf.globalVariablesInitializer");
/** `tf.resetDefaultGraph()` */
export const reset_default_graph = renamed("tf.reset_default_graph", "tf.resetDefaultGraph");
/** `tf.zerosInitializer()` */
export const zeros_initializer = renamed("tf.zeros_initializer", "tf.zerosInitializer");
/** `tf.onesInitializer()` */
export const ones_initializer = renamed("tf.ones_initializer", "tf.onesInitializer");
/** `tf.setRandomSeed(1)` */
export const set_random_seed = renamed("tf.set_random_seed", "tf.setRandomSeed");
/** `tf.oneHot(codes, depth)` */
export const one_hot = renamed("tf.one_hot", "tf.oneHot");
/** `tf.reduceMean(x)` */
export const reduce_mean = renamed("tf.reduce_mean", "tf.reduceMean");
/** `tf.reduceSum(x)` */
export const reduce_sum = renamed("tf.reduce_sum", "tf.reduceSum");
/** `tf.argMax(x)` */
export const argmax = renamed("tf.argmax", "tf.argMax");
/** `tf.train.gradientDescentOptimizer(0.01)` */
export const GradientDescentOptimizer = renamed(
  "tf.train.GradientDescentOptimizer",
  "tf.train.gradientDescentOptimizer",
);
/** `tf.train.adamOptimizer(0.001)` */
export const AdamOptimizer = renamed("tf.train.AdamOptimizer", "tf.train.adamOptimizer");
/** `tf.train.momentumOptimizer(0.01, 0.9)` */
export const MomentumOptimizer = renamed("tf.train.MomentumOptimizer", "tf.train.momentumOptimizer");
/** `tf.train.rmsPropOptimizer(0.01)` */
export const RMSPropOptimizer = renamed("tf.train.RMSPropOptimizer", "tf.train.rmsPropOptimizer");
/** `tf.nn.sigmoidCrossEntropyWithLogits({ logits, labels })` */
export const sigmoid_cross_entropy_with_logits = renamed(
  "tf.nn.sigmoid_cross_entropy_with_logits",
  "tf.nn.sigmoidCrossEntropyWithLogits",
);
/** `tf.nn.softmaxCrossEntropyWithLogits({ logits, labels })` */
export const softmax_cross_entropy_with_logits = renamed(
  "tf.nn.softmax_cross_entropy_with_logits",
  "tf.nn.softmaxCrossEntropyWithLogits",
);
/** `tf.nn.batchNormalization(x, mean, variance, offset, scale, epsilon)` */
export const batch_normalization = renamed("tf.nn.batch_normalization", "tf.nn.batchNormalization");
/** `tf.contrib.layers.xavierInitializer({ seed: 1 })` */
export const xavier_initializer = renamed(
  "tf.contrib.layers.xavier_initializer",
  "tf.contrib.layers.xavierInitializer",
);
