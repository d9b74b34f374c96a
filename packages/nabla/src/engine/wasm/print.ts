import { invariant, known } from "../../base/error.ts";
import { type BlockedKernel, BYTES, type Kernel, type Lowered, type MatmulKernel, WIDE_BYTES } from "../loop.ts";
import { printArgmax } from "./argmax.ts";
import { FunctionBuilder } from "./assembler.ts";
import { fixedFactors, printBlocked } from "./blocked.ts";
import type { Features } from "./features.ts";
import { HostFunctions } from "./host-functions.ts";
import { isJoinable } from "./joining.ts";
import { type PrintContext, printLoop, type UnitRange } from "./loops.ts";
import { type LaneFunctions, Mathematics } from "./mathematics.ts";
import { type ProductCut, printMatmul, printPart } from "./matmul.ts";
import { type MatmulPlan, type ProductFeatures, planMatmul, scratchFor } from "./matmul-plan.ts";
import { ModuleBuilder } from "./module.ts";
import { PackedProducts, panelBytes } from "./packed-matmul.ts";
import { printRandom } from "./philox.ts";
import { printGather, printScatter } from "./rows.ts";
import type { Stage } from "./stages.ts";
import type { Callable, Token } from "./tokens.ts";
import { loadWhole } from "./vectors.ts";

/** Padding in bytes after a program's memory that vector loads may read, but never use. */
const SLACK = 64;

/** The kernels that the host runs itself, each with its number. */
export type Delegated = ReadonlyMap<Kernel, number>;

/**
 * Emits a lowered program as a WebAssembly module. It imports `nabla.memory`, of at least `memoryBytes(lowered)`
 * bytes, and exports `step`, which runs all kernels in their order. For delegated kernels it calls `nabla.delegate`.
 */
export function printModule(
  lowered: Lowered,
  features: Features,
  delegated: Delegated = new Map(),
): Uint8Array<ArrayBuffer> {
  const printer = new Printer(lowered, features, { delegated });
  printer.sequence("step", lowered.kernels);
  return printer.module.encode(features);
}

/**
 * Emits the same program for threads on shared memory: it also imports `nabla.scratch`, and exports each stage by its
 * number, a partitioned one as a function of the first unit and the one after the last.
 */
export function printStages(
  lowered: Lowered,
  features: Features,
  { delegated, stages }: { readonly delegated: Delegated; readonly stages: readonly Stage[] },
): Uint8Array<ArrayBuffer> {
  const printer = new Printer(lowered, features, { delegated, isShared: true });
  for (const [i, stage] of stages.entries()) {
    if (stage.kind === "serial") printer.sequence(`${i}`, stage.kernels);
    if (stage.kind === "cut") printer.part(`${i}`, stage.kernel, stage.product);
  }
  return printer.module.encode({ ...features, shared: true });
}

class Printer {
  readonly module = new ModuleBuilder();
  readonly #lowered: Lowered;
  readonly #delegated: Delegated;
  readonly #delegate: Callable<undefined> | undefined;
  readonly #options: { readonly fused: boolean; readonly wide: boolean };
  readonly #mathematics: LaneFunctions;
  readonly #plans: Plans;
  readonly #panels: ReadonlyMap<MatmulKernel, number>;
  readonly #packed: PackedProducts;

  constructor(
    lowered: Lowered,
    features: Features,
    { delegated, isShared = false }: { readonly delegated: Delegated; readonly isShared?: boolean },
  ) {
    const { vectors, fused } = features;
    invariant(vectors, "this host's WebAssembly has no vectors of 128 bits");
    const request = new FunctionBuilder();
    request.parameter("i32");
    this.#lowered = lowered;
    this.#delegated = delegated;
    this.#delegate = delegated.size === 0 ? undefined : this.module.import("delegate", request);
    const { wide = false } = lowered;
    this.#options = { fused, wide };
    this.#mathematics = wide ? new HostFunctions(this.module) : new Mathematics(this.module);
    this.#plans = planAll(lowered, features);
    const scratch = scratchAddresses(lowered, this.#plans);
    this.#panels = scratch.panels;
    this.#packed = new PackedProducts(this.module, { fused, wide, scratch, isShared });
  }

  /** Exports a function that runs kernels in order. */
  sequence(name: string, kernels: readonly Kernel[]): void {
    const step = new FunctionBuilder(this.#options);
    for (const kernel of kernels) {
      const number = this.#delegated.get(kernel);
      const predicate = predicateOf(kernel);
      if (number !== undefined && this.#delegate !== undefined) step.call(this.#delegate, step.i32(number));
      else if (predicate === undefined) step.call(this.#print(kernel));
      else step.if(this.#isTrue(step, predicate), () => step.call(this.#print(kernel)));
    }
    this.module.export(name, this.module.add(step));
  }

  /** Exports a function that runs a range of a kernel's units. */
  part(name: string, kernel: Kernel, cut: ProductCut | undefined): void {
    const f = this.#functionOf(kernel);
    const range = { first: f.parameter("i32"), end: f.parameter("i32") };
    const predicate = predicateOf(kernel);
    if (predicate !== undefined) f.if(f.op("i32.eqz", this.#isTrue(f, predicate)), () => f.return());
    const context = this.#context(f);
    if (kernel.kind === "matmul") {
      invariant(cut !== undefined, "a product without a cut");
      printPart(context, { plan: this.#planOf(kernel), packed: this.#packed, cut }, range);
    } else if (kernel.kind === "blocked") printBlocked(context, kernel, this.#products(range));
    else if (kernel.kind === "random") printRandom(context, kernel, range);
    else if (kernel.kind === "loop") printLoop(context, kernel, range);
    else invariant(false, `${kernel.kind} cannot be cut`);
    this.module.export(name, this.module.add(f));
  }

  #isTrue(f: FunctionBuilder, predicate: number): Token<"i32"> {
    const { address } = known(this.#lowered.buffers[predicate], "predicate");
    return loadWhole(f, f.i32(address));
  }

  #print(kernel: Kernel): Callable<undefined> {
    const f = this.#functionOf(kernel);
    const context = this.#context(f);
    if (kernel.kind === "matmul") {
      printMatmul(context, kernel, { plan: this.#planOf(kernel), packed: this.#packed });
    } else if (kernel.kind === "blocked") {
      printBlocked(context, kernel, this.#products());
    } else {
      const print = PRINTERS[kernel.kind] as Print<Kernel>;
      print(context, kernel);
    }
    return this.module.add(f);
  }

  #products(range?: UnitRange): Parameters<typeof printBlocked>[2] {
    return {
      range,
      packed: this.#packed,
      planOf: (kernel) => this.#planOf(kernel),
      panelsOf: (kernel) => this.#panels.get(kernel),
    };
  }

  #functionOf(kernel: Kernel): FunctionBuilder {
    return new FunctionBuilder({ ...this.#options, joinable: isJoinable(kernel, this.#lowered) });
  }

  #planOf(kernel: MatmulKernel): MatmulPlan {
    return this.#plans.get(kernel) ?? { kind: "loop" };
  }

  #context(f: FunctionBuilder): PrintContext {
    return { f, mathematics: this.#mathematics, buffers: this.#lowered.buffers };
  }
}

function predicateOf(kernel: Kernel): number | undefined {
  return kernel.kind === "loop" || kernel.kind === "matmul" ? kernel.predicate : undefined;
}

/** The bytes of memory that a program needs: its buffers, scratch for its products, and padding for vector loads. */
export function memoryBytes(lowered: Lowered): number {
  return lowered.bytes + scratchBytes(lowered) + SLACK;
}

/** Every kind of host that differs in how products are computed. */
const HOSTS: readonly ProductFeatures[] = [
  { fused: false, revectorized: false },
  { fused: true, revectorized: false },
  { fused: false, revectorized: true },
  { fused: true, revectorized: true },
];

/** What products pack their operands into depends on sizes alone, which programs of one plan share. */
const packed = new WeakMap<readonly Kernel[], Map<boolean, number>>();

/** The bytes after `lowered.bytes` that products pack their operands into, on any host. */
export function scratchBytes(lowered: Lowered): number {
  const { kernels, wide = false } = lowered;
  const found = packed.get(kernels) ?? new Map<boolean, number>();
  const start = { ...lowered, bytes: 0 };
  const bytes =
    found.get(wide) ?? Math.max(...HOSTS.map((features) => scratchAddresses(start, planAll(start, features)).end));
  packed.set(kernels, found.set(wide, bytes));
  return Math.ceil(lowered.bytes / 64) * 64 + bytes - lowered.bytes;
}

type Plans = ReadonlyMap<Kernel, MatmulPlan>;

/** How each product would be computed here. */
export function planAll(lowered: Lowered, features: ProductFeatures): Plans {
  const { kernels, wide, buffers } = lowered;
  const products = (all: readonly Kernel[]) => all.filter((kernel) => kernel.kind === "matmul");
  const blocked = kernels.flatMap((kernel) => (kernel.kind === "blocked" ? products(kernel.kernels) : []));
  const plan = (kernel: MatmulKernel, packs: boolean) => {
    const revectorized = features.revectorized && isJoinable(kernel, lowered);
    return [kernel, planMatmul(kernel, { ...features, revectorized, wide, buffers, packs })] as const;
  };
  return new Map([
    ...products(kernels).map((kernel) => plan(kernel, false)),
    ...blocked.map((kernel) => plan(kernel, true)),
  ]);
}

/** All products share the scratch, since they run one after the other, and blocked kernels the place of their panels. */
function scratchAddresses(lowered: Lowered, plans: Plans) {
  const needs = [...plans.values()].map((plan) => scratchFor(plan, lowered.wide));
  const a = Math.ceil(lowered.bytes / 64) * 64;
  const b = needs.reduce((most, need) => Math.max(most, need.a), 0) + a;
  const after = needs.reduce((most, need) => Math.max(most, need.b), 0) + b;
  const panels = new Map<MatmulKernel, number>();
  let end = after;
  for (const kernel of lowered.kernels) {
    if (kernel.kind !== "blocked") continue;
    let at = after;
    for (const product of fixedFactors(kernel, (one) => plans.get(one))) {
      const plan = plans.get(product);
      if (plan?.kind !== "packed") continue;
      panels.set(product, at);
      at += panelBytes(plan.product, plan.tile, lowered.wide === true ? WIDE_BYTES : BYTES);
    }
    end = Math.max(end, at);
  }
  return { a, b, end, panels };
}

type Print<K extends Kernel> = (context: PrintContext, kernel: K) => void;

const PRINTERS: { readonly [K in Exclude<Kernel, MatmulKernel | BlockedKernel> as K["kind"]]: Print<K> } = {
  loop: printLoop,
  argmax: printArgmax,
  gather: printGather,
  scatter: printScatter,
  random: printRandom,
};
