import type { Features } from "./features.ts";
import { type CompiledModule, host } from "./host.ts";
import { revectorizer } from "./revectorizer.ts";

/**
 * Compiles a module as the features ask. Where the revectorizer is in use it is optimized when this returns, with the pass or
 * without; else it begins in the host's baseline compiler.
 */
export async function compileBytes(bytes: Uint8Array<ArrayBuffer>, features: Features): Promise<CompiledModule> {
  return optimized(bytes, features) ?? host.compile(bytes);
}

/** Compiles a module for a caller who cannot wait. */
export function compileBytesNow(bytes: Uint8Array<ArrayBuffer>, features: Features): CompiledModule {
  return optimized(bytes, features) ?? new host.Module(bytes);
}

function optimized(bytes: Uint8Array<ArrayBuffer>, { revectorized }: Features): CompiledModule | undefined {
  return revectorizer?.isTrusted() === true ? revectorizer.compile(bytes, { joins: revectorized }) : undefined;
}
