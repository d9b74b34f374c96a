import { describe, expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { compile, value } from "../../src/engine/program.ts";
import { wasm, wasm64, wasmWith } from "../../src/engine/wasm/engine.ts";
import { constant, input } from "../../src/graph/leaf.ts";
import * as ops from "../../src/graph/ops.ts";
import type { AnyOp, Tensor } from "../../src/graph/tensor.ts";
import { runOnDType } from "../../src/testing/op-dtypes.ts";
import { compareOn, type OpTrial, opTrials } from "../../src/testing/op-trials.ts";
import { thrown } from "../data/thrown.ts";
import { DTYPES, dtypeFree, opDTypes } from "./op-dtypes.ts";

const all = Object.values(ops).filter((value): value is typeof value & AnyOp => "opName" in value);
const trials: readonly OpTrial[] = [
  ...opTrials(),
  // floor and stopGradient have no trial of their gradient
  ...all
    .filter(({ definition }) => definition.trials.length === 0)
    .map((op: AnyOp) => ({ name: op.opName, op, trial: { inputs: [[3, 5]], from: -3, to: 3 } })),
].filter(({ op }) => !Object.hasOwn(dtypeFree, op.opName));

const ENGINES = [
  ["WebAssembly", wasm],
  ["WebAssembly without BLAS and fused multiply-add", wasmWith({ fused: false, blas: false })],
] as const;

test("every op says what it gives of every dtype", () => {
  const names = all.map(({ opName }) => opName).toSorted();
  expect([...Object.keys(opDTypes), ...Object.keys(dtypeFree)].toSorted()).toEqual(names);
});

describe.each(ENGINES)("%s agrees with the reference on every dtype", (_, engine) => {
  test.each(trials)("$name", async (trial) => {
    const row = opDTypes[trial.op.opName] ?? [];
    for (const [i, dtype] of DTYPES.entries()) {
      for (const most of dtype === "int32" ? [4, 2 ** 31 - 1] : [4]) {
        const run =
          dtype === "float64"
            ? await runOnDType(wasm64, trial, { dtype })
            : await runOnDType(engine, trial, { dtype, most });
        const given = "refused" in run ? "refused" : run.dtype;
        expect(given, dtype).toBe(row[i]);
        if ("refused" in run) expect(run.refused).toMatchObject({ code: "graph/dtype", hint: expect.any(String) });
        // whole numbers beyond 2^24 are rounded on their way to float32, and not by the reference
        else if (row[i] === "int32" || row[i] === "bool" || most === 4)
          expect(run.difference, `${dtype} up to ${most}`).toBeLessThan(row[i] === "float32" ? 2e-6 : 1e-12);
      }
    }
  });
});

describe("WebAssembly in float64 agrees with the reference on every dtype", () => {
  test.each(trials)("$name", async (trial) => {
    for (const dtype of DTYPES) {
      for (const most of dtype === "int32" ? [4, 2 ** 31 - 1] : [4]) {
        const run = await runOnDType(wasm64, trial, { dtype, most });
        if (!("refused" in run)) expect(run.difference, `${dtype} up to ${most}`).toBeLessThan(1e-12);
      }
    }
  });
});

test("casts agree, also of what int32 cannot hold", async () => {
  const numbers = [0, -0, 0.5, -0.5, 2.9, -2.9, 3e9, -3e9, 1e30, Number.NaN, Infinity, -Infinity, 1e-45, 2147483520];
  const x = ndarray(Float32Array.from(numbers), [numbers.length]);
  const whole = [0, 0, 0, 0, 2, -2, 2147483647, -2147483648, 2147483647, 0, 2147483647, -2147483648, 0, 2147483520];
  expect(Array.from((await value(ops.cast(constant(x), { dtype: "int32" }))).data)).toEqual(whole);
  for (const from of ["float32", "int32", "bool"] as const)
    for (const dtype of ["float32", "int32", "bool"] as const) {
      const data =
        from === "float32"
          ? x
          : ndarray(from === "bool" ? Uint8Array.from([0, 1, 1]) : Int32Array.from([0, -7, 9]), [3]);
      const comparison = await compareOn(wasm, { op: ops.cast, trial: { inputs: [], attributes: { dtype } } }, [data]);
      expect(comparison).toEqual({ dtype, difference: 0 });
    }
});

const whole = (...list: number[]): Tensor => constant(ndarray(Int32Array.from(list), [list.length]));
const truths = (...list: number[]): Tensor => constant(ndarray(Uint8Array.from(list), [list.length]));
const floats = (...list: number[]): Tensor => constant(ndarray(Float32Array.from(list), [list.length]));

test.each<readonly [string, Tensor, string, readonly number[]]>([
  ["exp of whole numbers", ops.exp(whole(0, 1)), "float32", [1, Math.fround(Math.E)]],
  ["a sum of truth values counts them", ops.sum(truths(1, 1, 0, 1)), "int32", [3]],
  ["a quotient of whole numbers is no whole number", ops.divide(whole(7), whole(2)), "float32", [3.5]],
  ["a quotient by a plain number neither", ops.divide(whole(7), 2), "float32", [3.5]],
  ["a plain number with a fraction", ops.add(whole(1, 2), 0.5), "float32", [1.5, 2.5]],
  ["a whole plain number", ops.multiply(whole(3, -2), 2), "int32", [6, -4]],
  ["truth values and a plain number", ops.add(truths(1, 0), 2), "int32", [3, 2]],
  ["truth values beside numbers", ops.multiply(truths(1, 0), floats(2.5, 3)), "float32", [2.5, 0]],
  ["truth values beside whole numbers", ops.add(truths(1, 0), whole(5, 6)), "int32", [6, 6]],
  ["the mean of whole numbers", ops.mean(whole(1, 2)), "float32", [1.5]],
  ["the mean of large whole numbers", ops.mean(whole(2e9, 2e9)), "float32", [2e9]],
  ["the mean of truth values", ops.mean(truths(1, 0, 1, 1)), "float32", [0.75]],
  [
    "powers wrap as products do",
    ops.power(whole(3, 2, -2, 7, 5), whole(20, 31, 3, 0, 1)),
    "int32",
    [-808182895, -(2 ** 31), -8, 1, 5],
  ],
  ["powers below 0", ops.power(whole(2, 1, -1, -1), whole(-1, -5, -3, -4)), "int32", [0, 1, -1, 1]],
  ["a power by a plain number", ops.power(whole(3, -2), 2), "int32", [9, 4]],
  ["a root of whole numbers", ops.power(whole(9, 4), 0.5), "float32", [3, 2]],
  [
    "a matrix product of large whole numbers",
    ops.matmul(ops.reshape(whole(16777217, 1), { shape: [1, 2] }), ops.reshape(whole(1, 2), { shape: [2, 1] })),
    "int32",
    [16777219],
  ],
  ["the largest of truth values", ops.max(truths(0, 1)), "bool", [1]],
  ["floor of whole numbers", ops.floor(whole(-3, 3)), "int32", [-3, 3]],
])("%s", async (_, tensor, dtype, expected) => {
  for (const [, engine] of ENGINES) {
    const result = await value(tensor, {}, { engine });
    expect([result.dtype, Array.from(result.data)]).toEqual([dtype, expected]);
  }
});

test.each<readonly [string, () => Tensor, string]>([
  ["whole numbers and floats", () => ops.add(whole(1), floats(1)), "add of int32 and float32"],
  ["a plain number that is no int32", () => ops.add(whole(1), 2 ** 40), "1099511627776, which is no int32"],
  ["the negative of truth values", () => ops.negate(truths(1)), "negate takes float32, float64, int32, received bool"],
  [
    "positions that are no whole numbers",
    () => ops.gather(floats(1, 2), floats(0)),
    "gather takes int32, received float32",
  ],
  [
    "a fraction to pad whole numbers with",
    () => ops.pad(whole(1), { axis: 0, before: 1, after: 0, value: 0.5 }),
    "pad of int32 with 0.5",
  ],
  [
    "whole numbers of an array and floats",
    () => ops.add(ndarray([1], [1], "int32"), floats(1)),
    "add of int32 and float32",
  ],
  [
    "a list where a tensor is meant",
    () => ops.exp([1, 2] as never),
    "operand 1 is a list: make it an array with ndarray(list)",
  ],
])("refused where it is written: %s", (_, make, message) => {
  expect(thrown(make)).toMatchObject({ message: expect.stringContaining(message) });
});

test("an engine without float64 refuses it in a sentence", async () => {
  const x = input("x", [2], "float64");
  await expect(compile({ inputs: [x], outputs: { y: ops.exp(x) } }, { engine: wasm })).rejects.toMatchObject({
    code: "engine/dtype",
    message: expect.stringContaining("float64"),
  });
});
