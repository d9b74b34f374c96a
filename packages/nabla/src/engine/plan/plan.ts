import type { KnownGraph } from "../contract.ts";
import type { Kernel, MatmulKernel } from "../loop.ts";
import { fuseEpilogues } from "./epilogues.ts";
import { type BufferSpec, type LoweredProgram, lower } from "./lower.ts";
import { order } from "./order.ts";
import { signatures } from "./signature.ts";

/** So many graphs are remembered, the ones asked for last. */
const MOST_REMEMBERED = 48;

/** A graph of which every second one would be alike is small; signatures of huge ones are not worth keeping. */
const LONGEST_SIGNATURE = 400_000;

/** A graph as kernels in their order. It holds no node, and equal graphs have the very same plan. */
export interface Plan {
  readonly program: LoweredProgram;
  readonly kernels: readonly Kernel[];
  /** How many updates write straight into their state. */
  readonly inPlace: number;
}

/** Whether an engine computes a product in a way that an epilogue fits into. */
export type TakesEpilogue = (product: MatmulKernel, buffers: readonly BufferSpec[]) => boolean;

/**
 * What engines that run loops ask for the kernels of a graph: simplified, fused and ordered. Everything but the choice of
 * epilogues is the same for all of them. It holds no states, so programs that are dropped leave nothing behind here.
 */
export class Planner {
  readonly #takesEpilogue: TakesEpilogue;
  readonly #signatureOf = signatures();
  readonly #plans = new Map<string, Plan>();

  constructor(takesEpilogue: TakesEpilogue) {
    this.#takesEpilogue = takesEpilogue;
  }

  /** Plans a graph, or finds the plan of its equal. */
  plan(graph: KnownGraph): Plan {
    const signature = this.#signatureOf(graph);
    const plan = this.#plans.get(signature) ?? this.#make(graph);
    if (signature.length > LONGEST_SIGNATURE) return plan;
    // The newest stand last, so the first one is what was not asked for longest.
    this.#plans.delete(signature);
    this.#plans.set(signature, plan);
    const [oldest] = this.#plans.keys();
    if (this.#plans.size > MOST_REMEMBERED && oldest !== undefined) this.#plans.delete(oldest);
    return plan;
  }

  #make(graph: KnownGraph): Plan {
    const program = lower(graph);
    const kept = new Set([...program.outputs, ...program.updates.map(({ buffer }) => buffer)]);
    const pays = (product: MatmulKernel): boolean => this.#takesEpilogue(product, program.bufferSpecs);
    return { program, ...fuseEpilogues(order(program), { kept, pays }) };
  }
}
