/** Reads damaged HDF5 files one after the other and says of each what came of it; ends where the library broke. */
import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { damagedBytes } from "../../../../nabla/test/exchange/mutations.ts";
import { readTree } from "../../../src/exchange/hdf5-tree.ts";

const { from, to } = workerData as { readonly from: number; readonly to: number };
const files = ["keras2-codes.h5", "keras2-sums.h5"].map(
  (name) => new Uint8Array(readFileSync(new URL(`../../exchange/fixtures/${name}`, import.meta.url))),
);
for (let index = from; index < to; index++) {
  let [outcome, broken] = ["read", false];
  try {
    await readTree(damagedBytes(files[index % 2] ?? new Uint8Array(), index));
  } catch (error) {
    outcome = error instanceof Error ? "refused" : "other";
    // a trap of WebAssembly leaves the library in pieces: the thread that a file is read on ends with it
    broken = error instanceof Error && error.cause instanceof Error && error.cause.name === "RuntimeError";
    if (broken) outcome = "trapped";
  }
  parentPort?.postMessage({ index, outcome });
  if (broken) break;
}
