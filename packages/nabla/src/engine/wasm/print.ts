import { invariant } from "../../base/error.ts";
import type { Kernel, Lowered } from "../loop.ts";
import { printArgmax } from "./argmax.ts";
import { FunctionBuilder } from "./assembler.ts";
import type { Features } from "./features.ts";
import { type PrintContext, printLoop } from "./loops.ts";
import { Mathematics } from "./mathematics.ts";
import { printMatmul } from "./matmul.ts";
import { ModuleBuilder } from "./module.ts";
import { printRandom } from "./philox.ts";
import { printGather, printScatter } from "./rows.ts";

/** Bytes behind a program's memory that vector loads may read, though never use. */
export const SLACK = 64;

/**
 * Prints a lowered program as a WebAssembly module. It imports `nabla.memory`, of at least `memoryBytes(lowered)` bytes,
 * and exports `step`, which runs all kernels in their order.
 */
export function printModule(lowered: Lowered, features: Features): Uint8Array<ArrayBuffer> {
  invariant(features.vectors, "this host's WebAssembly has no vectors of 128 bits");
  const module = new ModuleBuilder();
  const mathematics = new Mathematics(module);
  const step = new FunctionBuilder();
  for (const kernel of lowered.kernels) {
    const f = new FunctionBuilder({ fused: features.fused });
    const print = PRINTERS[kernel.kind] as Printer<Kernel>;
    print({ f, mathematics, buffers: lowered.buffers }, kernel);
    step.call(module.add(f));
  }
  module.export("step", module.add(step));
  return module.encode();
}

/** The bytes of memory that a program needs: its buffers, scratch for its products, and slack for vector loads. */
export function memoryBytes(lowered: Lowered): number {
  return lowered.bytes + SLACK;
}

type Printer<K extends Kernel> = (context: PrintContext, kernel: K) => void;

const PRINTERS: { readonly [K in Kernel as K["kind"]]: Printer<K> } = {
  loop: printLoop,
  matmul: printMatmul,
  argmax: printArgmax,
  gather: printGather,
  scatter: printScatter,
  random: printRandom,
};
