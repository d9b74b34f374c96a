/** What a layer is: plain options, initial variables, and a way to build its part of the graph. */
import type { DType } from "../array/dtype.ts";
import type { NdArray } from "../array/ndarray.ts";
import type { Shape, Size } from "../array/shape.ts";
import type { Described } from "../base/described.ts";
import { known } from "../base/error.ts";
import { family } from "../base/family.ts";
import { settingsOf } from "../base/field.ts";
import type { Like, OneOrNamed } from "../base/named.ts";
import type { Key } from "../base/random.ts";
import type { Range } from "../base/range.ts";
import type { Tree } from "../base/tree.ts";
import { kindType } from "../base/value-type.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Initializer } from "./initializer.ts";

/** Whether a graph is built for training or for inference: dropout and batch norm differ. */
export type Mode = "train" | "predict";

/** Hints from a layer to the layer before it, for options that are not set there. */
export interface InitHints {
  /** How weights that feed this layer should be initialized: before a ReLU with He's variance. */
  readonly initializer?: Initializer;
  /** False where a bias would be undone, as batch norm subtracts it again. */
  readonly bias?: boolean;
}

/** The input or output of a layer: a tensor, or several by name. */
export type Signal = OneOrNamed<Tensor>;

/** The shapes of examples that belong to a signal. */
export type SizeOf<S extends Signal> = Like<S, Tensor, Size>;

/** The initial variables of a layer. */
export interface Variables {
  /** What is learned, as `{ weights, bias }`. */
  readonly parameters: Tree<NdArray>;
  /** Buffers: what is observed and stored, as running means and variances. */
  readonly buffers: Tree<NdArray>;
}

/** What a layer computes. */
export interface Applied<Out extends Signal = Tensor> {
  readonly output: Out;
  /** Next values of buffers, by path; empty when predicting. */
  readonly buffers: ReadonlyMap<string, Tensor>;
  /** What the layers inside give, by path, in order; for health checks and for naming where numbers went wrong. */
  readonly inside?: ReadonlyMap<string, Tensor>;
}

/** A layer's view of its graph: its parameters, buffers, inputs and random numbers, under its own path. */
export interface Scope {
  readonly path: string;
  readonly mode: Mode;
  /** Whether dropout is active: in training, and in Monte Carlo predictions. */
  readonly dropoutActive: boolean;
  /** The dtype that the graph computes in: float32 to train, float64 to check gradients. */
  readonly dtype: DType;
  /** Whether a parameter or buffer of this name was initialized. */
  has(name: string): boolean;
  /** A parameter of this layer, as its weights. Throws `nn/missing`. */
  parameter(name: string): Tensor;
  /** A buffer of this layer, as a running mean. Throws `nn/missing`. */
  buffer(name: string): Tensor;
  /**
   * A number that is fed, so that changing it recompiles nothing; `value` is its initial value, `range` its allowed
   * range.
   */
  number(name: string, value: number, range?: Range): Tensor;
  /** Numbers in [0, 1) that are new at every step and depend on seed, path and step alone. */
  uniform(name: string, shape: Shape): Tensor;
  /** Says that these are codes from 0 to count - 1, so that training can refuse others: what comes of them is no error of a graph. */
  codes(x: Tensor, count: number): void;
  /** The full path of something of this layer: `dense1.weights`. */
  pathOf(name: string): string;
  /** The view of a layer inside this one. */
  within(name: string): Scope;
}

/**
 * A layer as data with its functions. `options` and `kind` make it again: see `layerFrom`. Most layers take a tensor
 * and give one; `Layer<ByName<Tensor>>` takes several by name, as the named inputs of examples.
 */
export interface Layer<In extends Signal = Tensor, Out extends Signal = Tensor> extends Described {
  /** The layers inside, by the names that their paths start with, in the order in which they compute. */
  readonly layers?: ReadonlyMap<string, Layer>;
  /** The shape of one example after the layer. Throws a NablaError when examples of this shape do not fit. */
  shapeOf(shape: SizeOf<In>): SizeOf<Out>;
  /** Parameters and buffers for examples of a shape that fits; `hints` come from the layers after it. */
  init(shape: SizeOf<In>, key: Key, hints: InitHints): Variables;
  /** Builds the graph for a batch [batch, ...shape]. */
  apply(x: In, scope: Scope): Applied<Out>;
  /** Its hints to the layer before it; left out by layers that pass hints on, as dropout does. */
  readonly initHints?: InitHints;
  /**
   * Whether each unit (the last axis) is computed independently, so that one can be taken out without changing the
   * others.
   */
  readonly perUnit?: boolean;
  /** Its role in a network: a layer of weights, an activation, dropout, normalization or a lookup. */
  readonly role?: LayerRole;
  /** The smallest batch that it can learn from, where that is more than one row. */
  readonly minBatchSize?: number;
  /** The models whose predictions it averages, by the names in `layers`, where that is all it does. */
  readonly averages?: readonly string[];
}

/** What a layer does in a network, for whoever changes one as data. */
export type LayerRole =
  /** Learns weights; the option named by `width` sets the number of outputs. */
  | { readonly is: "weights"; readonly width: string }
  /** A nonlinearity; `bounded` where it saturates at both ends. */
  | { readonly is: "activation"; readonly bounded?: boolean }
  | { readonly is: "dropout" }
  /** Normalizes, over the rows of a batch or each example alone. */
  | { readonly is: "norm"; readonly over: "batch" | "example" }
  /** Looks up rows by codes among its inputs, which are no amounts: they are neither scaled nor mixed nor made noisy. */
  | { readonly is: "lookup" };

/** Any model: a layer whatever it takes and gives. */
export type Model = Layer<Signal, Signal>;

/** The view of a layer that is declared by fields. */
export interface FieldScope extends Scope {
  /** The value of a field that may change while training: a number that is fed. */
  setting(name: string): Tensor;
}

/** What a kind of layer gives. Left out: a shape that stays as it is, and no variables. */
export interface LayerBody extends Partial<Omit<Layer, keyof Described | "apply">> {
  readonly apply: (x: Tensor, scope: FieldScope) => Applied;
}

/** Declares a layer. Fields that are adjustable become settings of a training, under the layer's path. */
export const layer = family<Layer, LayerBody>((body, { kind, options, fields, values }) => {
  const { settings, ranges } = settingsOf(fields, values);
  return {
    shapeOf: (shape) => shape,
    init: () => NO_VARIABLES,
    ...body,
    kind,
    options,
    apply: (x, scope) =>
      body.apply(x, {
        ...scope,
        setting: (name) => scope.number(name, known(settings[name], `setting ${name}`), ranges[name]),
      }),
  };
});

/** The values of an option that holds a layer. */
export const layerType = kindType<Layer>("layer", "apply");

/** No parameters, no buffers. */
const NO_VARIABLES: Variables = { parameters: {}, buffers: {} };

/** A result without buffers. */
export function stateless(output: Tensor): Applied {
  return { output, buffers: new Map() };
}

/** The largest of the smallest batches that layers can learn from; left out where one row is enough. */
export function largestMinBatchSize(layers: Iterable<Layer>): Pick<Layer, "minBatchSize"> {
  const size = Math.max(1, ...[...layers].map(({ minBatchSize = 1 }) => minBatchSize));
  return size > 1 ? { minBatchSize: size } : {};
}
