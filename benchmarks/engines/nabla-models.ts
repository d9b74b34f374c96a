/** Many small models at once: whole trainings side by side, a thread each, as `nabla tune` runs its trials. */
import { once } from "node:events";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { type Workload, workloads } from "../workloads.ts";
import { trainModels } from "./nabla-training.ts";

interface Share {
  readonly name: string;
  readonly first: number;
  readonly end: number;
}

/** Threads that train models; one of them is the main thread. */
export class Models {
  readonly #helpers: readonly Worker[];

  constructor(threads: number) {
    this.#helpers = Array.from({ length: threads - 1 }, () => new Worker(new URL(import.meta.url)));
  }

  /** Trains all models of a workload, in equal shares. */
  async train(workload: Workload): Promise<void> {
    const { models = 1 } = workload.repeated ?? {};
    const threads = this.#helpers.length + 1;
    const edge = (share: number): number => Math.round((models * share) / threads);
    const others = this.#helpers.map((helper, i) => {
      helper.postMessage({ name: workload.name, first: edge(i + 1), end: edge(i + 2) } satisfies Share);
      return once(helper, "message");
    });
    await trainModels(workload, 0, edge(1));
    await Promise.all(others);
  }

  /** Lets go of the threads, by message: a thread must not be stopped while a library is set up. */
  end(): void {
    for (const helper of this.#helpers) helper.postMessage(undefined);
  }
}

if (!isMainThread) {
  parentPort?.on("message", async (share: Share | undefined) => {
    if (share === undefined) {
      parentPort?.close();
      return;
    }
    const workload = workloads.find(({ name }) => name === share.name);
    if (workload !== undefined) await trainModels(workload, share.first, share.end);
    parentPort?.postMessage(undefined);
  });
}
