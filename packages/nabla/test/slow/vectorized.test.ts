import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { compile } from "../../src/engine/program.ts";
import { input, state } from "../../src/graph/leaf.ts";
import { add, matmul, maximum } from "../../src/graph/ops.ts";

const [ROWS, INPUTS, UNITS] = [256, 784, 256];
const draw = (name: string, shape: readonly number[]): NdArray =>
  ndarray(
    Float32Array.from(
      normal(
        fork(seedKey(1), name),
        shape.reduce((all, length) => all * length, 1),
      ),
    ),
    shape,
  );
const [x, w, b] = [draw("x", [ROWS, INPUTS]), draw("w", [INPUTS, UNITS]), draw("b", [UNITS])];

/** The shortest of some runs: what the machine can do when nothing else disturbs it. */
async function shortest(runs: number, work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i++) {
    const begun = performance.now();
    await work();
    least = Math.min(least, performance.now() - begun);
  }
  return least;
}

function looped(): Float32Array {
  const out = new Float32Array(ROWS * UNITS);
  for (let row = 0; row < ROWS; row++) {
    for (let unit = 0; unit < UNITS; unit++) {
      let total = b.data[unit] ?? 0;
      for (let i = 0; i < INPUTS; i++) total += (x.data[row * INPUTS + i] ?? 0) * (w.data[i * UNITS + unit] ?? 0);
      out[row * UNITS + unit] = Math.max(0, total);
    }
  }
  return out;
}

// a bound on time, since that is what the row is about; it holds with a margin of three and more
test("J5 a layer on a batch of 256 rows is at least twenty times as fast as loops over rows and units", async () => {
  const inputs = input("x", ["batch", INPUTS]);
  const out = maximum(add(matmul(inputs, state("w", w)), state("b", b)), 0);
  const program = await compile({ inputs: [inputs], outputs: { out } });
  const { out: given } = await program.run({ x });
  for (const [i, value] of looped().subarray(0, 2000).entries()) expect(given?.data[i]).toBeCloseTo(value, 2);
  const [whole, loops] = [await shortest(20, () => program.run({ x })), await shortest(3, looped)];
  expect(loops / whole).toBeGreaterThan(20);
});
