import type { KnownGraph } from "../contract.ts";
import type { Kernel, MatmulKernel } from "../loop.ts";
import { fuseEpilogues } from "./epilogues.ts";
import { type LowerOptions, lower } from "./lower.ts";
import type { BufferSpec, LoweredProgram } from "./lowered-program.ts";
import { order } from "./order.ts";
import { signatures } from "./signature.ts";

/** The capacity of the plan cache, which is LRU. */
const MOST_REMEMBERED = 48;

/** Graphs that repeat are small; signatures of graphs larger than this are not worth caching. */
const LONGEST_SIGNATURE = 400_000;

/** A graph as kernels in execution order. It references no node, and equal graphs share one plan. */
export interface Plan {
  readonly program: LoweredProgram;
  readonly kernels: readonly Kernel[];
  /** How many updates write directly into their state. */
  readonly inPlace: number;
}

/** Whether the kernel that an engine chooses for a product supports an epilogue. */
export type TakesEpilogue = (product: MatmulKernel, buffers: readonly BufferSpec[]) => boolean;

/**
 * Compiles graphs to kernels for engines that run loops: simplified, fused and ordered. Everything but the choice of
 * epilogues is the same for all of them. It references no states, so dropped programs leak nothing here.
 */
export class Planner {
  readonly #takesEpilogue: TakesEpilogue;
  readonly #options: LowerOptions;
  readonly #signatureOf = signatures();
  readonly #plans = new Map<string, Plan>();

  constructor(takesEpilogue: TakesEpilogue, options: LowerOptions = {}) {
    this.#takesEpilogue = takesEpilogue;
    this.#options = options;
  }

  /** Plans a graph, or returns the cached plan of an equal one. */
  plan(graph: KnownGraph): Plan {
    const signature = this.#signatureOf(graph);
    const plan = this.#plans.get(signature) ?? this.#make(graph);
    if (signature.length > LONGEST_SIGNATURE) return plan;
    // The newest are last, so the first one is the least recently used.
    this.#plans.delete(signature);
    this.#plans.set(signature, plan);
    const [oldest] = this.#plans.keys();
    if (this.#plans.size > MOST_REMEMBERED && oldest !== undefined) this.#plans.delete(oldest);
    return plan;
  }

  #make(graph: KnownGraph): Plan {
    const program = lower(graph, this.#options);
    const kept = new Set([...program.outputs, ...program.updates.map(({ buffer }) => buffer)]);
    const pays = (product: MatmulKernel): boolean => this.#takesEpilogue(product, program.bufferSpecs);
    return { program, ...fuseEpilogues(order(program), { kept, pays }) };
  }
}
