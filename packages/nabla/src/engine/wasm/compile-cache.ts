import type { KnownGraph } from "../contract.ts";
import type { MatmulKernel } from "../loop.ts";
import { isLargeProduct } from "../native/delegation.ts";
import type { BufferSpec } from "../plan/lower.ts";
import { type Plan, Planner } from "../plan/plan.ts";
import type { Features } from "./features.ts";
import type { CompiledModule } from "./host.ts";
import { planMatmul } from "./matmul-plan.ts";
import type { Stage } from "./stages.ts";

/** Equal programs mostly lie alike in their memories; layouts beyond this many are not worth remembering. */
const MOST_LAYOUTS = 8;

/** What making a graph ready gives, and what its equals can use again. */
export interface Prepared {
  readonly plan: Plan;
  /** How the kernels are cut for threads, found out once. */
  stages(cut: () => readonly Stage[]): readonly Stage[];
  /** The module for a layout of memory, compiled once for each. */
  module(layout: string, compile: () => Promise<CompiledModule>): Promise<CompiledModule>;
}

/** Where an engine keeps what it has compiled: a hundred models of one shape are planned, printed and compiled once. */
export class CompileCache {
  readonly features: Features;
  readonly #planner: Planner;
  readonly #prepared = new WeakMap<Plan, Prepared>();

  constructor(features: Features) {
    this.features = features;
    this.#planner = new Planner((product, buffers) => takesEpilogue(product, buffers, features.fused));
  }

  prepare(graph: KnownGraph): Prepared {
    const plan = this.#planner.plan(graph);
    const prepared = this.#prepared.get(plan) ?? prepare(plan);
    this.#prepared.set(plan, prepared);
    return prepared;
  }
}

function prepare(plan: Plan): Prepared {
  const modules = new Map<string, Promise<CompiledModule>>();
  let stages: readonly Stage[] | undefined;
  return {
    plan,
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
function takesEpilogue(product: MatmulKernel, specs: readonly BufferSpec[], fused: boolean): boolean {
  const buffers = specs.map(({ dtype, elements }) => ({ address: 0, dtype, elements }));
  return !isLargeProduct(product) && planMatmul(product, { buffers, fused }).kind === "direct";
}
