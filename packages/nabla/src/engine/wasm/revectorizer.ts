/**
 * V8's revectorizer: a pass of its optimizing compiler that joins neighboring operations on 128 bits into one on 256. It is
 * off by default, and its flag counts at the moment a function is optimized. So modules of this engine are optimized at
 * once while the flag is on, and nobody else's are.
 */
import type { CompiledModule } from "./host.ts";
import { host } from "./host.ts";

interface HostProcess {
  readonly arch: string;
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly versions: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: string): unknown;
}

/** Node's module `v8`, as far as it is used. */
interface HostFlags {
  setFlagsFromString(flag: string): void;
}

/** Node's module `fs`, as far as it is used. */
interface HostFiles {
  readFileSync(path: string, encoding: "latin1"): string;
}

/** Data that threads inherit: Node's module `worker_threads`, as far as it is used. */
interface HostEnvironment {
  readonly isMainThread: boolean;
  getEnvironmentData(key: string): unknown;
  setEnvironmentData(key: string, value: unknown): void;
}

declare const process: HostProcess | undefined;

/** Switches the pass on and off. */
const JOINING = ["--experimental-wasm-revectorize", "--no-experimental-wasm-revectorize"] as const;
/**
 * The flags while a module is compiled, and afterwards: all of it optimized before the call returns. Loops are left as they are
 * printed: where V8 13.6 unrolls one, it loses the upper halves of joined vectors that are kept on the stack.
 */
const OPTIMIZING = [
  ["--no-liftoff", "--liftoff"],
  ["--no-wasm-lazy-compilation", "--wasm-lazy-compilation"],
  ["--no-wasm-loop-unrolling", "--wasm-loop-unrolling"],
  ["--no-wasm-loop-peeling", "--wasm-loop-peeling"],
  ["--no-wasm-stack-checks", "--wasm-stack-checks"],
] as const;
/** The version of V8 (of Node 24) that is known to have the flags, and was tested; others might complain on stderr. */
const TESTED = "13.6.";
const LOCK_KEY = "nabla.revectorizer";
/** Milliseconds after which a thread that holds the lock must have been ended. */
const PATIENCE = 10_000;
const [LOCK, VERDICT] = [0, 1];
const VERDICTS = { unknown: 0, trusted: 1, refused: 2 } as const;

/** What compiles modules with the pass. */
export interface Revectorizer {
  /**
   * Compiles and optimizes all of a module, with the pass or without; undefined where the flags cannot be had. Where the pass
   * is in use this engine compiles all its modules so: one that V8 optimizes in the background while the flag changes may
   * end the process.
   */
  compile(bytes: Uint8Array<ArrayBuffer>, options: { readonly joins: boolean }): CompiledModule | undefined;
  /** Whether the pass is to be used: what `test` said the first time that a thread of this process asked. */
  isTrusted(test?: () => boolean): boolean;
}

class FlaggedCompiler implements Revectorizer {
  readonly #flags: HostFlags;
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(flags: HostFlags, words: Int32Array<SharedArrayBuffer>) {
    this.#flags = flags;
    this.#words = words;
  }

  compile(bytes: Uint8Array<ArrayBuffer>, { joins }: { readonly joins: boolean }): CompiledModule | undefined {
    if (!this.#lock()) return undefined;
    const flags = joins ? [JOINING, ...OPTIMIZING] : OPTIMIZING;
    try {
      for (const [on] of flags) this.#flags.setFlagsFromString(on);
      return new host.Module(bytes);
    } finally {
      for (const [, off] of flags) this.#flags.setFlagsFromString(off);
      Atomics.store(this.#words, LOCK, 0);
      Atomics.notify(this.#words, LOCK, 1);
    }
  }

  isTrusted(test?: () => boolean): boolean {
    if (test !== undefined && Atomics.load(this.#words, VERDICT) === VERDICTS.unknown)
      Atomics.store(this.#words, VERDICT, hasWideVectors() && test() ? VERDICTS.trusted : VERDICTS.refused);
    return Atomics.load(this.#words, VERDICT) === VERDICTS.trusted;
  }

  /** Flags count for the whole process, so one thread at a time sets them. */
  #lock(): boolean {
    while (Atomics.compareExchange(this.#words, LOCK, 0, 1) !== 0) {
      if (Atomics.wait(this.#words, LOCK, 1, PATIENCE) !== "timed-out") continue;
      // It was ended while it held the lock.
      Atomics.store(this.#words, VERDICT, VERDICTS.refused);
      return false;
    }
    return true;
  }
}

/**
 * Whether the processor has AVX2, without which nothing is joined and other tiles are better. Other systems than Linux do not
 * tell; they run on processors from 2013 on, which have it.
 */
function hasWideVectors(): boolean {
  if (typeof process !== "object" || process.platform !== "linux") return true;
  const files = process.getBuiltinModule?.("node:fs") as HostFiles | undefined;
  try {
    return files !== undefined && /^flags\b.*\bavx2\b/m.test(files.readFileSync("/proc/cpuinfo", "latin1"));
  } catch {
    return false;
  }
}

/** The revectorizer of this host, if it has one and `NABLA_REVECTORIZE` is not `off`. */
export const revectorizer: Revectorizer | undefined = findRevectorizer();

function findRevectorizer(): Revectorizer | undefined {
  if (typeof process !== "object" || process.env.NABLA_REVECTORIZE === "off") return undefined;
  const { versions, arch } = process;
  const isNode = versions.node !== undefined && versions.bun === undefined && versions.deno === undefined;
  if (!isNode || arch !== "x64" || versions.v8?.startsWith(TESTED) !== true) return undefined;
  const flags = process.getBuiltinModule?.("node:v8") as HostFlags | undefined;
  const environment = process.getBuiltinModule?.("node:worker_threads") as HostEnvironment | undefined;
  const words = environment && sharedWords(environment);
  return flags === undefined || words === undefined ? undefined : new FlaggedCompiler(flags, words);
}

/**
 * The lock and the verdict of this process. Threads inherit them from the one that started them; where that had not loaded
 * this file, theirs would be no lock.
 */
function sharedWords(environment: HostEnvironment): Int32Array<SharedArrayBuffer> | undefined {
  const inherited = environment.getEnvironmentData(LOCK_KEY);
  if (inherited instanceof Int32Array) return inherited as Int32Array<SharedArrayBuffer>;
  if (!environment.isMainThread) return undefined;
  const words = new Int32Array(new SharedArrayBuffer(8));
  environment.setEnvironmentData(LOCK_KEY, words);
  return words;
}
