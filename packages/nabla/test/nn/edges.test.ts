import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import type { Engine } from "../../src/engine/contract.ts";
import { compile, value } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm, wasmWith } from "../../src/engine/wasm/engine.ts";
import { gradOf } from "../../src/graph/grad.ts";
import { constant, input } from "../../src/graph/leaf.ts";
import { power, sum } from "../../src/graph/ops.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import * as activations from "../../src/nn/activations.ts";
import { sigmoidCrossEntropy } from "../../src/nn/classification-losses.ts";
import { layerFrom } from "../../src/nn/layers.ts";
import { losses, lossFrom } from "../../src/nn/losses.ts";
import { type BuiltModel, buildModel } from "../../src/nn/model.ts";
import { huber } from "../../src/nn/regression-losses.ts";

type Plain = number | "NaN" | "Infinity" | "-Infinity";

interface LossEdge {
  readonly loss: string;
  readonly options: Readonly<Record<string, number | readonly number[]>>;
  readonly output: readonly Plain[];
  readonly target: readonly number[];
  /** Whether the target is a class code. */
  readonly codes: boolean;
  readonly value: Plain;
  readonly slope: readonly Plain[];
}

interface ActivationEdges {
  readonly kind: string;
  readonly x: readonly Plain[];
  readonly values: readonly Plain[];
  readonly slopes: readonly Plain[];
}

/** Made by golden/make-edges.py with mpmath, in 60 digits. */
const edges = JSON.parse(readFileSync(new URL("golden/edges.json", import.meta.url), "utf8")) as {
  readonly losses: readonly LossEdge[];
  readonly activations: readonly ActivationEdges[];
};

const ENGINES: readonly (readonly [string, Engine])[] = [
  ["reference", reference],
  ["wasm", wasm],
  ["wasm without fused multiply-add", wasmWith({ fused: false, blas: false })],
];

/** Runs f and its slopes at numbers. */
async function valuesAt(
  engine: Engine,
  x: readonly Plain[],
  shape: readonly number[],
  build: (x: Tensor) => { readonly output: Tensor; readonly numbers?: BuiltModel<Tensor>["numbers"] },
): Promise<{ readonly values: readonly number[]; readonly slopes: readonly number[] }> {
  const fed = input("x", shape);
  const { output, numbers = new Map() } = build(fed);
  const inputs = [fed, ...[...numbers.values()].map((number) => number.input)];
  const program = await compile({ inputs, outputs: { output, slope: gradOf(sum(output), fed) } }, { engine });
  const settings = Object.fromEntries([...numbers].map(([path, number]) => [path, number.value]));
  const { output: values, slope } = await program.run({ x: ndarray(Float32Array.from(x, Number), shape), ...settings });
  return { values: [...(values?.data ?? [])], slopes: [...(slope?.data ?? [])] };
}

/** What lies apart; `slack` is how far slopes may be, where rules know them from a result of size 1. */
function apart(expected: readonly Plain[], received: readonly number[], engine: Engine, slack = 0): string[] {
  return expected.flatMap((plain, i) => {
    const single = engine !== reference;
    const wanted = single ? Math.fround(Number(plain)) : Number(plain);
    const found = received[i] ?? Number.NaN;
    const tolerance = (single ? 1e-6 : 1e-7) * Math.abs(wanted) + 1e-44 + slack;
    const isNear = Object.is(wanted, found) || wanted === found || Math.abs(wanted - found) <= tolerance;
    return isNear ? [] : [`${i}: ${found} for ${wanted}`];
  });
}

test("every loss and every function of single numbers has its edges", () => {
  expect([...new Set(edges.losses.map(({ loss }) => loss))].toSorted()).toEqual(
    // several targets are losses of the others
    Object.keys(losses)
      .filter((kind) => kind !== "joint")
      .toSorted(),
  );
  const functions = Object.entries(activations).filter(([, make]) => make().perUnit === true);
  expect([...edges.activations.map(({ kind }) => kind), "identity"].toSorted()).toEqual(
    functions.map(([kind]) => kind).toSorted(),
  );
});

for (const [name, engine] of ENGINES) {
  test.each(edges.losses)(`${name}: $loss $options of $output for $target`, async (edge) => {
    const { loss, options, output, target, codes, slope } = edge;
    const shape = [1, target.length];
    const aim = codes ? ndarray(Int32Array.from(target), [1]) : ndarray(Float32Array.from(target), shape);
    const made = lossFrom({ kind: loss, ...options });
    const { values, slopes } = await valuesAt(engine, output, [1, output.length], (x) => ({
      output: made.loss(x, constant(aim)),
    }));
    expect(apart([edge.value], values, engine)).toEqual([]);
    // shares are known to the last digit of 1
    expect(apart(slope, slopes, engine, 2e-7)).toEqual([]);
  });

  test.each(edges.activations)(`${name}: $kind`, async ({ kind, x, values, slopes }) => {
    const layer = layerFrom(kind);
    const found = await valuesAt(engine, x, [1, x.length], (fed) =>
      buildModel(layer, fed, { variables: new Map(), mode: "predict" }),
    );
    expect(apart(values, found.values, engine, 2e-7)).toEqual([]);
    expect(apart(slopes, found.slopes, engine, kind === "elu" ? 0 : 2e-7)).toEqual([]);
  });
}

test("the curvature of huber is 1 at 0, of the cross-entropy of a sigmoid 1/4, and of a square at 0 is 2", async () => {
  const curvature = async (f: (x: Tensor) => Tensor): Promise<number | undefined> => {
    const x = input("x", [1, 1]);
    const twice = gradOf(sum(gradOf(sum(f(x)), x)), x);
    return (await value(twice, { x: ndarray([0], [1, 1]) })).data[0];
  };
  const zero = constant(ndarray([0], [1, 1]));
  expect(await curvature((x) => huber().loss(x, zero))).toBe(1);
  expect(await curvature((x) => sigmoidCrossEntropy().loss(x, zero))).toBe(0.25);
  expect(await curvature((x) => power(x, 2))).toBe(2);
  expect(await curvature((x) => power(x, 1))).toBe(0);
  expect(await curvature((x) => power(x, 0))).toBe(0);
});
