/** The dispatch of a program to workers, as both sides use it. */
import { known } from "../../base/error.ts";
import type { BlasProduct } from "../native/blas.ts";
import type { CompiledModule, MachineMemory, ModuleInstance } from "../wasm/host.ts";
import type { Work } from "./signals.ts";

/** A stage that is done in chunks: by the module's export of its number, or by a native library. Others are `null`. */
export type StageTask =
  | { readonly kind: "cut"; readonly units: number; readonly size: number; readonly chunks: number }
  | { readonly kind: "native"; readonly chunks: number; readonly products: readonly BlasProduct[] };

/** A program that threads may work on. */
export interface Dispatch {
  readonly module: CompiledModule;
  readonly memory: MachineMemory;
  readonly tasks: readonly (StageTask | null)[];
  /** Bytes from the scratch of one thread to that of the next. */
  readonly scratch: number;
}

/** A message to a worker: a new program, or one that was released. The message `null` ends the worker. */
export type Mail = { readonly program: number; readonly dispatch: Dispatch | null };

/** The work of a task. Consecutive chunks are one call, which packs their shared operand only once. */
export function workOf(
  task: StageTask,
  stage: number,
  {
    exports,
    multiply,
  }: { readonly exports: ModuleInstance["exports"]; readonly multiply: (product: BlasProduct) => void },
): Work {
  if (task.kind === "native") {
    return (first, end) => {
      for (let chunk = first; chunk < end; chunk++) multiply(known(task.products[chunk], "product"));
    };
  }
  const { units, size } = task;
  const run = known(exports[stage], "stage");
  return (first, end) => void run(first * size, Math.min(units, end * size));
}
