/** The worker thread of `hdf5`: reads or writes one file. */
import { parentPort, workerData } from "node:worker_threads";
import type { Hdf5Answer, Hdf5Task } from "./hdf5.ts";
import { readTree, writeTree } from "./hdf5-tree.ts";

async function work(task: Hdf5Task): Promise<Hdf5Answer> {
  try {
    return { done: task.act === "read" ? await readTree(task.bytes) : await writeTree(task.root) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.postMessage(await work(workerData as Hdf5Task));
