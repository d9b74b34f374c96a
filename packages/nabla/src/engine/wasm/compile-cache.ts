import type { KnownGraph } from "../contract.ts";
import type { Kernel, MatmulKernel } from "../loop.ts";
import { isLargeProduct } from "../native/delegation.ts";
import { fuseEpilogues } from "../plan/epilogues.ts";
import { type LoweredProgram, lower } from "../plan/lower.ts";
import { order } from "../plan/order.ts";
import { signatures } from "../plan/signature.ts";
import type { Features } from "./features.ts";
import type { CompiledModule } from "./host.ts";
import { planMatmul } from "./matmul-plan.ts";
import type { Stage } from "./stages.ts";

/** So many graphs are remembered, the ones asked for last. */
const MOST_REMEMBERED = 48;

/** A graph of which every second one would be alike is small; signatures of huge ones are not worth keeping. */
const LONGEST_SIGNATURE = 400_000;

/** Equal programs mostly lie alike in their memories; layouts beyond this many are not worth remembering. */
const MOST_LAYOUTS = 8;

/** What making a graph ready gives, and what its equals can use again. */
export interface Prepared {
  readonly program: LoweredProgram;
  readonly kernels: readonly Kernel[];
  readonly inPlace: number;
  /** How the kernels are cut for threads, found out once. */
  stages(cut: () => readonly Stage[]): readonly Stage[];
  /** The module for a layout of memory, compiled once for each. */
  module(layout: string, compile: () => Promise<CompiledModule>): Promise<CompiledModule>;
}

/**
 * Where an engine keeps what it has compiled: a hundred models of one shape are lowered, printed and compiled once. It
 * holds no states and no memories, so programs that are dropped leave nothing behind here.
 */
export class CompileCache {
  readonly features: Features;
  readonly #signatureOf = signatures();
  readonly #prepared = new Map<string, Prepared>();

  constructor(features: Features) {
    this.features = features;
  }

  prepare(graph: KnownGraph): Prepared {
    const signature = this.#signatureOf(graph);
    const found = this.#prepared.get(signature);
    const prepared = found ?? prepare(graph, this.features);
    if (signature.length > LONGEST_SIGNATURE) return prepared;
    // The newest stand last, so the first one is what was not asked for longest.
    this.#prepared.delete(signature);
    this.#prepared.set(signature, prepared);
    const [oldest] = this.#prepared.keys();
    if (this.#prepared.size > MOST_REMEMBERED && oldest !== undefined) this.#prepared.delete(oldest);
    return prepared;
  }
}

function prepare(graph: KnownGraph, { fused }: Features): Prepared {
  const program = lower(graph);
  const kept = new Set([...program.outputs, ...program.updates.map(({ buffer }) => buffer)]);
  const ordered = fuseEpilogues(order(program), { kept, pays: (product) => suitsEpilogue(product, program, fused) });
  const modules = new Map<string, Promise<CompiledModule>>();
  let stages: readonly Stage[] | undefined;
  return {
    program,
    ...ordered,
    stages: (cut) => {
      stages ??= cut();
      return stages;
    },
    module: (layout, compile) => {
      const found = modules.get(layout) ?? compile();
      if (modules.size >= MOST_LAYOUTS) modules.clear();
      modules.set(layout, found);
      return found;
    },
  };
}

/** Sums that stay in registers take an epilogue; what a native library may do, or what is packed, ends in memory. */
function suitsEpilogue(product: MatmulKernel, { bufferSpecs }: LoweredProgram, fused: boolean): boolean {
  const buffers = bufferSpecs.map(({ dtype, elements }) => ({ address: 0, dtype, elements }));
  return !isLargeProduct(product) && planMatmul(product, { buffers, fused }).kind === "direct";
}
