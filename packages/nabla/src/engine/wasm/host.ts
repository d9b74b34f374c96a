/**
 * The host's `WebAssembly` API, as far as the engine needs it. Declared here so that the package compiles without the
 * types of a browser or of Node.
 */
export interface WebAssemblyHost {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<CompiledModule>;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => CompiledModule;
  readonly Instance: new (module: CompiledModule, imports: ModuleImports) => ModuleInstance;
  readonly Memory: new (options: MemoryPages) => MachineMemory;
}

/** Sizes in pages of 64 KiB; threads may work on a shared memory. */
export interface MemoryPages {
  readonly initial: number;
  /** Pages of 64 KiB that it may grow to; as many as the host allows by default. */
  readonly maximum?: number;
  /** Whether threads share it; not by default. */
  readonly shared?: boolean;
}

/** A compiled module: opaque, may be posted to workers and instantiated any number of times. */
export interface CompiledModule {
  readonly [Symbol.toStringTag]?: string;
}

/** A linear memory. `buffer` is replaced when the memory grows. */
export interface MachineMemory {
  readonly buffer: ArrayBuffer;
  /** Adds pages of 64 KiB and returns how many there were before. */
  grow(pages: number): number;
}

/**
 * The imports of emitted modules: a memory, the delegate on the host, and the address of a thread's scratch in shared
 * memory.
 */
export interface ModuleImports {
  readonly nabla: {
    readonly memory: MachineMemory;
    readonly delegate?: (call: number) => void;
    readonly scratch?: number;
    /** The mathematics of wide programs. */
    readonly [name: string]: unknown;
  };
}

/** An instance: its exported functions by name. */
export interface ModuleInstance {
  readonly exports: Readonly<Record<string, (...values: readonly number[]) => number | undefined>>;
}

declare const WebAssembly: WebAssemblyHost;

/** The host's WebAssembly. */
export const host: WebAssemblyHost = WebAssembly;
