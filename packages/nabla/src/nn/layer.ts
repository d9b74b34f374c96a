/** What a layer is: plain options, a beginning, and a way to build its part of the graph. */
import type { DType } from "../array/dtype.ts";
import type { NdArray } from "../array/ndarray.ts";
import type { Shape, Size } from "../array/shape.ts";
import type { Described } from "../base/described.ts";
import type { Range } from "../base/fields.ts";
import type { Key } from "../base/random.ts";
import type { Tree } from "../base/tree.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Initializer } from "./initializer.ts";

/** Whether a graph is built to learn or to answer: dropout and batch norm differ. */
export type Mode = "train" | "predict";

/** What a layer asks of the layer before it, where that layer's options leave it open. */
export interface Wishes {
  /** How weights that feed this layer should begin: a rectifier asks for He's variance. */
  readonly initializer?: Initializer;
  /** False where a bias would be undone, as batch norm subtracts it again. */
  readonly bias?: boolean;
}

/** What a layer begins with. */
export interface Beginning {
  /** What is learned, as `{ weights, bias }`. */
  readonly parameters: Tree<NdArray>;
  /** What is observed and kept, as running means. */
  readonly statistics: Tree<NdArray>;
  /** The shape of one example behind the layer. */
  readonly shape: Size;
}

/** What a layer computes. */
export interface Applied {
  readonly output: Tensor;
  /** Next values of statistics, by path; empty when predicting. */
  readonly statistics: ReadonlyMap<string, Tensor>;
  /** What the layers inside give, by path, in order; for health checks and for naming where numbers went wrong. */
  readonly inside?: ReadonlyMap<string, Tensor>;
}

/** A layer's view of its graph: what is kept, fed and drawn for it, under its own path. */
export interface Scope {
  readonly path: string;
  readonly mode: Mode;
  /** Whether dropout drops: in training, and when predictions are drawn. */
  readonly drops: boolean;
  /** The dtype that the graph computes in: float32 to train, float64 to check gradients. */
  readonly dtype: DType;
  /** Whether a parameter or statistic of this name was made at the beginning. */
  has(name: string): boolean;
  /** A parameter or statistic of this layer. Throws `nn/missing`. */
  kept(name: string): Tensor;
  /** A number that is fed, so that changing it recompiles nothing; `value` is what it begins as, `range` what it may become. */
  number(name: string, value: number, range?: Range): Tensor;
  /** Numbers in [0, 1) that are new at every step and depend on seed, path and step alone. */
  uniform(name: string, shape: Shape): Tensor;
  /** The full path of something of this layer: `dense1.weights`. */
  pathOf(name: string): string;
  /** The view of a layer inside this one. */
  within(name: string): Scope;
}

/** A layer as data with its functions. `options` and `kind` make it again: see `layerFrom`. */
export interface Layer extends Described {
  /** Parameters and statistics for examples of this shape; `wishes` are those of the layers behind. */
  readonly begin: (shape: Size, key: Key, wishes: Wishes) => Beginning;
  /** Builds the graph for a batch [batch, ...shape]. Throws a NablaError when the shape does not fit. */
  readonly apply: (x: Tensor, scope: Scope) => Applied;
  /** What the layer asks of the one before; left out by layers that pass wishes on, as dropout does. */
  readonly wishes?: Wishes;
  /** Whether each unit (the last axis) goes its way alone, so that one can be taken out without changing the others. */
  readonly unitwise?: boolean;
  /** The smallest batch that it can learn from, where that is more than one row. */
  readonly fewestRows?: number;
}

/** No parameters, no statistics. */
export function nothing(shape: Size): Beginning {
  return { parameters: {}, statistics: {}, shape };
}

/** A result without statistics. */
export function plain(output: Tensor): Applied {
  return { output, statistics: new Map() };
}
