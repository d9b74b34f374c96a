/**
 * The interface of engines. `reference` defines the semantics; every other engine is tested against it. Engines never
 * raise user errors.
 */
import type { NdArray } from "../array/ndarray.ts";
import type { AnyOp, Op, Tensor } from "../graph/tensor.ts";
import type { Explanation } from "./explanation.ts";

type OpModule = typeof import("../graph/ops.ts");

/** The names of all ops. */
export type OpName = { readonly [K in keyof OpModule]: OpModule[K] extends AnyOp ? K : never }[keyof OpModule];

/** The number of inputs of an op, derived from its type. */
export type ArityOf<K extends OpName> = OpModule[K] extends Op<infer N, infer _A> ? N : never;

/** The options of an op, derived from its type. */
export type AttributesOf<K extends OpName> = OpModule[K] extends Op<infer _N, infer A> ? A : never;

/** A graph with static shapes, as an engine gets it. */
export interface KnownGraph {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly updates: readonly (readonly [state: Tensor, next: Tensor])[];
}

/**
 * A compiled graph. Execution is asynchronous: calls only enqueue work, and all work on one memory is done in the order
 * of the calls, including reads and writes. An error on the way rejects the results after it.
 */
export interface Step {
  /**
   * Copies a value, as it is now, into the input with this number. Storage that `inputBuffer` gave is recognized and
   * not copied.
   */
  feed(input: number, data: ArrayLike<number> | number): void;
  /**
   * The storage of an input in the engine's memory, for callers who fill it in place. An engine offers it only where a
   * run that was enqueued before cannot see what is written now; where it cannot guarantee that, it returns undefined.
   */
  inputBuffer(input: number): NdArray | undefined;
  /**
   * Enqueues a run on the inputs. A returned promise is backpressure: the queue is full, await it before the next run.
   */
  run(): Promise<void> | undefined;
  /** A fresh copy of an output of the run that was enqueued last. */
  fetch(output: number): Promise<NdArray>;
  /** How the graph was compiled. */
  explain(): Explanation;
  /** Frees the memory that only this step used, after the work that is enqueued; it cannot run again. */
  release(): void;
}

/** States that outlive a run, and the graphs compiled to work on them. */
export interface Memory {
  /** Allocates a state and sets it to its initial value; the second time it does nothing. */
  hold(state: Tensor): void;
  /**
   * A copy of a state after the work that is enqueued so far. `into` is an earlier copy that nobody needs any more, which
   * an engine may fill and return.
   */
  read(state: Tensor, into?: NdArray): Promise<NdArray>;
  /** Copies a value, as it is now, into a state, for the work that is enqueued from here on. */
  write(state: Tensor, value: NdArray): void;
  /**
   * Compiles a graph. The graph defines the semantics, and `reference` interprets it; engines that run loops get them
   * from a `Planner` of plan/plan.ts.
   */
  load(graph: KnownGraph): Promise<Step>;
  /** The bytes by purpose that a graph would take here once loaded, of which none are taken; left out by engines that cannot tell. */
  measure?(graph: KnownGraph): Promise<Explanation["bytes"]>;
}

/** An engine: executes graphs. */
export interface Engine {
  readonly name: string;
  /** Whether this engine computes in float64; float32 tensors are then stored in float64 too. */
  readonly wide: boolean;
  open(): Memory;
}
