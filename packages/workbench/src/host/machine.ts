/** What this machine offers, a line each. */
import { availableParallelism, cpus } from "node:os";
import { count, defaultThreads, detectFeatures, findBlas } from "nabla";
import { libraryVersion } from "./version.ts";

/** What was inspected and what was found, in the order of printing. */
export type Findings = readonly (readonly [what: string, found: string])[];

/** Inspects the machine; changes nothing. */
export async function examineMachine(): Promise<Findings> {
  const { vectors, fused, revectorized } = detectFeatures();
  const { blas, missing = "" } = await findBlas();
  const cores = availableParallelism();
  const [cpu] = cpus();
  return [
    ["nabla", await libraryVersion()],
    ["Node", `${process.versions.node}, V8 ${process.versions.v8}, ${process.platform} ${process.arch}`],
    ["CPU", `${cpu?.model.trim() ?? "unknown"}, ${count(cores, "core")}`],
    ["Engine", vectors ? "wasm, float32" : "reference, float64: slow, because this host's WebAssembly has no SIMD"],
    ["SIMD", vectors ? "yes, 128 bits" : "no: use Node 22.13 or newer"],
    ["FMA", fused ? "yes, relaxed SIMD" : "no: Node 24 has it; a product and a sum take two instructions"],
    [
      "256 bits",
      revectorized
        ? "yes: V8 joins pairs of vectors (NABLA_REVECTORIZE=off does without)"
        : "no: Node 24 has them on x64 with AVX2, where large products take half as long",
    ],
    ["Threads", `up to ${defaultThreads()} of ${cores}, for networks large enough; NABLA_THREADS sets it`],
    [
      "BLAS",
      blas === undefined ? `none: ${missing}; ${howToGet(process.platform)}` : `${blas.library}, for large products`,
    ],
  ];
}

function howToGet(platform: NodeJS.Platform): string {
  const optional = "nabla does without it, and large products are faster with it";
  if (platform === "linux") return `${optional} (libopenblas0 or openblas from your system, or NABLA_BLAS=path)`;
  return `${optional} (NABLA_BLAS=path names one)`;
}
