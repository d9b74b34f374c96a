/** Programs in the way of NumPy: arrays under ops, and `await value(…)` where numbers are looked at. */
import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { seedKey, uniform } from "../../src/base/random.ts";
import type { Engine, KnownGraph } from "../../src/engine/contract.ts";
import { signatures } from "../../src/engine/plan/signature.ts";
import { value } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm } from "../../src/engine/wasm/engine.ts";
import { constant, input } from "../../src/graph/leaf.ts";
import { add, divide, less, matmul, mean, multiply, sum } from "../../src/graph/ops.ts";

const ENGINES: readonly Engine[] = [reference, wasm];

test.each(ENGINES)("arrays are operands of ops, and what is computed of them is one: $name", async (engine) => {
  const options = { engine };
  const keep = 0.8;
  let a3 = ndarray(new Float32Array(40).fill(1), [10, 4]);
  const d3 = less(ndarray(uniform(seedKey(1), 40), [10, 4], "float32"), keep);
  a3 = await value(multiply(a3, d3), {}, options);
  const kept = a3.data.filter((one: number) => one === 1).length;
  expect(kept).toBeGreaterThan(25);
  expect(kept).toBeLessThan(39);
  a3 = await value(divide(a3, keep), {}, options);
  expect((await value(sum(a3), {}, options)).data[0]).toBeCloseTo(kept / keep, 4);
  expect((await value(mean(a3), {}, options)).data[0]).toBeCloseTo(kept / keep / 40, 5);
  const product = await value(matmul(ndarray([[1, 2]]), ndarray([[3], [4]])), {}, options);
  expect([product.shape, Array.from(product.data)]).toEqual([[1, 1], [11]]);
});

/** An engine that notes the graphs that it loads. */
function noting(graphs: KnownGraph[]): Engine {
  return {
    ...reference,
    open: () => {
      const memory = reference.open();
      const load = memory.load.bind(memory);
      return Object.assign(memory, {
        load: (graph: KnownGraph) => {
          graphs.push(graph);
          return load(graph);
        },
      });
    },
  };
}

test("graphs of one form and shape are one program, whichever numbers their arrays hold", async () => {
  const graphs: KnownGraph[] = [];
  const engine = noting(graphs);
  const signatureOf = signatures();
  for (const seed of [1, 2, 3]) {
    const draws = ndarray(uniform(seedKey(seed), 60), [12, 5], "float32");
    const half = await value(multiply(draws, 0.5), {}, { engine });
    expect(half.data[7]).toBe((draws.data[7] ?? 0) / 2);
  }
  await value(multiply(ndarray(new Float32Array(60), [5, 12]), 0.5), {}, { engine });
  const [first, second, third, other] = graphs.map((graph) => signatureOf(graph));
  expect([second, third]).toEqual([first, first]);
  expect(other).not.toBe(first);
});

test("an array alone, one array twice, and an input that is called like an array", async () => {
  const array = ndarray([[1, 2]]);
  expect(Array.from((await value(constant(array))).data)).toEqual([1, 2]);
  expect(Array.from((await value(multiply(array, array))).data)).toEqual([1, 4]);
  const x = input("array 0", [1, 2]);
  expect(Array.from((await value(add(x, array), { "array 0": ndarray([[10, 20]]) })).data)).toEqual([11, 22]);
});

test("lists of lists are arrays without a shape, ragged ones are refused", () => {
  expect(ndarray([[[1, 2, 3]], [[4, 5, 6]]])).toMatchObject({ dtype: "float32", shape: [2, 1, 3] });
  expect(ndarray([[1], [2]], undefined, "float64").data).toEqual(Float64Array.of(1, 2));
  expect(ndarray(5).shape).toEqual([]);
  expect(ndarray(new Int32Array(3))).toMatchObject({ dtype: "int32", shape: [3] });
  expect(() => ndarray([[1, 2], [3]])).toThrow(expect.objectContaining({ code: "array/ragged" }));
});
