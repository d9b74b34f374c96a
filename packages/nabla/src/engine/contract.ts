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

/**
 * A graph made ready. An engine may be slow: calls only enqueue work, and all work on one memory is done in the order of the
 * calls, that of reads and writes too. What goes wrong on the way rejects the answers after it.
 */
export interface Step {
  /** Copies a value, as it is now, into the input with this number. Storage that `inputBuffer` gave is recognized and not copied. */
  feed(input: number, data: ArrayLike<number> | number): void;
  /**
   * The storage of an input in the engine's memory, for callers who fill it in place. An engine offers it only where a run
   * that was enqueued before cannot see what is filled in now; where it cannot promise that, it gives undefined.
   */
  inputBuffer(input: number): NdArray | undefined;
  /** Enqueues a run on what was fed. A promise asks for patience: enough is enqueued, await it before the next run. */
  run(): Promise<void> | undefined;
  /** A fresh copy of an output, as the run that was enqueued last makes it. */
  fetch(output: number): Promise<NdArray>;
  /** What became of the graph. */
  explain(): Explanation;
  /** Gives back what the step alone took of the memory, behind the work that is enqueued; it runs no more. */
  release(): void;
}

/** States that outlive a run, and the graphs that were made ready to work on them. */
export interface Memory {
  /** Makes room for a state and sets it to its initial value; the second time it does nothing. */
  hold(state: Tensor): void;
  /** A copy of a state as the work that is enqueued so far leaves it. */
  read(state: Tensor): Promise<NdArray>;
  /** Copies a value, as it is now, into a state, for the work that is enqueued from here on. */
  write(state: Tensor, value: NdArray): void;
  /**
   * Makes a graph ready. The graph is the meaning, and what `reference` works from; engines that run loops get them from a
   * `Planner` of plan/plan.ts.
   */
  load(graph: KnownGraph): Promise<Step>;
}

/** Something that computes. */
export interface Engine {
  readonly name: string;
  /** Whether this engine computes in float64; float32 tensors are then held in float64 too. */
  readonly wide: boolean;
  open(): Memory;
}
