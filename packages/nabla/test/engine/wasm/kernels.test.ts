import { expect, test } from "vitest";
import { check, Layout, load, noise, number, runMachine, view } from "./harness.ts";

test("Philox gives the words of Random123's vectors", async () => {
  const layout = new Layout();
  const key = layout.add(3, "int32", () => 0);
  const target = layout.add(16);
  const kernel = {
    kind: "random",
    label: "random",
    elements: 16,
    stream: 0,
    key: view(key, [1]),
    target: view(target, [1]),
  } as const;
  const [, got] = await runMachine(layout.lowered([kernel]), layout.contents, {
    vectors: true,
    fused: false,
    revectorized: false,
  });
  const words = [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8];
  expect([0, 4, 8, 12].map((i) => got?.[i])).toEqual(words.map((word) => (word >>> 8) * 2 ** -24));
});

test.each([1, 3, 5, 16, 17, 63, 64, 100, 1000])("%i random numbers", async (elements) => {
  const layout = new Layout();
  const words = [0, 0x12345678, -559038737, 41];
  const key = layout.add(4, "int32", (i) => words[i] ?? 0);
  const target = layout.add(elements);
  const stream = 0xfedcba98 | 0;
  await check(
    layout,
    [{ kind: "random", label: "random", elements, stream, key: view(key, [1], 1), target: view(target, [1]) }],
    {
      tolerance: 0,
    },
  );
});

test("the first largest value along the last dimension", async () => {
  for (const [rows, columns] of [
    [1, 1],
    [3, 5],
    [17, 10],
    [5, 100],
  ] as const) {
    for (const dtype of ["float32", "int32"] as const) {
      const layout = new Layout();
      const x = layout.add(rows * columns, dtype, (i) => Math.round(noise(i) * 4) - 9);
      const y = layout.add(rows, "int32");
      const t = layout.add(columns, "int32");
      await check(layout, [
        { kind: "argmax", label: "rows", sizes: [rows, columns], source: view(x, [columns, 1]), target: view(y, [1]) },
        {
          kind: "argmax",
          label: "columns",
          sizes: [columns, rows],
          source: view(x, [1, columns]),
          target: view(t, [1]),
        },
      ]);
    }
  }
});

test.each([1, 3, 4, 10, 64, 101])("rows of %i columns are picked and added by index", async (columns) => {
  const tableRows = 7;
  const rows = 25;
  for (const dtype of ["float32", "int32"] as const) {
    for (const isTransposed of [false, true]) {
      const layout = new Layout();
      const value = (i: number) => Math.round(noise(i) * 100);
      const table = layout.add(tableRows * columns, dtype, value);
      const indices = layout.add(rows, "int32", (i) => [-1, 3, 6, 7, 0, 3, 2 ** 31 - 1][i % 7] ?? 0);
      const picked = layout.add(rows * columns, dtype);
      const summed = layout.add(tableRows * columns, dtype);
      const lie = (count: number) => (isTransposed ? [1, count] : [columns, 1]);
      const size = { rows, columns, tableRows, indices: view(indices, [1]) };
      await check(layout, [
        {
          kind: "gather",
          label: "gather",
          ...size,
          table: view(table, lie(tableRows)),
          target: view(picked, [columns, 1]),
        },
        {
          kind: "scatter",
          label: "scatter",
          ...size,
          source: view(picked, [columns, 1]),
          target: view(summed, lie(tableRows)),
        },
      ]);
    }
  }
});

test.each([
  { groups: 7, perUnit: 3, units: 3, parts: 1 },
  { groups: 4, perUnit: 1, units: 4, parts: 2 },
  { groups: 3, perUnit: 3, units: 1, parts: 3 },
])("kernels run on one block after the other: %o", async ({ groups, perUnit, units, parts }) => {
  const [rows, inner, columns] = [9, 20, 21];
  const layout = new Layout();
  const size = rows * inner;
  const x = layout.add(groups * parts * size, "float32", (i) => noise(i));
  const factor = layout.add(inner * columns, "float32", (i) => noise(i, 2));
  const own = layout.add(units * size);
  const products = layout.add(groups * parts * rows * columns);
  const sums = layout.add(units * inner * columns);
  const value = { kind: "apply", name: "multiply", dtype: "float32" } as const;
  const matmul = { kind: "matmul", label: "product", batch: 1, n: columns } as const;
  const result = view(products, [0, columns, 1]);
  await check(layout, [
    {
      ...{ kind: "blocked", label: "blocks", groups, perUnit, units, parts },
      kernels: [
        {
          ...{ kind: "loop", label: "double", sizes: [size], reduced: [false] },
          stores: [{ target: view(own, [1]), value: { ...value, inputs: [load(x, [1]), number(2)] } }],
        },
        { ...matmul, m: rows, k: inner, a: view(own, [0, inner, 1]), b: view(factor, [0, columns, 1]), c: result },
        {
          ...{ ...matmul, m: inner, k: rows, a: view(own, [0, 1, inner]), b: result },
          ...{ c: view(sums, [0, columns, 1]), accumulates: true },
        },
      ],
      moves: [
        { buffer: x, unit: 0, group: parts * size, part: size },
        { buffer: own, unit: size, group: 0, part: 0 },
        { buffer: products, unit: 0, group: parts * rows * columns, part: rows * columns },
        { buffer: sums, unit: inner * columns, group: 0, part: 0 },
      ],
    },
  ]);
});
