import fc from "fast-check";
import { expect, test } from "vitest";
import type { LoopKernel, ScalarName, Value } from "../../../src/engine/loop.ts";
import {
  apply,
  cast,
  check,
  dense,
  featureSets,
  Layout,
  load,
  noise,
  number,
  product,
  runMachine,
  view,
} from "./harness.ts";

const SIZES = [1, 3, 5, 17, 64, 100];

function loop(sizes: readonly number[], stores: LoopKernel["stores"], reduced = sizes.map(() => false)): LoopKernel {
  return { kind: "loop", label: `loop ${sizes}`, sizes, reduced, stores };
}

test.each(SIZES)("elementwise over rows of %i with broadcasts and a shared part", async (columns) => {
  for (const rows of SIZES) {
    const layout = new Layout();
    const sizes = [rows, columns];
    const x = layout.add(rows * columns, "float32", (i) => noise(i));
    const bias = layout.add(columns, "float32", (i) => noise(i, 2));
    const scale = layout.add(rows, "float32", (i) => noise(i, 3));
    const rate = layout.add(1, "float32", () => 0.25);
    const y = layout.add(rows * columns);
    const z = layout.add(rows * columns);
    const sum = apply("add", load(x, [columns, 1]), load(bias, [0, 1]));
    const scaled = apply("multiply", apply("multiply", sum, load(scale, [1, 0])), load(rate, [0, 0]));
    const stores = [
      { target: view(y, dense(sizes)), value: scaled },
      { target: view(z, dense(sizes)), value: apply("maximum", apply("subtract", scaled, sum), number(0)) },
    ];
    await check(layout, [loop(sizes, stores)]);
  }
});

test("transposed, reversed, shifted and gapped reads and writes", async () => {
  for (const [rows, columns] of [
    [5, 17],
    [64, 3],
    [1, 100],
    [17, 1],
  ] as const) {
    const layout = new Layout();
    const x = layout.add(rows * columns, "float32", (i) => noise(i));
    const wide = layout.add(rows * columns * 2 + 3, "float32", (i) => noise(i, 5));
    const y = layout.add(rows * columns);
    const t = layout.add(rows * columns);
    const gaps = layout.add(rows * columns * 3, "float32", () => 0);
    const sizes = [rows, columns];
    const transposed = load(x, [1, rows]);
    const reversed = load(x, [-columns, -1], { offset: rows * columns - 1 });
    const gapped = load(wide, [columns * 2, 2], { offset: 3 });
    const value = apply("add", apply("multiply", transposed, reversed), gapped);
    const stores = [
      { target: view(y, dense(sizes)), value },
      { target: view(t, [1, rows]), value: apply("negate", value) },
      { target: view(gaps, [columns * 3, 3]), value: reversed },
    ];
    await check(layout, [loop(sizes, stores)]);
  }
});

test("long rows are summed and their largest found, fused with the values", async () => {
  for (const [rows, columns] of [
    [1, 1],
    [3, 5],
    [17, 10],
    [5, 100],
    [2, 3001],
  ] as const) {
    const layout = new Layout();
    const sizes = [rows, columns];
    const x = layout.add(rows * columns, "float32", (i) => noise(i));
    const shift = layout.add(rows, "float32", (i) => noise(i, 4));
    const e = layout.add(rows * columns);
    const [sum, most] = [layout.add(rows), layout.add(rows)];
    const exp = apply("exp", apply("subtract", load(x, dense(sizes)), load(shift, [1, 0])));
    const stores = [
      { target: view(e, dense(sizes)), value: exp },
      { target: view(sum, [1, 0]), value: exp, reduce: "sum" as const },
      { target: view(most, [1, 0]), value: load(x, dense(sizes)), reduce: "max" as const },
    ];
    await check(layout, [loop(sizes, stores, [false, true])]);
  }
});

test("columns are summed, also with whole stores beside them", async () => {
  for (const [rows, columns] of [
    [1, 1],
    [5, 3],
    [100, 10],
    [300, 17],
    [64, 100],
    [700, 40],
  ] as const) {
    const layout = new Layout();
    const sizes = [rows, columns];
    const x = layout.add(rows * columns, "float32", (i) => noise(i));
    const weight = layout.add(columns, "float32", (i) => noise(i, 4));
    const factor = layout.add(rows, "float32", (i) => noise(i, 5));
    const y = layout.add(rows * columns);
    const [sum, squares, most] = [layout.add(columns), layout.add(columns), layout.add(columns)];
    const value = apply(
      "multiply",
      apply("multiply", load(x, dense(sizes)), apply("exp", load(weight, [0, 1]))),
      load(factor, [1, 0]),
    );
    const stores = [
      { target: view(y, dense(sizes)), value },
      { target: view(sum, [0, 1]), value, reduce: "sum" as const },
      { target: view(squares, [0, 1]), value: apply("multiply", value, value), reduce: "sum" as const },
      { target: view(most, [0, 1]), value: load(x, dense(sizes)), reduce: "max" as const },
    ];
    await check(layout, [loop(sizes, stores, [true, false])]);
  }
});

test("every choice of reduced dimensions, in any memory order", async () => {
  const sizes = [4, 3, 5, 7];
  for (let mask = 0; mask < 16; mask++) {
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 3, 0, 2],
    ]) {
      const layout = new Layout();
      const x = layout.add(product(sizes), "float32", (i) => noise(i));
      const reduced = sizes.map((_, d) => ((mask >> d) & 1) === 1);
      const packed = dense(order.map((d) => sizes[d] ?? 1));
      const strides = sizes.map((_, d) => packed[order.indexOf(d)] ?? 0);
      const kept = sizes.map((size, d) => (reduced[d] === true ? 1 : size));
      const sum = layout.add(product(kept));
      const most = layout.add(product(kept));
      const target = dense(kept).map((stride, d) => (reduced[d] === true ? 0 : stride));
      const value = load(x, strides);
      const stores = [
        { target: view(sum, target), value, ...(mask > 0 ? { reduce: "sum" as const } : {}) },
        { target: view(most, target), value, ...(mask > 0 ? { reduce: "max" as const } : {}) },
      ];
      await check(layout, [loop(sizes, stores, reduced)]);
    }
  }
});

test("a long sum is nearly exact", async () => {
  const layout = new Layout();
  const x = layout.add(40_000, "float32", (i) => 1 + noise(i) / 3);
  const sum = layout.add(1);
  const stores = [{ target: view(sum, [0]), value: load(x, [1]), reduce: "sum" as const }];
  await check(layout, [loop([40_000], stores, [true])], { tolerance: 2e-7 });
});

test("sums over nothing are zero, and the largest of nothing is minus infinity", async () => {
  const layout = new Layout();
  const x = layout.add(1);
  const [sum, most] = [layout.add(3), layout.add(3)];
  const stores = (["sum", "max"] as const).map((reduce, i) => {
    return { target: view([sum, most][i] ?? 0, [0, 1]), value: load(x, [3, 1]), reduce };
  });
  await check(layout, [loop([0, 3], stores, [true, false])]);
});

test("integers, truth values and casts", async () => {
  for (const size of SIZES) {
    const layout = new Layout();
    const a = layout.add(size, "int32", (i) => Math.round(noise(i) * 9));
    const b = layout.add(size, "int32", (i) => Math.round(noise(i, 2) * 9) || 1);
    const x = layout.add(size, "float32", (i) => noise(i, 3) * 5);
    const p = layout.add(size, "bool", (i) => (i % 3 === 0 ? 1 : 0));
    const [la, lb] = [load(a, [1], { dtype: "int32" }), load(b, [1], { dtype: "int32" })];
    const lx = load(x, [1]);
    const lp = load(p, [1], { dtype: "bool" });
    const index: Value = { kind: "index", offset: 3, strides: [2], dtype: "int32" };
    const ramp: Value = { kind: "index", offset: -1, strides: [1], dtype: "float32" };
    const values: Value[] = [
      ...(["add", "subtract", "multiply", "maximum", "minimum", "equal", "less", "lessEqual"] as const).map((name) =>
        apply(name, la, lb),
      ),
      apply("power", la, apply("abs", lb)),
      ...(["negate", "abs", "sign", "floor"] as const).map((name) => apply(name, la)),
      ...(["abs", "sign", "floor"] as const).map((name) => apply(name, lp)),
      ...(["less", "lessEqual", "equal"] as const).map((name) => apply(name, lx, number(0.5))),
      ...(["less", "lessEqual", "equal", "and", "or", "maximum", "minimum"] as const).map((name) =>
        apply(name, lp, apply("less", lx, number(0))),
      ),
      apply("not", lp),
      apply("select", lp, lx, number(-7)),
      apply("select", apply("less", la, lb), la, lb),
      cast(lx, "int32"),
      cast(lx, "bool"),
      cast(la, "float32"),
      cast(la, "bool"),
      cast(lp, "float32"),
      cast(lp, "int32"),
      apply("add", index, la),
      apply("multiply", ramp, lx),
      number(1, "bool"),
      number(-5, "int32"),
    ];
    const stores = values.map((value) => ({ target: view(layout.add(size, value.dtype), [1]), value }));
    await check(layout, [loop([size], stores)]);
    const [most, count, any] = [layout.add(1, "int32"), layout.add(1, "int32"), layout.add(1, "bool")];
    const reductions = [
      { target: view(most, [0]), value: la, reduce: "max" as const },
      { target: view(count, [0]), value: cast(lp, "int32"), reduce: "sum" as const },
      { target: view(any, [0]), value: apply("less", lx, number(-4.9)), reduce: "max" as const },
    ];
    await check(layout, [loop([size], reductions, [true])]);
  }
});

test("NaN goes through maximum, minimum and the largest of a row; signs of zero stay", async () => {
  const layout = new Layout();
  const special = [NaN, 0, -0, Infinity, -Infinity, 1, -2.5];
  const x = layout.add(7, "float32", (i) => special[i] ?? 0);
  const y = layout.add(7, "float32", (i) => special[(i * 3 + 1) % 7] ?? 0);
  const names: ScalarName[] = ["maximum", "minimum", "add", "equal", "less", "lessEqual"];
  const stores = names.map((name) => {
    const value = apply(name, load(x, [1]), load(y, [1]));
    return { target: view(layout.add(7, value.dtype), [1]), value };
  });
  const sign = layout.add(7);
  const most = layout.add(1);
  stores.push({ target: view(sign, [1]), value: apply("sign", load(x, [1])) });
  const reduction = { target: view(most, [0]), value: load(x, [1]), reduce: "max" as const };
  await check(layout, [loop([7], stores), loop([7], [reduction], [true])]);
  const got = await runMachine(layout.lowered([loop([7], stores)]), layout.contents, {
    vectors: true,
    fused: false,
    revectorized: false,
  });
  expect([...(got[sign] ?? [])]).toEqual([NaN, 0, -0, 1, -1, 1, -1]);
});

test("powers and bounds that are written in the program", async () => {
  const layout = new Layout();
  const special = [NaN, 0, -0, Infinity, -Infinity, 1, -2.5, 3, 0.1];
  const x = layout.add(9, "float32", (i) => special[i] ?? 0);
  const values = [1, 2, 3, -1, 0.5, 4, 0, -2].map((exponent) => apply("power", load(x, [1]), number(exponent)));
  values.push(apply("maximum", load(x, [1]), number(0.5)), apply("maximum", number(0.5), load(x, [1])));
  values.push(apply("minimum", load(x, [1]), number(0.5)), apply("minimum", number(0.5), load(x, [1])));
  const stores = values.map((value) => ({ target: view(layout.add(9), [1]), value }));
  await check(layout, [loop([9], stores)]);
});

test("the last elements of a row get the same bits as the first", async () => {
  const names: ScalarName[] = ["exp", "log", "expm1", "log1p", "sin", "cos", "tanh", "sigmoid", "erf", "sqrt"];
  for (const features of featureSets) {
    for (const size of [1, 2, 3, 7, 30]) {
      const layout = new Layout();
      const x = layout.add(size, "float32", () => 0.7310586);
      const stores = names.map((name) => ({ target: view(layout.add(size), [1]), value: apply(name, load(x, [1])) }));
      const all = await runMachine(layout.lowered([loop([size], stores)]), layout.contents, features);
      for (const values of all) expect(new Set(values).size).toBe(1);
    }
  }
});

test("random expressions over random shapes", async () => {
  const unary: ScalarName[] = ["negate", "abs", "floor", "exp", "tanh", "sigmoid", "sin", "erf", "expm1"];
  const binary: ScalarName[] = ["add", "subtract", "multiply", "maximum", "minimum"];
  const shape = fc.array(fc.constantFrom(1, 2, 3, 4, 5, 9), { minLength: 1, maxLength: 4 });
  const steps = fc.array(fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)), { minLength: 1, maxLength: 8 });
  const flags = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 4, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(shape, steps, flags, async (sizes, program, kinds) => {
      const layout = new Layout();
      const reduced = sizes.map((_, d) => kinds[d]?.[0] === true);
      const kept = sizes.map((size, d) => (reduced[d] === true ? 1 : size));
      const broadcast = sizes.map((size, d) => (kinds[d]?.[1] === true ? 1 : size));
      const through = dense(broadcast).map((stride, d) => (kinds[d]?.[1] === true ? 0 : stride));
      const values: Value[] = [
        load(
          layout.add(product(sizes), "float32", (i) => noise(i)),
          dense(sizes),
        ),
        load(
          layout.add(product(broadcast), "float32", (i) => noise(i, 2)),
          through,
        ),
        load(
          layout.add(product(sizes), "float32", (i) => noise(i, 3)),
          [...dense([...sizes].reverse())].reverse(),
        ),
        number(0.5),
      ];
      for (const [name, i, j] of program) {
        const first = values[i % values.length];
        const second = values[j % values.length];
        const one = unary[name % unary.length];
        const two = binary[name % binary.length];
        if (first === undefined || second === undefined || one === undefined || two === undefined) continue;
        // Squashing keeps numbers from growing beyond what a relative bound can judge.
        values.push(name % 2 === 0 ? apply(one, apply("tanh", first)) : apply(two, first, second));
      }
      const value = values.at(-1) ?? number(0);
      const target = dense(kept).map((stride, d) => (reduced[d] === true ? 0 : stride));
      const stores: LoopKernel["stores"] = [
        { target: view(layout.add(product(sizes)), dense(sizes)), value: values.at(-2) ?? value },
        {
          target: view(layout.add(product(kept)), target),
          value,
          ...(reduced.includes(true) ? { reduce: "sum" } : {}),
        },
      ];
      await check(layout, [loop(sizes, stores, reduced)], { tolerance: 2e-5 });
    }),
    { numRuns: 60, seed: 7 },
  );
});
