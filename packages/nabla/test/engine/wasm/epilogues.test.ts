import { expect, test } from "vitest";
import type { Kernel, LoopKernel, MatmulKernel, Value } from "../../../src/engine/loop.ts";
import { fuseEpilogues } from "../../../src/engine/plan/epilogues.ts";
import { apply, dense, featureSets, Layout, load, noise, number, runMachine, view } from "./harness.ts";

function product(layout: Layout, [m, k, n]: readonly [number, number, number], turned = false): MatmulKernel {
  const a = view(
    layout.add(m * k, "float32", (i) => noise(i, 1)),
    [0, ...(turned ? [1, m] : [k, 1])],
  );
  const b = view(
    layout.add(k * n, "float32", (i) => noise(i, 2)),
    [0, n, 1],
  );
  return { kind: "matmul", label: "product", batch: 1, m, n, k, a, b, c: view(layout.add(m * n), [0, n, 1]) };
}

/** A loop over all elements of a product: `values` of the element, each stored in a buffer of its own. */
function loop(
  layout: Layout,
  { c, m, n }: MatmulKernel,
  values: (element: Value, vector: (length: number, strides: readonly number[]) => Value) => readonly Value[],
  sizes: readonly number[] = [m, n],
): LoopKernel {
  const element = load(c.buffer, dense(sizes));
  const vector = (length: number, strides: readonly number[]): Value =>
    load(
      layout.add(length, "float32", (i) => noise(i, 3)),
      strides,
    );
  const stores = values(element, vector).map((value) => ({
    target: view(layout.add(m * n, value.dtype), dense(sizes)),
    value,
  }));
  return { kind: "loop", label: "loop", sizes, reduced: sizes.map(() => false), stores };
}

const always = { pays: () => true, kept: new Set<number>() };

function fuse(kernels: readonly Kernel[], options = always): readonly Kernel[] {
  return fuseEpilogues({ kernels, inPlace: 0 }, options).kernels;
}

const biasAndRectifier = (element: Value, vector: (length: number, strides: readonly number[]) => Value, n: number) => {
  const sum = apply("add", element, vector(n, [0, 1]));
  return [sum, apply("maximum", sum, number(0)), apply("less", number(0), sum), apply("sigmoid", sum)];
};

test.each([
  [300, 2, 20],
  [300, 20, 3],
  [300, 3, 1],
  [1, 9, 17],
  [5, 1, 7],
  [20, 300, 3],
  [64, 30, 10],
] as const)("what follows a product of %ix%ix%i gives the same bits inside it", async (...shape) => {
  for (const turned of [false, true]) {
    const layout = new Layout();
    const first = product(layout, shape, turned);
    const second = loop(layout, first, (element, vector) => biasAndRectifier(element, vector, shape[2]));
    const fused = fuse([first, second]);
    expect(fused.map(({ label }) => label)).toEqual(["product + loop"]);
    for (const features of featureSets) {
      const apart = await runMachine(layout.lowered([first, second]), layout.contents, features);
      const joined = await runMachine(layout.lowered(fused), layout.contents, features);
      second.stores.forEach(({ target }) => {
        expect(joined[target.buffer]).toEqual(apart[target.buffer]);
      });
      // nobody else reads the product, so it is not even stored
      expect(joined[first.c.buffer]).toEqual(layout.contents[first.c.buffer]);
    }
  }
});

test("a loop over all elements in one row is an epilogue too, and a product that is wanted is kept", async () => {
  const layout = new Layout();
  const first = product(layout, [30, 4, 6]);
  const second = loop(layout, first, (element) => [apply("tanh", element)], [180]);
  const fused = fuse([first, second], { ...always, kept: new Set([first.c.buffer]) });
  expect(fused).toHaveLength(1);
  for (const features of featureSets) {
    const apart = await runMachine(layout.lowered([first, second]), layout.contents, features);
    expect(await runMachine(layout.lowered(fused), layout.contents, features)).toEqual(apart);
  }
});

test("an update in place behind its gradient runs where nothing reads the old value any more", () => {
  const layout = new Layout();
  const forward = product(layout, [8, 5, 4]);
  const weights = forward.b.buffer;
  const gradient: MatmulKernel = { ...product(layout, [5, 8, 4]), label: "gradient" };
  const reads: MatmulKernel = {
    ...product(layout, [8, 4, 5]),
    label: "reads",
    b: view(weights, [0, 1, 4]),
  };
  const step = apply("subtract", load(weights, [4, 1]), load(gradient.c.buffer, [4, 1]));
  const update: LoopKernel = {
    kind: "loop",
    label: "update",
    sizes: [5, 4],
    reduced: [false, false],
    stores: [{ target: view(weights, [4, 1]), value: step }],
  };
  // the product waits for the update, which must stay behind the last reader
  expect(fuse([forward, gradient, reads, update]).map(({ label }) => label)).toEqual([
    "product",
    "reads",
    "gradient + update",
  ]);
});

test("what would change a sum, or needs the product elsewhere or summed, stays a loop", () => {
  const layout = new Layout();
  const first = product(layout, [6, 5, 5]);
  const plain = loop(layout, first, (element) => [apply("negate", element)]);
  const [store] = plain.stores;
  const bare = { ...plain, label: "bare" };
  const intoOperand: LoopKernel = {
    ...bare,
    stores: [{ target: view(first.a.buffer, [5, 1]), value: store?.value ?? number(0) }],
  };
  const turned = load(first.c.buffer, [1, 5]);
  const transposed: LoopKernel = { ...bare, stores: [{ target: view(layout.add(30), [5, 1]), value: turned }] };
  const summed: LoopKernel = {
    ...bare,
    reduced: [true, false],
    stores: [{ target: view(layout.add(5), [0, 1]), value: load(first.c.buffer, [5, 1]), reduce: "sum" }],
  };
  const counted: LoopKernel = {
    ...bare,
    stores: [
      {
        target: view(layout.add(30), [5, 1]),
        value: apply("add", load(first.c.buffer, [5, 1]), {
          kind: "index",
          offset: 0,
          strides: [0, 1],
          dtype: "float32",
        }),
      },
    ],
  };
  for (const behind of [intoOperand, transposed, summed, counted]) expect(fuse([first, behind])).toHaveLength(2);
  expect(fuse([first, plain], { ...always, pays: () => false })).toHaveLength(2);
  expect(fuse([first, plain])).toHaveLength(1);
});
