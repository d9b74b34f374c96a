/**
 * Partitions a program's kernels into chunks for threads. Only shapes decide, so every thread count gives the
 * same bits.
 */
import { known } from "../../base/error.ts";
import { BYTES, type Kernel, type Lowered, type MatmulKernel } from "../loop.ts";
import type { Features } from "./features.ts";
import { cutOf, type ProductCut } from "./matmul.ts";
import type { MatmulPlan } from "./matmul-plan.ts";
import { arrange } from "./nest.ts";
import { turnsOf } from "./philox.ts";
import { countUnits, timeOf } from "./schedule.ts";

/**
 * Kernels that one thread runs in sequence; or one kernel in `chunks` of `size` units, run here or by a native library.
 */
export type Stage =
  | { readonly kind: "serial"; readonly kernels: readonly Kernel[] }
  | ({ readonly kind: "cut"; readonly kernel: Kernel; readonly product: ProductCut | undefined } & Chunks)
  | ({ readonly kind: "native"; readonly call: number } & Chunks);

/** Work in equal parts, the last of which may be shorter. */
export interface Chunks {
  readonly units: number;
  readonly size: number;
  readonly chunks: number;
  /** The estimated time of all of it on one thread. */
  readonly nanoseconds: number;
}

/** What a kernel must be worth to be divided among threads. */
export interface StageOptions {
  readonly plans: ReadonlyMap<Kernel, MatmulPlan>;
  /** The calls that are delegated to a native library, each with the number of its parts. */
  readonly delegated: ReadonlyMap<Kernel, { readonly call: number; readonly parts: number }>;
  /** The minimum work of a chunk in nanoseconds (the grain size). */
  readonly grain: number;
  readonly features: Features;
}

/** Taking a chunk costs well under a microsecond, packing an operand once more costs more. */
export const GRAIN = 5000;
const PRODUCT_GRAIN = 4;
/** The maximum number of chunks of a kernel: a 32-bit word records which of them failed. */
const MOST_CHUNKS = 16;
/** The minimum parallel work, in grains, for which threads pay off. */
const WORTH = 20;

/** Multiply-adds per nanosecond, of emitted kernels and native ones. */
const EMITTED = { usual: 25, revectorized: 45 } as const;
const NATIVE = 45;
/** Nanoseconds per iteration of the random number generator. */
const RANDOM_TURN = 40;

/** The stages of a program in execution order. */
export function stagesOf(lowered: Lowered, options: StageOptions): readonly Stage[] {
  const stages: Stage[] = [];
  for (const kernel of lowered.kernels) {
    const cut = cutKernel(kernel, lowered, options);
    if (cut !== undefined) {
      stages.push(cut);
      continue;
    }
    const last = stages.at(-1);
    if (last?.kind === "serial") stages[stages.length - 1] = { kind: "serial", kernels: [...last.kernels, kernel] };
    else stages.push({ kind: "serial", kernels: [kernel] });
  }
  return stages;
}

/** Whether threads would gain more than they cost. */
export function isProfitable(stages: readonly Stage[], { grain }: Pick<StageOptions, "grain">): boolean {
  const time = stages.reduce((sum, stage) => (stage.kind === "serial" ? sum : sum + stage.nanoseconds), 0);
  return time >= WORTH * grain;
}

function cutKernel(
  kernel: Kernel,
  lowered: Lowered,
  { plans, delegated, grain, features }: StageOptions,
): Stage | undefined {
  const native = delegated.get(kernel);
  if (native !== undefined) {
    if (kernel.kind !== "matmul" || native.parts === 1) return undefined;
    const nanoseconds = multiplications(kernel) / NATIVE;
    return { kind: "native", call: native.call, units: native.parts, size: 1, chunks: native.parts, nanoseconds };
  }
  if (kernel.kind === "matmul") {
    const product = cutOf(kernel, known(plans.get(kernel), "plan"));
    if (product === undefined) return undefined;
    const chunks = chunksOf(
      product.units,
      multiplications(kernel) / EMITTED[features.revectorized ? "revectorized" : "usual"],
      grain * PRODUCT_GRAIN,
    );
    return chunks && { kind: "cut", kernel, product, ...chunks };
  }
  if (kernel.kind === "loop") {
    if (kernel.sizes.includes(0)) return undefined;
    const nest = arrange(kernel, lowered.buffers, BYTES);
    const chunks = chunksOf(countUnits(nest), timeOf(nest), grain);
    return chunks && { kind: "cut", kernel, product: undefined, ...chunks };
  }
  if (kernel.kind === "blocked") {
    const turns = kernel.groups * kernel.parts;
    const products = kernel.kernels.filter((one) => one.kind === "matmul");
    const each = products.reduce((sum, product) => sum + multiplications(product), 0) / EMITTED.usual;
    const chunks = chunksOf(kernel.units, turns * each, grain * PRODUCT_GRAIN);
    return chunks && { kind: "cut", kernel, product: undefined, ...chunks };
  }
  if (kernel.kind !== "random") return undefined;
  const chunks = chunksOf(turnsOf(kernel), turnsOf(kernel) * RANDOM_TURN, grain);
  return chunks && { kind: "cut", kernel, product: undefined, ...chunks };
}

function chunksOf(units: number, nanoseconds: number, grain: number): Chunks | undefined {
  const wanted = Math.min(Math.floor(nanoseconds / grain), MOST_CHUNKS, units);
  if (wanted < 2) return undefined;
  const size = Math.ceil(units / wanted);
  return { units, size, chunks: Math.ceil(units / size), nanoseconds };
}

function multiplications({ batch, m, n, k }: MatmulKernel): number {
  return batch * m * n * k;
}
