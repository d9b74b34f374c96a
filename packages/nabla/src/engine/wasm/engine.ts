import { wrongArgument } from "../../array/check-array.ts";
import { isRecord } from "../../base/value-type.ts";
import type { Engine, Memory } from "../contract.ts";
import { type BlasSearch, findBlas } from "../native/blas.ts";
import { reference } from "../reference/reference.ts";
import { nodeThreads, type ThreadHost } from "../threads/host.ts";
import { ThreadPool } from "../threads/thread-pool.ts";
import { CompileCache } from "./compile-cache.ts";
import { detectFeatures, type Features } from "./features.ts";
import { WasmMemory } from "./memory.ts";
import { GRAIN } from "./stages.ts";

/** The options of an engine. */
export interface WasmOptions extends Partial<Features> {
  /** False computes all products in WebAssembly. Default: a native BLAS computes large ones, where there is one. */
  readonly blas?: boolean;
  /**
   * How many threads may work on a program at once; the bits are the same for any number. Default: `NABLA_THREADS`, or
   * the cores of this process. Programs too small to gain use one thread, and so do browsers outside the workers of
   * `serveTrainings`.
   */
  readonly threads?: number;
  /** What starts threads. Default: Node; none elsewhere. */
  readonly host?: ThreadHost | undefined;
  /**
   * The grain size in nanoseconds of work. Tests use a smaller one, so that small programs are partitioned too.  By
   * default as much as starting threads costs.
   */
  readonly grain?: number;
  /** True computes in float64, on one thread and without a BLAS. Default: float32. */
  readonly wide?: boolean;
}

function checkOptions(options: unknown): void {
  if (!isRecord(options)) throw wrongArgument("wasmWith", "options { blas, threads }", options);
}

/** The engine with fewer threads or fewer host features, for comparisons, and for callers that share a machine. */
export function wasmWith(options: WasmOptions = {}): Engine {
  checkOptions(options);
  const { wide = false, blas = !wide, threads, host = nodeThreads(), grain = GRAIN, ...features } = options;
  let search: Promise<BlasSearch> | undefined;
  const find = (): Promise<BlasSearch> => {
    search ??= findBlas();
    return search;
  };
  const none = async (): Promise<BlasSearch> => ({ blas: undefined, missing: "not asked for" });
  let cache: CompileCache | undefined;
  let pool: ThreadPool | undefined;
  const open = (): Memory => {
    cache ??= new CompileCache({ ...detectFeatures(), ...features }, { wide });
    const most = wide || host === undefined ? 1 : (threads ?? host.most);
    if (most > 1) pool ??= new ThreadPool(most, { host });
    return new WasmMemory({ cache, pool, grain, findBlas: blas && !wide ? find : none });
  };
  return { name: wide ? "wasm64" : "wasm", wide, open };
}

/** The engine of float64: for checks, and for training where float32 is not enough. */
export const wasm64: Engine = wasmWith({ wide: true });

/** What computes float64 on this host: the reference where its WebAssembly has no vectors. */
export function float64Engine(): Engine {
  return detectFeatures().vectors ? wasm64 : reference;
}

/** The default engine: whole programs as WebAssembly, in float32. */
export const wasm: Engine = wasmWith();
