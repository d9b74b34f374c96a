import { invariant } from "../../base/error.ts";
import type { Kernel, Lowered, MatmulKernel } from "../loop.ts";
import { printArgmax } from "./argmax.ts";
import { FunctionBuilder } from "./assembler.ts";
import type { Features } from "./features.ts";
import { type PrintContext, printLoop } from "./loops.ts";
import { Mathematics } from "./mathematics.ts";
import { printMatmul } from "./matmul.ts";
import { type MatmulPlan, planMatmul, scratchFor } from "./matmul-plan.ts";
import { ModuleBuilder } from "./module.ts";
import { PackedProducts } from "./packed-matmul.ts";
import { printRandom } from "./philox.ts";
import { printGather, printScatter } from "./rows.ts";

/** Bytes behind a program's memory that vector loads may read, though never use. */
const SLACK = 64;

/** The kernels that the host runs itself, with the number that it knows each by. */
export type Delegated = ReadonlyMap<Kernel, number>;

/**
 * Prints a lowered program as a WebAssembly module. It imports `nabla.memory`, of at least `memoryBytes(lowered)` bytes,
 * and exports `step`, which runs all kernels in their order. For delegated kernels it calls `nabla.delegate`.
 */
export function printModule(
  lowered: Lowered,
  features: Features,
  delegated: Delegated = new Map(),
): Uint8Array<ArrayBuffer> {
  invariant(features.vectors, "this host's WebAssembly has no vectors of 128 bits");
  const { fused } = features;
  const module = new ModuleBuilder();
  const request = new FunctionBuilder();
  request.parameter("i32");
  const delegate = delegated.size === 0 ? undefined : module.import("delegate", request);
  const mathematics = new Mathematics(module);
  const plans = planAll(lowered, fused);
  const packed = new PackedProducts(module, { fused, scratch: scratchAddresses(lowered, plans) });
  const step = new FunctionBuilder();
  for (const kernel of lowered.kernels) {
    const number = delegated.get(kernel);
    if (number !== undefined && delegate !== undefined) {
      step.call(delegate, step.i32(number));
      continue;
    }
    const f = new FunctionBuilder({ fused });
    const context = { f, mathematics, buffers: lowered.buffers };
    if (kernel.kind === "matmul") {
      printMatmul(context, kernel, { plan: plans.get(kernel) ?? { kind: "loop" }, packed });
    } else {
      const print = PRINTERS[kernel.kind] as Printer<Kernel>;
      print(context, kernel);
    }
    step.call(module.add(f));
  }
  module.export("step", module.add(step));
  return module.encode();
}

/** The bytes of memory that a program needs: its buffers, scratch for its products, and slack for vector loads. */
export function memoryBytes(lowered: Lowered): number {
  return lowered.bytes + scratchBytes(lowered) + SLACK;
}

/** The bytes behind `lowered.bytes` that products pack their operands into, on any host. */
export function scratchBytes(lowered: Lowered): number {
  const ends = [false, true].map((fused) => scratchAddresses(lowered, planAll(lowered, fused)).end);
  return Math.max(...ends) - lowered.bytes;
}

type Plans = ReadonlyMap<MatmulKernel, MatmulPlan>;

function planAll(lowered: Lowered, fused: boolean): Plans {
  const products = lowered.kernels.filter((kernel) => kernel.kind === "matmul");
  return new Map(products.map((kernel) => [kernel, planMatmul(kernel, { buffers: lowered.buffers, fused })]));
}

/** All products share the scratch, for they run one after the other. */
function scratchAddresses(lowered: Lowered, plans: Plans) {
  const needs = [...plans.values()].map(scratchFor);
  const a = Math.ceil(lowered.bytes / 64) * 64;
  const b = needs.reduce((most, need) => Math.max(most, need.a), 0) + a;
  return { a, b, end: needs.reduce((most, need) => Math.max(most, need.b), 0) + b };
}

type Printer<K extends Kernel> = (context: PrintContext, kernel: K) => void;

const PRINTERS: { readonly [K in Exclude<Kernel, MatmulKernel> as K["kind"]]: Printer<K> } = {
  loop: printLoop,
  argmax: printArgmax,
  gather: printGather,
  scatter: printScatter,
  random: printRandom,
};
