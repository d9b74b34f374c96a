import { known } from "../../base/error.ts";
import type { BlasProduct } from "../native/blas.ts";
import { type Dispatch, type StageTask, workOf } from "../threads/dispatch.ts";
import type { ThreadPool } from "../threads/thread-pool.ts";
import { type CompiledModule, host, type MachineMemory } from "./host.ts";
import type { Machine } from "./machine.ts";
import type { Stage } from "./stages.ts";

/** The context of a program on shared memory. */
export interface SharedBinding {
  readonly module: CompiledModule;
  readonly memory: MachineMemory;
  readonly stages: readonly Stage[];
  /** Bytes from the scratch of one thread to that of the next. */
  readonly scratch: number;
  /** The products of each native call, block by block. */
  readonly calls: readonly (readonly BlasProduct[])[];
  readonly multiply: (product: BlasProduct) => void;
  readonly library: string | null;
  readonly pool: ThreadPool;
}

/** Binds a program in stages to its memory and registers it with the thread pool if a stage is multithreaded. */
export function bindStages({ module, memory, stages, ...rest }: SharedBinding): Machine {
  const { scratch, calls, multiply, library, pool } = rest;
  const delegate = (call: number): void => known(calls[call], "native call").forEach(multiply);
  const { exports } = new host.Instance(module, { nabla: { memory, delegate, scratch: 0 } });
  const tasks = stages.map((stage) => taskOf(stage, calls));
  const dispatch: Dispatch = { module, memory, tasks, scratch };
  const program = tasks.some((task) => task !== null) ? pool.register(dispatch, library) : 0;
  const steps = tasks.map((task, stage): (() => void) => {
    if (task === null) return known(exports[stage], "stage");
    const work = workOf(task, stage, { exports, multiply });
    return () => pool.run(program, stage, task.chunks, work);
  });
  return {
    run() {
      // Referenced here, the dispatch lives as long as the program.
      if (dispatch.tasks.length > 0) for (const step of steps) step();
    },
  };
}

function taskOf(stage: Stage, calls: SharedBinding["calls"]): StageTask | null {
  if (stage.kind === "serial") return null;
  const { units, size, chunks } = stage;
  if (stage.kind === "cut") return { kind: "cut", units, size, chunks };
  return { kind: "native", chunks, products: known(calls[stage.call], "native call") };
}
