import { FunctionBuilder } from "./assembler.ts";
import { host } from "./host.ts";
import { ModuleBuilder } from "./module.ts";
import { revectorizer } from "./revectorizer.ts";
import { hasEqualBits } from "./revectorizer-trial.ts";

/** The WebAssembly features of the host. */
export interface Features {
  /** 128-bit SIMD: required by the engine. */
  readonly vectors: boolean;
  /** Fused multiply-add (relaxed SIMD). */
  readonly fused: boolean;
  /** V8's revectorizer, which joins pairs of 128-bit operations into 256 bits. It gives the same bits sooner. */
  readonly revectorized: boolean;
}

/** Detects features by validating tiny modules, since version numbers do not reveal flags and processors. */
export function detectFeatures(): Features {
  const [vectors, fused] = [accepts(false), accepts(true)];
  const revectorized = vectors && isTrusted(fused);
  return { vectors, fused, revectorized };
}

function isTrusted(fused: boolean): boolean {
  const found = revectorizer;
  return found?.isTrusted(() => hasEqualBits(found, fused)) === true;
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
