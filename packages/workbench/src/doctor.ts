/** What this machine offers, a line each. */
import { availableParallelism, cpus } from "node:os";
import { count, detectFeatures } from "nabla";
import { libraryVersion } from "./files/version.ts";
import { findStore } from "./store/place.ts";

/** What was looked at and what was found, in the order of printing. */
export type Findings = readonly (readonly [what: string, found: string])[];

/** Looks around; changes nothing. */
export async function examine(): Promise<Findings> {
  const { vectors, fused } = detectFeatures();
  const cores = availableParallelism();
  const [cpu] = cpus();
  return [
    ["nabla", await libraryVersion()],
    ["Node", `${process.versions.node}, V8 ${process.versions.v8}, ${process.platform} ${process.arch}`],
    ["CPU", `${cpu?.model.trim() ?? "unknown"}, ${count(cores, "core")}`],
    ["Engine", vectors ? "wasm, float32" : "reference, float64: slow, because this host's WebAssembly has no SIMD"],
    ["SIMD", vectors ? "yes, 128 bits" : "no: use Node 22.13 or newer"],
    ["FMA", fused ? "yes, relaxed SIMD" : "no: Node 24 has it; a product and a sum take two instructions"],
    ["Threads", `1 of ${cores}: this version trains on one`],
    ["BLAS", "not used by this version, so there is none to install"],
    ["Store", findStore(undefined, process.env, process.cwd()).path],
  ];
}
