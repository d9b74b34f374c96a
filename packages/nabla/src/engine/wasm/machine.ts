import { NablaError } from "../../base/error.ts";
import { showBytes } from "../explanation.ts";
import type { Lowered } from "../loop.ts";
import { compileBytes } from "./compile.ts";
import { detectFeatures, type Features } from "./features.ts";
import { type CompiledModule, host, type MachineMemory } from "./host.ts";
import { HOST_FUNCTIONS } from "./host-functions.ts";
import { MOST_PAGES } from "./module.ts";
import { type Delegated, memoryBytes, printModule } from "./print.ts";

const PAGE = 65536;

/** A program ready to run on its memory. */
export interface Machine {
  /** Runs all kernels once. */
  run(): void;
}

/** A memory of its own for one or more programs, and for threads where it is `shared`. */
export function createMemory(bytes = 0, { shared = false }: { readonly shared?: boolean } = {}): MachineMemory {
  return new host.Memory({ initial: Math.ceil(bytes / PAGE), maximum: MOST_PAGES, shared });
}

/**
 * Grows a memory to at least so many bytes. Views of its buffer must be made anew afterwards. Throws `engine/memory` where
 * WebAssembly or the machine does not have so much.
 */
export function reserve(memory: MachineMemory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing <= 0) return;
  if (bytes > MOST_PAGES * PAGE) throw tooLarge(bytes, `WebAssembly holds ${showBytes(MOST_PAGES * PAGE)}`);
  try {
    memory.grow(Math.ceil(missing / PAGE));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw tooLarge(bytes, "this machine does not have as much free");
  }
}

function tooLarge(bytes: number, limit: string): NablaError {
  return new NablaError(
    "engine/memory",
    `the programs of this model take ${showBytes(bytes)}, and ${limit}`,
    "take a smaller batch (largestBatch finds one, accumulate makes up for it), smaller inputs or a smaller model",
  );
}

/** Prints and compiles a program; the module may be instantiated on any memory, also in a worker. */
export function compileModule(
  lowered: Lowered,
  features: Features = detectFeatures(),
  delegated?: Delegated,
): Promise<CompiledModule> {
  return compileBytes(printModule(lowered, features, delegated), features);
}

/** Binds a compiled program to a memory, which grows where it is too small; `delegate` runs the host's kernels by number. */
export function instantiate(
  module: CompiledModule,
  lowered: Lowered,
  memory: MachineMemory,
  delegate: (call: number) => void = () => undefined,
): Machine {
  reserve(memory, memoryBytes(lowered));
  const { step } = new host.Instance(module, { nabla: { ...HOST_FUNCTIONS, memory, delegate } }).exports;
  return {
    run() {
      step?.();
    },
  };
}
