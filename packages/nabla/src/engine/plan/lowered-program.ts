/** A lowered graph, before its buffers have addresses. */
import type { DType } from "../../array/dtype.ts";
import type { NdArray } from "../../array/ndarray.ts";
import type { Kernel } from "../loop.ts";

/**
 * The role of a buffer: a state or input has a fixed address, an output persists until it is fetched, scratch is
 * reused.
 */
export type Role = "state" | "input" | "constant" | "output" | "scratch";

/** A buffer before it has an address. */
export interface BufferSpec {
  readonly role: Role;
  readonly dtype: DType;
  readonly elements: number;
  /** The index of its state in `statesOf` of the graph. */
  readonly state?: number;
  /** The value of a constant. */
  readonly value?: NdArray;
}

/** A kernel with its position in the execution order. */
export interface StagedKernel {
  readonly kernel: Kernel;
  readonly stage: number;
}

/** A lowered graph. It references no node, so it can be cached and used for every graph of the same signature. */
export interface LoweredProgram {
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  readonly bufferSpecs: readonly BufferSpec[];
  readonly jobs: readonly StagedKernel[];
  /** For each output the buffer that it is fetched from. */
  readonly outputs: readonly number[];
  readonly updates: readonly LoweredUpdate[];
}

/** The buffer of a state, and the buffer of its next value. */
export interface LoweredUpdate {
  readonly state: number;
  readonly buffer: number;
  /** A buffer of one bool, if there is one: if it is false, the state is not changed. */
  readonly predicate?: number;
}
