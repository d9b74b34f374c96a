import { expect, test } from "vitest";
import type { MatmulKernel } from "../../../src/engine/loop.ts";
import { planMatmul } from "../../../src/engine/wasm/matmul-plan.ts";
import { check, Layout, noise, view } from "./harness.ts";

interface Shape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch?: number;
  readonly transposed?: { readonly a?: boolean; readonly b?: boolean };
  /** Spreads the columns of a and b, so that nothing lies dense. */
  readonly spread?: number;
  /** The same b for the whole batch. */
  readonly shared?: boolean;
}

function matmul(layout: Layout, shape: Shape): MatmulKernel {
  const { m, n, k, batch = 1, transposed = {}, spread = 1, shared = false } = shape;
  const operand = (rows: number, columns: number, isTurned: boolean, isShared: boolean, seed: number) => {
    const elements = rows * columns * spread;
    const buffer = layout.add(elements * (isShared ? 1 : batch), "float32", (i) => noise(i, seed));
    const strides = isTurned ? [spread, rows * spread] : [columns * spread, spread];
    return view(buffer, [isShared ? 0 : elements, ...strides]);
  };
  const a = operand(m, k, transposed.a === true, false, 1);
  const b = operand(k, n, transposed.b === true, shared, 2);
  const c = view(layout.add(batch * m * n), [m * n, n, 1]);
  return { kind: "matmul", label: JSON.stringify(shape), batch, m, n, k, a, b, c };
}

const turns = [{}, { a: true }, { b: true }, { a: true, b: true }];
const SIZES = [1, 3, 5, 17, 64];

test.each(SIZES)("products of all small sizes with %i rows, plain and transposed", async (m) => {
  for (const transposed of turns) {
    const layout = new Layout();
    const kernels = SIZES.flatMap((n) => SIZES.map((k) => matmul(layout, { m, n, k, transposed })));
    await check(layout, kernels, { tolerance: 2e-6 });
  }
});

test.each([
  { m: 64, n: 100, k: 100 },
  { m: 100, n: 64, k: 400 },
  { m: 130, n: 33, k: 70 },
  { m: 32, n: 25, k: 800 },
  { m: 805, n: 25, k: 32 },
  { m: 61, n: 500, k: 17 },
  { m: 1, n: 300, k: 900 },
  { m: 300, n: 1, k: 900 },
  { m: 7, n: 130, k: 257 },
])("large products in packed panels: $m x $k x $n", async (shape) => {
  const layout = new Layout();
  const kernels = [
    ...turns.map((transposed) => matmul(layout, { ...shape, transposed })),
    matmul(layout, { ...shape, spread: 2 }),
  ];
  await check(layout, kernels, { tolerance: 2e-6 });
});

test("batches, with operands of their own and shared", async () => {
  const layout = new Layout();
  const kernels = [
    matmul(layout, { batch: 3, m: 5, n: 6, k: 7 }),
    matmul(layout, { batch: 3, m: 5, n: 6, k: 7, shared: true, transposed: { b: true } }),
    matmul(layout, { batch: 2, m: 70, n: 61, k: 65 }),
    matmul(layout, { batch: 2, m: 70, n: 61, k: 65, shared: true, transposed: { a: true } }),
    matmul(layout, { batch: 2, m: 200, n: 26, k: 50, transposed: { b: true } }),
    matmul(layout, { batch: 4, m: 1, n: 9, k: 20 }),
  ];
  await check(layout, kernels, { tolerance: 2e-6 });
});

test("a product over nothing is zero", async () => {
  const layout = new Layout();
  await check(layout, [matmul(layout, { m: 3, n: 4, k: 0 })]);
});

test("NaN in one row stays in its row", async () => {
  const layout = new Layout();
  const kernel = matmul(layout, { m: 70, n: 70, k: 70 });
  layout.contents[kernel.a.buffer]?.fill(Number.NaN, 70 * 13, 70 * 14);
  await check(layout, [kernel], { tolerance: 2e-6 });
});

test("small products are computed where they lie, large ones in panels", () => {
  const layout = new Layout();
  const plan = (shape: Shape) =>
    planMatmul(matmul(layout, shape), { buffers: layout.buffers, fused: true, revectorized: false });
  expect(plan({ m: 300, n: 20, k: 2 }).kind).toBe("direct");
  expect(plan({ m: 64, n: 10, k: 128 }).kind).toBe("direct");
  expect(plan({ m: 64, n: 256, k: 784 })).toMatchObject({ kind: "packed", tile: { rows: 6, columns: 8 } });
  expect(plan({ m: 32, n: 25, k: 12288 })).toMatchObject({ kind: "packed", transposed: true, tile: { rows: 5 } });
  expect(plan({ m: 64, n: 1, k: 784 }).kind).toBe("loop");
});
