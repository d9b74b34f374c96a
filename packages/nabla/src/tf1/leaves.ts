/** The leaves of a graph: constants, and placeholders for what is fed. */
import type { DType } from "../array/dtype.ts";
import { filled, type NdArray } from "../array/ndarray.ts";
import type { Nested } from "../array/nested.ts";
import type { Size } from "../array/shape.ts";
import { withContext } from "../base/error.ts";
import { input, constant as leaf } from "../graph/leaf.ts";
import { broadcast, reshape } from "../graph/movement.ts";
import { getDefaultGraph, type Named, type Scalar, type Tensor } from "./graph.ts";
import { arrayOf, define, type Operand } from "./operands.ts";

/** The dtypes, by the names that TensorFlow has for them. */
export const float32 = "float32";
/** 64-bit floating point. */
export const float64 = "float64";
/** 32-bit whole numbers. */
export const int32 = "int32";
/** True or false. */
export const bool = "bool";

/** A name and a dtype. */
export interface Typed extends Named {
  /** The dtype; by default float32 for numbers, and that of an array. */
  readonly dtype?: DType;
}

/** A tensor that never changes; numbers are float32 unless `dtype` says otherwise. */
export function constant(value: number, options?: Typed): Scalar;
export function constant(value: NdArray | Nested, options?: Typed): Tensor;
export function constant(value: NdArray | Nested, { dtype, ...named }: Typed = {}): Tensor {
  const array = withContext("constant", () => arrayOf(value, dtype));
  return getDefaultGraph().record("constant", leaf(array), { inputs: [], ...named });
}

/** `value` everywhere in a shape. */
export function fill(shape: Size, value: number, { dtype = "float32", ...named }: Typed = {}): Tensor {
  const node = broadcast(leaf(filled([], value, dtype)), { shape });
  return getDefaultGraph().record("fill", node, { inputs: [], ...named });
}

/** Zeros. */
export function zeros(shape: Size, options?: Typed): Tensor {
  return fill(shape, 0, options);
}

/** Ones. */
export function ones(shape: Size, options?: Typed): Tensor {
  return fill(shape, 1, options);
}

/** Zeros of a tensor's shape and dtype. */
export function zerosLike(x: Operand, named?: Named): Tensor {
  return define("zerosLike", [x], ({ shape, dtype }) => broadcast(leaf(filled([], 0, dtype)), { shape }), named);
}

/** Ones of a tensor's shape and dtype. */
export function onesLike(x: Operand, named?: Named): Tensor {
  return define("onesLike", [x], ({ shape, dtype }) => broadcast(leaf(filled([], 1, dtype)), { shape }), named);
}

/**
 * A tensor whose value is fed to each run. `null` means a length that may differ from run to run, such as that of
 * a mini-batch.
 */
export function placeholder(dtype: DType, shape: readonly [], named?: Named): Scalar;
export function placeholder(dtype: DType, shape: readonly (number | null)[], named?: Named): Tensor;
export function placeholder(dtype: DType, shape: readonly (number | null)[], named: Named = {}): Tensor {
  const node = (name: string) => {
    const lengths = shape.map((dim, axis) => dim ?? `${name}:${axis}`);
    return input(name, lengths, dtype);
  };
  return getDefaultGraph().record("placeholder", node, { inputs: [], ...named });
}

/** A tensor that may be fed, and else is `value`. */
export function placeholderWithDefault(value: number, shape: readonly [], named?: Named): Scalar;
export function placeholderWithDefault(value: Operand, shape: Size, named?: Named): Tensor;
export function placeholderWithDefault(value: Operand, shape: Size, named?: Named): Tensor {
  return define("placeholderWithDefault", [value], (node) => reshape(node, { shape }), named);
}
