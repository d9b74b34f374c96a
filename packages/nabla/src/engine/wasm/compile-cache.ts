import type { KnownGraph } from "../contract.ts";
import type { MatmulKernel } from "../loop.ts";
import { isLargeProduct } from "../native/delegation.ts";
import type { BufferSpec } from "../plan/lowered-program.ts";
import { type Plan, Planner } from "../plan/plan.ts";
import type { Features } from "./features.ts";
import type { CompiledModule } from "./host.ts";
import { type ProductFeatures, planMatmul } from "./matmul-plan.ts";
import type { Stage } from "./stages.ts";

/** Equal programs mostly have the same memory layout; layouts beyond this many are not cached. */
const MOST_LAYOUTS = 8;

/** A compiled graph, as cached and shared by equal graphs. */
export interface Prepared {
  readonly plan: Plan;
  /** How the kernels are partitioned for threads, computed once. */
  stages(cut: () => readonly Stage[]): readonly Stage[];
  /** The module for a layout of memory, compiled once for each. */
  module(layout: string, compile: () => Promise<CompiledModule>): Promise<CompiledModule>;
}

/** The cache of an engine's compiled code: a hundred models of one shape are planned, emitted and compiled once. */
export class CompileCache {
  readonly features: Features;
  readonly #planner: Planner;
  readonly #prepared = new WeakMap<Plan, Prepared>();

  /** Whether programs compute in float64. */
  readonly wide: boolean;

  constructor(features: Features, { wide = false }: { readonly wide?: boolean } = {}) {
    this.wide = wide;
    this.features = features;
    this.#planner = new Planner((product, buffers) => takesEpilogue(product, buffers, { ...features, wide }), {
      tiles: !wide,
    });
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

/** Products whose sums stay in registers support an epilogue; delegated or packed ones write their sums to memory. */
function takesEpilogue(product: MatmulKernel, specs: readonly BufferSpec[], features: ProductFeatures): boolean {
  const buffers = specs.map(({ dtype, elements }) => ({ address: 0, dtype, elements }));
  return !isLargeProduct(product) && planMatmul(product, { ...features, buffers }).kind === "direct";
}
