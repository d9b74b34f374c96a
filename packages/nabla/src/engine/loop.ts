/**
 * The loop IR: the intermediate representation between a graph and an engine's code. A lowered program is a list of
 * kernels over numbered buffers; every size, stride and address in it is a constant. It is independent of WebAssembly,
 * so that code generators for other targets can read it too.
 */
import type { DType } from "../array/dtype.ts";

/** Elements of every kind take four bytes in engine memory: float32, int32, and bool as int32 0 or 1. */
export const BYTES = 4;
/** In wide programs they take eight, all of them float64: whole numbers as they are, bool as 0 or 1. */
export const WIDE_BYTES = 8;

/** A piece of engine memory. `address` is in bytes and a multiple of 64. */
export interface Buffer {
  readonly address: number;
  readonly elements: number;
  readonly dtype: DType;
}

/** A strided view of a buffer: element at loop index i is `offset + sum(i[d] * strides[d])`, counted in elements. */
export interface View {
  readonly buffer: number;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** What a loop computes at one index: an expression whose shared parts are the same object and are computed once. */
export type Value =
  | { readonly kind: "load"; readonly view: View; readonly dtype: DType }
  | { readonly kind: "number"; readonly value: number; readonly dtype: DType }
  | { readonly kind: "index"; readonly offset: number; readonly strides: readonly number[]; readonly dtype: DType }
  | { readonly kind: "apply"; readonly name: ScalarName; readonly inputs: readonly Value[]; readonly dtype: DType };

/**
 * Operations on single elements, and whether each is cheap: recomputed where another loop needs it, instead of being
 * stored and loaded. Comparisons give bool; `cast` converts to the dtype of its own value.
 */
export const SCALARS = {
  negate: { cheap: true },
  abs: { cheap: true },
  sign: { cheap: true },
  floor: { cheap: true },
  sqrt: { cheap: false },
  exp: { cheap: false },
  log: { cheap: false },
  expm1: { cheap: false },
  log1p: { cheap: false },
  sin: { cheap: false },
  cos: { cheap: false },
  tanh: { cheap: false },
  sigmoid: { cheap: false },
  erf: { cheap: false },
  add: { cheap: true },
  subtract: { cheap: true },
  multiply: { cheap: true },
  divide: { cheap: false },
  power: { cheap: false },
  maximum: { cheap: true },
  minimum: { cheap: true },
  equal: { cheap: true },
  less: { cheap: true },
  lessEqual: { cheap: true },
  and: { cheap: true },
  or: { cheap: true },
  not: { cheap: true },
  select: { cheap: true },
  cast: { cheap: true },
} as const;

/** An operation on single elements. */
export type ScalarName = keyof typeof SCALARS;

/**
 * The target of a store. Without `reduce` the target's strides map every index to its own element. With it the target's
 * strides are 0 along the dimensions in the loop's `reduced`, and values with the same target element are combined.
 */
export interface Store {
  readonly target: View;
  readonly value: Value;
  /** How values of one target element are combined; without it each has its own. */
  readonly reduce?: "sum" | "max";
}

/** A nest of loops over `sizes`, innermost last. All stores that reduce do so over the same dimensions. */
export interface LoopKernel {
  readonly kind: "loop";
  readonly label: string;
  readonly sizes: readonly number[];
  readonly reduced: readonly boolean[];
  readonly stores: readonly Store[];
  /** A predicate: a buffer of one bool. If it is false the kernel does nothing. */
  readonly predicate?: number;
}

/**
 * c[b,i,j] = sum over k of a[b,i,k] * b[b,k,j]. Views have strides [batch, row, column]; the strides of c are dense
 * rows.
 */
export interface MatmulKernel {
  readonly kind: "matmul";
  readonly label: string;
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: View;
  readonly b: View;
  readonly c: View;
  /** What is done with each sum before it is stored; nothing by default. */
  readonly epilogue?: Epilogue;
  /** Inside a blocked kernel: the product is added to what `c` holds, but for the first block of a unit. */
  readonly accumulates?: boolean;
  /** As in a loop. */
  readonly predicate?: number;
}

/**
 * The computation on each element of a product in its registers. Strides are [row, column]; a load from the product's
 * own buffer is the element itself, which is stored there too only where `keepsProduct`.
 */
export interface Epilogue {
  readonly stores: readonly Store[];
  readonly keepsProduct: boolean;
}

/** target[i...] = index of the first largest value along the last dimension of `source` (sizes include it). */
export interface ArgmaxKernel {
  readonly kind: "argmax";
  readonly label: string;
  readonly sizes: readonly number[];
  readonly source: View;
  readonly target: View;
}

/**
 * target[r, c] = table[indices[r], c]; an index outside the table gives zeros. Views: table [row, column], indices
 * [row].
 */
export interface GatherKernel {
  readonly kind: "gather";
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  readonly tableRows: number;
  readonly table: View;
  readonly indices: View;
  readonly target: View;
}

/** target = 0, then target[indices[r], c] += source[r, c] in the order of r; an index outside is skipped. */
export interface ScatterKernel {
  readonly kind: "scatter";
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  readonly tableRows: number;
  readonly source: View;
  readonly indices: View;
  readonly target: View;
}

/**
 * target[i] = uniform in [0, 1) from Philox4x32-10. `key` views three int32: two words of seed and the step. Element i
 * takes word (i >> 2) & 3 of the block whose counter is [((i >> 4) << 2) + (i & 3), stream, step, 0], and is
 * (word >>> 8) * 2^-24: four neighboring blocks are in four lanes, so no shuffle is needed.
 */
export interface RandomKernel {
  readonly kind: "random";
  readonly label: string;
  readonly elements: number;
  readonly stream: number;
  readonly key: View;
  readonly target: View;
}

/**
 * Runs kernels one after the other on a block of their data, then on the next block, so that what they hand on stays in
 * the cache. A block is part `p` of group `g`; each unit has `perUnit` groups of its own, the last one what is left.
 */
export interface BlockedKernel {
  readonly kind: "blocked";
  readonly label: string;
  readonly units: number;
  readonly perUnit: number;
  readonly groups: number;
  /** Parts of each group. */
  readonly parts: number;
  readonly kernels: readonly (LoopKernel | MatmulKernel)[];
  /** How far the views of a buffer move; those of any other one stay where they are. */
  readonly moves: readonly Movement[];
}

/**
 * How many elements further the views of a buffer lie in the next unit, group (counted from the first one) and part. With a
 * negative number for groups or parts they begin that much further with each one that is to come, and end where the views say.
 */
export interface Movement {
  readonly buffer: number;
  readonly unit: number;
  readonly group: number;
  readonly part: number;
}

/** One pass over memory, as the engines run it. */
export type Kernel =
  | LoopKernel
  | MatmulKernel
  | BlockedKernel
  | ArgmaxKernel
  | GatherKernel
  | ScatterKernel
  | RandomKernel;

/** A program ready for code generation. `bytes` is the end of the memory that it needs. */
export interface Lowered {
  readonly buffers: readonly Buffer[];
  readonly kernels: readonly Kernel[];
  readonly bytes: number;
  /** Whether it computes in float64. */
  readonly wide?: boolean;
}
