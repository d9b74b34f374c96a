import { FunctionBuilder } from "./assembler.ts";
import { host } from "./host.ts";
import { ModuleBuilder } from "./module.ts";

/** What the host's WebAssembly can do. */
export interface Features {
  /** Vectors of 128 bits: the engine needs them. */
  readonly vectors: boolean;
  /** A product and a sum in one instruction (relaxed SIMD). */
  readonly fused: boolean;
}

/** Asks the host by validating tiny modules, since versions tell nothing about flags and processors. */
export function detectFeatures(): Features {
  return { vectors: accepts(false), fused: accepts(true) };
}

function accepts(fused: boolean): boolean {
  const module = new ModuleBuilder();
  const f = new FunctionBuilder({ fused });
  const address = f.parameter("i32");
  const value = f.keep("v128", f.load("v128.load", f.get(address)));
  f.store(
    "v128.store",
    f.get(address),
    f.multiplyAdd(f.get(value), f.get(value), () => f.get(value)),
  );
  module.add(f);
  return host.validate(module.encode());
}
