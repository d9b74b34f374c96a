/** Reads what benchmarks/folder.ts wrote. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The workload, its batch and initial weights as `{ data, shape }`. */
export async function readWorkload(folder) {
  const { workload, inputs, targets, weights } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
  if (workload.sequences !== undefined) throw new Error("sequences are compared with PyTorch alone");
  const read = async ({ file, dtype, shape }) => {
    const { buffer, byteOffset, byteLength } = await readFile(join(folder, file));
    const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
    return { data: dtype === "float32" ? new Float32Array(bytes) : new Int32Array(bytes), shape };
  };
  return {
    workload,
    inputs: await read(inputs),
    targets: await read(targets),
    weights: Object.fromEntries(
      await Promise.all(Object.entries(weights).map(async ([name, entry]) => [name, await read(entry)])),
    ),
  };
}
