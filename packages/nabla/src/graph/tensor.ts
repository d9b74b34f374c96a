import type { DType } from "../array/dtype.ts";
import type { NdArray } from "../array/ndarray.ts";
import type { Shape } from "../array/shape.ts";
import type { DTypeRule } from "./dtype-rule.ts";

/**
 * Plain options of a node; an attribute named `shape` may hold named lengths, which become numbers when sizes are
 * known.
 */
export type Attributes = Readonly<Record<string, unknown>>;

/**
 * A frozen node of a graph: what to compute, from what. Nothing is computed until a program runs or `value` is called.
 */
export interface Tensor {
  readonly op: AnyOp;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What an op takes: tensors, numbers, and arrays, which are constants of its graph. */
export type Operand = Tensor | number | NdArray;

/** As many values as an op has inputs. */
export type Tuple<N extends number, T> = N extends 0 ? [] : N extends 1 ? [T] : N extends 2 ? [T, T] : [T, T, T];

/** What a gradient rule sees of the node: inputs, the node itself as `output`, its attributes. */
export interface GradientContext<N extends number, A extends object> {
  readonly inputs: Tuple<N, Tensor>;
  readonly output: Tensor;
  readonly attributes: A;
}

/** One case to try an op on: an input is a size to fill with seeded numbers in [from, to], or the very values. */
export interface TrialInputs<A extends object> {
  readonly inputs: readonly (readonly number[] | NdArray)[];
  /** The smallest number drawn; -1 by default. */
  readonly from?: number;
  /** The largest number drawn; 1 by default. */
  readonly to?: number;
  /** What the call takes besides operands; nothing by default. */
  readonly attributes?: NoInfer<A>;
}

/** All that nabla knows of an op; everything else (callable, engine types, gradient test, docs) derives from it. */
export interface Definition<N extends number, A extends object> {
  readonly arity: N;
  /** The dtypes that it takes: operands are converted, or refused, where the node is made. */
  readonly dtypes: DTypeRule;
  /** Turns what the caller wrote into what is stored. */
  readonly settle?: (attributes: A, inputs: Tuple<N, Tensor>) => A;
  /** Converts inputs to the form that the op requires, as broadcasting to one shape. */
  readonly admit?: (inputs: Tuple<N, Tensor>) => Tuple<N, Tensor>;
  readonly shape: (inputs: Tuple<N, Tensor>, attributes: A) => Shape;
  /** The result's dtype; without it the result is like the operands that are alike. */
  readonly dtype?: (inputs: Tuple<N, Tensor>, attributes: A) => DType;
  /**
   * Gradients with respect to the inputs, in ops, so that second derivatives need no extra rules; undefined where there
   * is none.
   */
  readonly gradient: (upstream: Tensor, context: GradientContext<N, A>) => readonly (Tensor | undefined)[];
  readonly trials: readonly TrialInputs<A>[];
}

type Call<N extends number, A extends object> = N extends number
  ? [...Tuple<N, Operand>, ...(Record<never, never> extends A ? [attributes?: A] : [attributes: A])]
  : never;

/** An op: call it to make a node. `Op<2>` takes two tensors, `Op<1, Along>` one and options. */
export interface Op<N extends number, A extends object = Record<never, never>> {
  (...call: Call<N, A>): Tensor;
  readonly opName: string;
  readonly definition: Definition<N, A>;
}

/** Any op, as a node refers to it. */
export interface AnyOp {
  readonly opName: string;
  readonly definition: AnyDefinition;
}

/** A definition with its types forgotten; `make` in op.ts is the only place that calls one. */
export interface AnyDefinition {
  readonly arity: number;
  readonly dtypes: DTypeRule;
  /** As in `Definition`; absent where attributes are stored as written. */
  settle?(attributes: object, inputs: readonly Tensor[]): object;
  /** As in `Definition`; absent where operands stay as they are. */
  admit?(inputs: readonly Tensor[]): readonly Tensor[];
  shape(inputs: readonly Tensor[], attributes: object): Shape;
  /** As in `Definition`; without it the result is like the operands. */
  dtype?(inputs: readonly Tensor[], attributes: object): DType;
  gradient(
    upstream: Tensor,
    context: { readonly inputs: readonly Tensor[]; readonly output: Tensor; readonly attributes: object },
  ): readonly (Tensor | undefined)[];
  readonly trials: readonly TrialInputs<object>[];
}
