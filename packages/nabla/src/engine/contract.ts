/** What an engine must do. `reference` is the meaning; every other engine is tested against it. Engines never raise user errors. */
import type { NdArray } from "../array/ndarray.ts";
import type { AnyOp, Op, Tensor } from "../graph/tensor.ts";
import type { Explanation } from "./explanation.ts";

type OpModule = typeof import("../graph/ops.ts");

/** The names of all ops. */
export type OpName = { readonly [K in keyof OpModule]: OpModule[K] extends AnyOp ? K : never }[keyof OpModule];

/** How many inputs an op has, read off its type. */
export type ArityOf<K extends OpName> = OpModule[K] extends Op<infer N, infer _A> ? N : never;

/** The options of an op, read off its type. */
export type AttributesOf<K extends OpName> = OpModule[K] extends Op<infer _N, infer A> ? A : never;

/** A graph whose lengths are all numbers, as an engine gets it. */
export interface KnownGraph {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly updates: readonly (readonly [state: Tensor, next: Tensor])[];
}

/** A graph made ready. All inputs are fed, then `run`, then outputs are fetched, without an await between. */
export interface Step {
  /** Copies a value into the input with this number. Storage that `slot` gave is recognised and not copied. */
  feed(input: number, data: ArrayLike<number> | number): void;
  /** The storage of an input in the engine's memory, for callers who fill it in place; undefined where there is none. */
  inputBuffer(input: number): NdArray | undefined;
  run(): void;
  /** A fresh copy of an output. */
  fetch(output: number): NdArray;
  /** What became of the graph. */
  explain(): Explanation;
  /** Gives back what the step alone took of the memory; it runs no more. */
  release(): void;
}

/** States that outlive a run, and the graphs that were made ready to work on them. */
export interface Memory {
  /** Makes room for a state and sets it to its initial value; the second time it does nothing. */
  hold(state: Tensor): void;
  read(state: Tensor): NdArray;
  write(state: Tensor, value: NdArray): void;
  load(graph: KnownGraph): Promise<Step>;
}

/** Something that computes. */
export interface Engine {
  readonly name: string;
  /** Whether this engine computes in float64; float32 tensors are then held in float64 too. */
  readonly wide: boolean;
  open(): Memory;
}
