/** Writes a workload's data and weights where every engine can read them. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NdArray } from "../packages/nabla/src/array/ndarray.ts";
import { dataOf, type Workload, weightsOf } from "./workloads.ts";

/** Fills `folder` with raw little-endian arrays and `manifest.json`, which names them. */
export async function writeWorkload(workload: Workload, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const put = async (name: string, array: NdArray): Promise<object> => {
    const file = `${name}.bin`;
    await writeFile(
      join(folder, file),
      new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength),
    );
    return { file, dtype: array.dtype, shape: array.shape };
  };
  const { inputs, targets } = dataOf(workload);
  const weights: Record<string, object> = {};
  for (const [name, array] of weightsOf(workload)) weights[name] = await put(name, array);
  const manifest = { workload, inputs: await put("inputs", inputs), targets: await put("targets", targets), weights };
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
}
