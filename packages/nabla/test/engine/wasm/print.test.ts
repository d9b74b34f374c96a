import { expect, test } from "vitest";
import wabt from "wabt";
import type { Kernel } from "../../../src/engine/loop.ts";
import { compileModule, createMemory, instantiate } from "../../../src/engine/wasm/machine.ts";
import { memoryBytes, printModule, scratchBytes } from "../../../src/engine/wasm/print.ts";
import { apply, check, dense, featureSets, Layout, load, noise, number, view } from "./harness.ts";

/** A layer and the softmax of its results: products, broadcasts and reductions that build on one another. */
function network(layout: Layout, rows: number): readonly Kernel[] {
  const [inner, columns] = [40, 10];
  const x = layout.add(rows * inner, "float32", (i) => noise(i));
  const weights = layout.add(inner * columns, "float32", (i) => noise(i, 2) / 4);
  const bias = layout.add(columns, "float32", (i) => noise(i, 3));
  const [z, most, e, sum, y] = [rows * columns, rows, rows * columns, rows, rows * columns].map((n) => layout.add(n));
  if (z === undefined || most === undefined || e === undefined || sum === undefined || y === undefined) return [];
  const sizes = [rows, columns];
  const all = dense(sizes);
  const byRow = [false, true];
  const shifted = apply("subtract", apply("add", load(z, all), load(bias, [0, 1])), load(most, [1, 0]));
  const logits = apply("add", load(z, all), load(bias, [0, 1]));
  const exp = apply("exp", shifted);
  const loop = (
    label: string,
    stores: Extract<Kernel, { kind: "loop" }>["stores"],
    reduced = [false, false],
  ): Kernel => {
    return { kind: "loop", label, sizes, reduced, stores };
  };
  return [
    {
      kind: "matmul",
      label: "product",
      batch: 1,
      m: rows,
      n: columns,
      k: inner,
      a: view(x, [0, inner, 1]),
      b: view(weights, [0, columns, 1]),
      c: view(z, [0, columns, 1]),
    },
    loop("most", [{ target: view(most, [1, 0]), value: logits, reduce: "max" }], byRow),
    loop(
      "exp",
      [
        { target: view(e, all), value: exp },
        { target: view(sum, [1, 0]), value: exp, reduce: "sum" },
      ],
      byRow,
    ),
    loop("share", [{ target: view(y, all), value: apply("divide", load(e, all), load(sum, [1, 0])) }]),
  ];
}

test.each([1, 7, 64])("kernels run in their order over %i rows", async (rows) => {
  const layout = new Layout();
  await check(layout, network(layout, rows));
});

test("every emitted module is valid, and the same program gives the same bytes", async () => {
  const layout = new Layout();
  const lowered = layout.lowered(network(layout, 33));
  const { readWasm } = await wabt();
  for (const features of featureSets) {
    const bytes = printModule(lowered, features);
    const module = readWasm(bytes, { simd: true, relaxed_simd: true });
    module.validate();
    expect(module.toText({})).toContain('(export "step"');
    expect(printModule(lowered, features)).toEqual(bytes);
  }
});

test("the memory grows to hold buffers and packed panels, and a small program needs none", () => {
  const layout = new Layout();
  const small = layout.lowered(network(layout, 3));
  expect(scratchBytes(small)).toBeLessThan(64);
  const [n, m, k] = [100, 100, 100];
  const [a, b, c] = [layout.add(m * k), layout.add(k * n), layout.add(m * n)];
  const square = (buffer: number) => view(buffer, [0, 100, 1]);
  const kernel = { kind: "matmul", label: "", batch: 1, m, n, k, a: square(a), b: square(b), c: square(c) } as const;
  const large = layout.lowered([kernel]);
  expect(scratchBytes(large)).toBeGreaterThan(100 * 100 * 4 * 2 - 1);
  expect(memoryBytes(large)).toBeGreaterThan(large.bytes + scratchBytes(large));
});

test("two programs share a memory that grows under them", async () => {
  const layout = new Layout();
  const x = layout.add(3, "float32");
  const addOne = { target: view(x, [1]), value: apply("add", load(x, [1]), number(1)) };
  const kernel = { kind: "loop", label: "add", sizes: [3], reduced: [false], stores: [addOne] } as const;
  const small = layout.lowered([kernel]);
  const large = { ...small, bytes: 300_000 };
  const memory = createMemory();
  const first = instantiate(await compileModule(small), small, memory);
  new Float32Array(memory.buffer, small.buffers[0]?.address, 3).set([1, 2, 3]);
  first.run();
  const second = instantiate(await compileModule(large), large, memory);
  second.run();
  first.run();
  expect(memory.buffer.byteLength).toBeGreaterThanOrEqual(memoryBytes(large));
  expect([...new Float32Array(memory.buffer, small.buffers[0]?.address, 3)]).toEqual([4, 5, 6]);
});
