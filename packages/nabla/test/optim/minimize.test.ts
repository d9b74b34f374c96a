import { expect, test } from "vitest";
import { scalar } from "../../src/array/ndarray.ts";
import { input, state } from "../../src/graph/leaf.ts";
import * as ops from "../../src/graph/ops.ts";
import { adam } from "../../src/optim/adam.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { minimize } from "../../src/optim/minimize.ts";
import { momentum } from "../../src/optim/momentum.ts";

const from = (value: number) => state("w", scalar(value, "float64"));
const bowl = (w: ReturnType<typeof from>) => ops.power(ops.subtract(w, 5), 2);

test("a step is the optimizer's, with the cost before it and the values after it", async () => {
  const w = from(0);
  const seen: (readonly [number, number, number | undefined])[] = [];
  for await (const { step, cost, values } of minimize(bowl(w), { w }, gradientDescent({ rate: 0.1 }), { steps: 2 }))
    seen.push([step, cost, values.w.data[0]]);
  expect(seen).toEqual([
    [1, 25, 1],
    [2, 16, expect.closeTo(1.8, 12)],
  ]);
});

test("averages go on from step to step, and each call begins with its states", async () => {
  const w = from(0);
  for (const _ of [1, 2]) {
    const values: (number | undefined)[] = [];
    for await (const one of minimize(bowl(w), { w }, momentum({ rate: 0.1 }), { steps: 3 }))
      values.push(one.values.w.data[0]);
    // v = .9·v + .1·g: 0.1, 0.288, 0.551
    expect(values.map((value) => value?.toFixed(5))).toEqual(["0.10000", "0.28800", "0.55144"]);
  }
});

test("it comes to the minimum of several states, with inputs that are fed, and ends where the caller does", async () => {
  const [a, b, x] = [state("a", scalar(0, "float64")), state("b", scalar(0, "float64")), input("x", [], "float64")];
  const cost = ops.add(ops.power(ops.subtract(a, x), 2), ops.power(ops.add(b, 2), 2));
  let last = { step: 0, a: 0, b: 0 };
  for await (const { step, cost: now, values } of minimize(cost, { a, b }, adam({ rate: 0.1 }), { feeds: { x: 3 } })) {
    last = { step, a: values.a.data[0] ?? 0, b: values.b.data[0] ?? 0 };
    if (now < 1e-6) break;
  }
  expect(last.step).toBeLessThan(1000);
  expect([last.a, last.b]).toEqual([expect.closeTo(3, 2), expect.closeTo(-2, 2)]);
});

test("what is no state, tensor or optimizer is named", async () => {
  const w = from(0);
  const first = (...words: readonly unknown[]) =>
    (minimize as (...words: readonly unknown[]) => AsyncGenerator)(...words).next();
  await expect(first(bowl(w), { w: ops.add(w, 1) }, adam())).rejects.toMatchObject({ code: "graph/state" });
  await expect(first(bowl(w), w, adam())).rejects.toMatchObject({ code: expect.stringContaining("/") });
  await expect(first(1, { w }, adam())).rejects.toMatchObject({ code: expect.stringContaining("/") });
  await expect(first(bowl(w), { w }, "adam")).rejects.toMatchObject({ code: "options/type" });
});
