/** A native BLAS for large products, working on the engine's own memory without a copy. */
import { type ForeignFunctions, foreignFunctions, hostProcess, type NativeLibrary } from "./host.ts";

/** C = op(A) op(B) in float32 and row-major order; addresses count bytes from the start of the memory. */
export interface BlasProduct {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: BlasMatrix;
  readonly b: BlasMatrix;
  readonly c: BlasMatrix;
}

/**
 * Where a matrix lies: `leading` elements from one row to the next, or from one column to the next when `transposed`.
 */
export interface BlasMatrix {
  readonly address: number;
  readonly leading: number;
  readonly transposed: boolean;
}

/** A BLAS that was found and tried. */
export interface Blas {
  /** The library's file or the name it was found by. */
  readonly library: string;
  /**
   * Creates a function for products on a memory. It must be created again when the memory has grown (the buffer moves).
   */
  on(memory: { readonly buffer: ArrayBufferLike }): (product: BlasProduct) => void;
}

/** The result of the search for a BLAS. */
export interface BlasSearch {
  readonly blas: Blas | undefined;
  /** Why there is none, in a sentence; undefined when there is one. */
  readonly missing: string | undefined;
}

const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  linux: ["libopenblas.so.0", "libopenblas.so", "libblis.so.4", "libblis.so", "libmkl_rt.so.2", "libmkl_rt.so"],
  darwin: ["/System/Library/Frameworks/Accelerate.framework/Accelerate", "libopenblas.dylib"],
  win32: ["libopenblas.dll", "mkl_rt.2.dll"],
};

const PROTOTYPE = "void cblas_sgemm(int,int,int,int,int,int,float,uintptr_t,int,uintptr_t,int,float,uintptr_t,int)";
const ROW_MAJOR = 101;
const PLAIN = 111;
const TRANSPOSED = 112;

/**
 * Searches for a BLAS: the one named by `NABLA_BLAS`, none for `NABLA_BLAS=off`, else OpenBLAS, Accelerate, BLIS or
 * MKL. Each is tested on a small product; one that is missing or wrong is skipped silently.
 */
export async function findBlas(): Promise<BlasSearch> {
  const host = hostProcess();
  if (host === undefined) return { blas: undefined, missing: "a browser has none" };
  const { NABLA_BLAS: chosen } = host.env;
  if (chosen === "off") return { blas: undefined, missing: "switched off by NABLA_BLAS=off" };
  const foreign = foreignFunctions();
  if (foreign === undefined) return { blas: undefined, missing: "the package koffi is not installed" };
  const names = chosen === undefined || chosen === "" ? (LIBRARIES[host.platform] ?? []) : [chosen];
  for (const library of names) {
    const blas = attempt(foreign, library);
    if (blas !== undefined) return { blas, missing: undefined };
  }
  return { blas: undefined, missing: `none of ${names.join(", ")} could be used` };
}

/** The same library in another thread; undefined if it does not work there. */
export async function openBlas(library: string): Promise<Blas | undefined> {
  const foreign = foreignFunctions();
  return foreign === undefined ? undefined : attempt(foreign, library);
}

function attempt(foreign: ForeignFunctions, library: string): Blas | undefined {
  try {
    const native = foreign.load(library);
    oneThread(native);
    const multiply = native.func(PROTOTYPE);
    const blas: Blas = { library, on: (memory) => caller(foreign, multiply, memory) };
    return works(blas) ? blas : undefined;
  } catch {
    return undefined;
  }
}

/** Disables the library's own threads: their number would change the last bits. */
function oneThread(native: NativeLibrary): void {
  for (const name of ["openblas_set_num_threads", "bli_thread_set_num_threads", "MKL_Set_Num_Threads"]) {
    try {
      native.func(`void ${name}(int)`)(1);
      return;
    } catch {
      // Each library has a name of its own for this; Accelerate decides by itself.
    }
  }
}

function caller(
  foreign: ForeignFunctions,
  multiply: (...values: readonly number[]) => unknown,
  memory: { readonly buffer: ArrayBufferLike },
): (product: BlasProduct) => void {
  let buffer = memory.buffer;
  let base = Number(foreign.address(new Uint8Array(buffer)));
  return ({ m, n, k, a, b, c }) => {
    if (memory.buffer !== buffer) {
      buffer = memory.buffer;
      base = Number(foreign.address(new Uint8Array(buffer)));
    }
    const left = a.transposed ? TRANSPOSED : PLAIN;
    const right = b.transposed ? TRANSPOSED : PLAIN;
    multiply(
      ROW_MAJOR,
      left,
      right,
      m,
      n,
      k,
      1,
      base + a.address,
      a.leading,
      base + b.address,
      b.leading,
      0,
      base + c.address,
      c.leading,
    );
  };
}

/** [[1, 2], [3, 4]] times [[5, 6], [7, 8]]. */
function works(blas: Blas): boolean {
  const numbers = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0);
  const at = (address: number): BlasMatrix => ({ address, leading: 2, transposed: false });
  blas.on({ buffer: numbers.buffer })({ m: 2, n: 2, k: 2, a: at(0), b: at(16), c: at(32) });
  return numbers.slice(8).join() === "19,22,43,50";
}
