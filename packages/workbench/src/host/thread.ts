/** A thread that runs a file of this package, from its sources or as it was built. */
import { Worker } from "node:worker_threads";

/**
 * Starts `file`, named without its ending, on a thread; `base` is the caller's `import.meta.url`. Sources need the
 * condition that finds nabla's: the command finds it by a hook, which threads do not inherit.
 */
export function startThread(file: string, base: string, workerData: unknown): Worker {
  const fromSources = base.endsWith(".ts");
  const script = new URL(`${file}.${fromSources ? "ts" : "js"}`, base);
  return new Worker(script, {
    workerData,
    ...(fromSources ? { execArgv: ["--conditions=nabla-source", "--disable-warning=ExperimentalWarning"] } : {}),
  });
}
