import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import type { Json } from "../../src/base/json.ts";
import { seedKey } from "../../src/base/random.ts";
import { compile } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm, wasm64 } from "../../src/engine/wasm/engine.ts";
import { multiply } from "../../src/graph/elementwise.ts";
import { grad } from "../../src/graph/grad.ts";
import { constant, state } from "../../src/graph/leaf.ts";
import { sum } from "../../src/graph/movement.ts";
import { attention } from "../../src/nn/attention.ts";
import { layerFrom } from "../../src/nn/layers.ts";
import { buildModel, initModel } from "../../src/nn/model.ts";
import { positionalEncoding } from "../../src/nn/positional-encoding.ts";
import { transformerBlock } from "../../src/nn/transformer-block.ts";
import { beginningFeeds, fedInputs } from "../../src/train/measures.ts";
import { thrown } from "../data/thrown.ts";

interface Flat {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Case {
  readonly name: string;
  readonly layer: Json;
  readonly x: Flat;
  readonly aim: Flat;
  readonly output: Flat;
  readonly slope: Flat;
  readonly parameters: Readonly<Record<string, Flat>>;
  readonly slopes: Readonly<Record<string, Flat>>;
}

/** Made by golden/make-sequences.py with PyTorch. */
const { cases }: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL("golden/sequences.json", import.meta.url), "utf8"),
);

const engines = { reference, wasm, wasm64 };
const tries = cases.flatMap((one) => Object.keys(engines).map((engine) => [one.name, engine, one] as const));

test.each(tries)("%s is PyTorch's, slopes included, on %s", async (_, engine, one) => {
  const arrayOf = ({ shape, data }: Flat): NdArray =>
    ndarray(engine === "wasm" ? Float32Array.from(data) : Float64Array.from(data), shape);
  const layer = layerFrom(one.layer);
  const x = state("x", arrayOf(one.x));
  const variables = new Map(
    Object.entries(one.parameters).map(([path, flat]) => [path, state(path, arrayOf(flat))] as const),
  );
  const shapes = initModel(layer, one.x.shape.slice(1), seedKey(1)).parameters;
  expect(new Map([...shapes].map(([path, { shape }]) => [path, shape]))).toEqual(
    new Map(Object.entries(one.parameters).map(([path, { shape }]) => [path, shape])),
  );
  const built = buildModel(layer, x, { variables, mode: "train" });
  const cost = sum(multiply(built.output, constant(arrayOf(one.aim))));
  const slopes = grad(cost, [x, ...variables.values()]);
  const names = ["x", ...variables.keys()];
  const outputs = { output: built.output, ...Object.fromEntries(slopes.map((slope, i) => [`by ${names[i]}`, slope])) };
  const program = await compile(
    { inputs: fedInputs(built), outputs },
    { engine: engines[engine as keyof typeof engines] },
  );
  const given = await program.run(beginningFeeds(built));
  const expected = { output: one.output, "by x": one.slope };
  for (const [path, slope] of Object.entries(one.slopes)) Object.assign(expected, { [`by ${path}`]: slope });
  for (const [name, { shape, data }] of Object.entries(expected)) {
    expect([name, given[name]?.shape]).toEqual([name, shape]);
    // 1e-5 of the largest number, which sums in float32 keep
    const scale = Math.max(1, ...data.map(Math.abs));
    const off = data.map((value, i) => Math.abs(value - (given[name]?.data[i] ?? Number.NaN)));
    expect([name, Math.max(...off) / scale]).toEqual([name, expect.closeTo(0, 5)]);
  }
});

test("heads that do not divide the features, and examples that are no sequences, are refused with what to do", () => {
  const shaped = (layer: ReturnType<typeof attention>, shape: readonly number[]) => thrown(() => layer.shapeOf(shape));
  expect(shaped(attention({ heads: 4 }), [3, 6])).toMatchObject({ code: "nn/shape" });
  expect(shaped(transformerBlock({ heads: 4 }), [3, 6])).toMatchObject({ code: "nn/shape" });
  for (const layer of [attention({ heads: 1 }), transformerBlock({ heads: 1 }), positionalEncoding()])
    expect(shaped(layer, [6])).toMatchObject({ code: "nn/rank", message: expect.stringContaining("[time, features]") });
});
