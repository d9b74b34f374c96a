/** A worker that trains with threads, which it is itself; small programs are divided too, and threads are used from the start. */
import { fit } from "nabla";
import { ThreadPool } from "../../../src/engine/threads/thread-pool.ts";
import { isWebThread, serveWebThread, webThreads } from "../../../src/engine/threads/web-threads.ts";
import { CompileCache } from "../../../src/engine/wasm/compile-cache.ts";
import { detectFeatures } from "../../../src/engine/wasm/features.ts";
import { WasmMemory } from "../../../src/engine/wasm/memory.ts";
import { digitsJob, hashOf } from "./job.ts";

interface Asked {
  readonly url: string;
  readonly epochs: number;
}

/** Trains until threads have helped, which they do once the host has started them. */
async function trainShared({
  url,
  epochs,
}: Asked): Promise<{ readonly hashes: readonly string[]; readonly helped: number }> {
  const text = await (await fetch(url)).text();
  const host = webThreads();
  if (host === undefined) throw new Error("this worker shares no memory");
  const pool = new ThreadPool(3, { paced: false, host });
  const cache = new CompileCache(detectFeatures(), { wide: false });
  const findBlas = async () => ({ blas: undefined, missing: "not asked for" });
  const open = () => new WasmMemory({ cache, pool, grain: 100, findBlas });
  const engine = { name: "wasm", wide: false, open };
  const hashes = new Set<string>();
  for (let trial = 0; trial < 200 && pool.helped === 0; trial++) {
    hashes.add(await hashOf((await fit({ ...digitsJob(text, epochs), engine })).trained.weights));
    // messages of the host come between tasks
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { hashes: [...hashes], helped: pool.helped };
}

if (isWebThread()) serveWebThread();
else
  addEventListener("message", async ({ data }: MessageEvent<Asked>) => {
    postMessage(await trainShared(data).catch((error) => ({ error: String(error) })));
  });
