import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { compile } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm } from "../../src/engine/wasm/engine.ts";
import { multiply, tanh } from "../../src/graph/elementwise.ts";
import { grad } from "../../src/graph/grad.ts";
import { input, state } from "../../src/graph/leaf.ts";
import { sum } from "../../src/graph/movement.ts";
import { dense } from "../../src/nn/dense.ts";
import { buildModel } from "../../src/nn/model.ts";

interface Flat {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Golden {
  readonly dense: { readonly [name in "x" | "weights" | "bias" | "output"]: Flat } & {
    readonly slopes: readonly Flat[];
  };
}

/** Made by golden/make-losses.py with JAX and Optax. */
const golden: Golden = JSON.parse(readFileSync(new URL("golden/losses.json", import.meta.url), "utf8"));

const wide = ({ shape, data }: Flat): NdArray => ndarray(Float64Array.from(data), shape);

test("dense works on the last axis of [batch, time, inputs], slopes included, as JAX does", async () => {
  const { x, weights, bias, output, slopes } = golden.dense;
  const given = state("x", wide(x));
  const variables = new Map([
    ["weights", state("weights", wide(weights))],
    ["bias", state("bias", wide(bias))],
  ]);
  const built = buildModel(dense(2), given, { variables, mode: "train" });
  const bent = tanh(built.output);
  const wanted = grad(sum(multiply(bent, bent)), [given, ...variables.values()]);
  const outputs = { output: built.output, ...Object.fromEntries(wanted.map((slope, i) => [i, slope])) };
  const run = await (await compile({ inputs: [], outputs }, { engine: reference })).run({});
  for (const [name, expected] of [["output", output], ...slopes.map((slope, i) => [i, slope] as const)] as const) {
    expect(run[name]?.shape).toEqual(expected.shape);
    for (const [i, number] of expected.data.entries()) expect(run[name]?.data[i]).toBeCloseTo(number, 12);
  }
});

test.each([
  ["reference", reference],
  ["wasm", wasm],
] as const)("%s: positions of [batch, time, inputs] are rows of one product, bits and all", async (_, engine) => {
  const weights = state("weights", ndarray(Float32Array.from(normal(seedKey(1), 40)), [8, 5]));
  const variables = new Map([["weights", weights]]);
  const numbers = Float32Array.from(normal(seedKey(2), 6 * 7 * 8));
  const run = async (shape: readonly number[]) => {
    const x = input("x", ["batch", ...shape.slice(1)]);
    const { output } = buildModel(dense(5, { bias: false }), x, { variables, mode: "train" });
    const [slope = output] = grad(sum(multiply(output, output)), [weights]);
    const program = await compile({ inputs: [x], outputs: { output, slope } }, { engine });
    const found = await program.run({ x: ndarray(numbers, shape) });
    return { found, text: await program.explain() };
  };
  const [rows, positions] = [await run([42, 8]), await run([6, 7, 8])];
  expect(positions.found.output?.shape).toEqual([6, 7, 5]);
  expect(positions.found.output?.data).toEqual(rows.found.output?.data);
  expect(positions.found.slope?.data).toEqual(rows.found.slope?.data);
  if (engine === wasm) for (const { text } of [rows, positions]) expect(text).toContain("matmul 42x8x5");
});
