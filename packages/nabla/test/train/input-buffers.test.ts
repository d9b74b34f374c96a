import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { compile } from "../../src/engine/program.ts";
import { wasmWith } from "../../src/engine/wasm/engine.ts";
import { input, state } from "../../src/graph/leaf.ts";
import { add, sum } from "../../src/graph/ops.ts";
import { inputBuffersFor } from "../../src/train/input-buffers.ts";
import { ring } from "./small-job.ts";

test("the buffers of an epoch serve the next one, until the memory moves or other batch sizes come", async () => {
  const engine = wasmWith({ threads: 1 });
  const [inputs, targets] = [input("inputs", ["batch", 2]), input("targets", ["batch"], "int32")];
  const program = await compile(
    { inputs: [inputs, targets], outputs: { sum: sum(inputs), codes: sum(targets) } },
    { engine },
  );
  const like = ring(10, 1);
  const buffersFor = (sizes: readonly number[], before?: Awaited<ReturnType<typeof inputBuffersFor>>) =>
    inputBuffersFor({ program, like, sizes, feeds: {}, before });
  const first = await buffersFor([4, 2]);
  expect(await buffersFor([4, 2], first)).toBe(first);
  expect(await buffersFor([4, 3], first)).not.toBe(first);
  const large = state("large", ndarray(new Float32Array(2 ** 18), [2 ** 18]));
  await compile({ inputs: [], outputs: {}, updates: [[large, add(large, 1)]] }, { share: program });
  expect(first.of(4)).toBeUndefined();
  const second = await buffersFor([4, 2], first);
  expect(second).not.toBe(first);
  const batch = second.of(4);
  expect(batch?.inputs).toMatchObject({ shape: [4, 2], dtype: "float32" });
  expect(batch?.targets).toMatchObject({ shape: [4], dtype: "int32" });
});
