/** Damaged HDF5 files, a thousand, or as many as NABLA_FUZZ says (10,000 take two minutes): each is read or refused, on a thread as `hdf5` has it, and none holds the reader up. */
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { hdf5 } from "../../src/exchange/hdf5.ts";

const FILES = Number(process.env.NABLA_FUZZ ?? 1000);
const MOST_SECONDS = 20;

/** Reads from one file on; gives the first index that is left, after the last file or behind one that broke the library. */
async function readFrom(from: number, counts: Map<string, number>): Promise<number> {
  const worker = new Worker(new URL("children/damaged-hdf5.ts", import.meta.url), {
    workerData: { from, to: FILES },
    execArgv: ["--conditions=nabla-source", "--disable-warning=ExperimentalWarning"],
  });
  return await new Promise((resolve, reject) => {
    let next = from;
    let onChange = performance.now();
    const count = (outcome: string): void => {
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    };
    const watch = setInterval(() => {
      if (performance.now() - onChange < MOST_SECONDS * 1000) return;
      count("stopped");
      next++;
      void worker.terminate();
    }, 1000);
    worker.on("message", ({ index, outcome }: { readonly index: number; readonly outcome: string }) => {
      onChange = performance.now();
      next = index + 1;
      count(outcome);
    });
    worker.on("error", reject);
    worker.on("exit", () => {
      clearInterval(watch);
      resolve(next);
    });
  });
}

test("damaged HDF5 files are read or refused", { timeout: 300_000 }, async () => {
  const counts = new Map<string, number>();
  for (let next = 0; next < FILES; ) next = await readFrom(next, counts);
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(FILES);
  expect(counts.get("other")).toBeUndefined();
  expect(counts.get("read")).toBeGreaterThan(FILES / 20);
  expect(counts.get("refused")).toBeGreaterThan(FILES / 4);
});

test("a file that breaks the library is refused as any other", async () => {
  const bytes = new Uint8Array(readFileSync(new URL("../exchange/fixtures/keras2-codes.h5", import.meta.url)));
  await expect(hdf5.read(bytes.subarray(0, 3000))).rejects.toMatchObject({ code: "keras/hdf5" });
  await expect(hdf5.read(new Uint8Array(100))).rejects.toMatchObject({ code: "keras/hdf5" });
});
