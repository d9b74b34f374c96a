import { FunctionBuilder } from "./assembler.ts";
import { host } from "./host.ts";
import { ModuleBuilder } from "./module.ts";

/** The WebAssembly features of the host. */
export interface Features {
  /** 128-bit SIMD: required by the engine. */
  readonly vectors: boolean;
  /** Fused multiply-add (relaxed SIMD). */
  readonly fused: boolean;
}

/** Detects features by validating tiny modules, since version numbers do not reveal flags and processors. */
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
