import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { castArray, type NdArray, ndarray, scalar } from "../../src/array/ndarray.ts";
import type { Json } from "../../src/base/json.ts";
import { matmul } from "../../src/graph/contraction.ts";
import { add, multiply, subtract, tanh } from "../../src/graph/elementwise.ts";
import { constant } from "../../src/graph/leaf.ts";
import { mean } from "../../src/graph/reduce.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { optimizerFrom } from "../../src/optim/optimizers.ts";
import { type Cost, walk } from "./walk.ts";

interface Flat {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Golden {
  readonly network: { readonly x: Flat; readonly y: Flat; readonly weights: Readonly<Record<string, Flat>> };
  readonly cases: readonly {
    readonly name: string;
    readonly optimizer: Json;
    readonly oracle: readonly number[];
    readonly network: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  }[];
}

/** Made by golden/make-golden.py with PyTorch. */
const golden: Golden = JSON.parse(readFileSync(new URL("golden/optimizers.json", import.meta.url), "utf8"));

type DType = "float32" | "float64";

function close(received: readonly number[], expected: readonly number[], tolerance: number): void {
  const worst = Math.max(
    ...expected.map((x, i) => Math.abs((received[i] ?? Number.NaN) - x) / Math.max(1, Math.abs(x))),
  );
  expect(worst, `received ${received.slice(0, 4)}, expected ${expected.slice(0, 4)}`).toBeLessThan(tolerance);
}

const array = ({ shape, data }: Flat, dtype: DType): NdArray =>
  castArray(ndarray(Float64Array.from(data), shape), dtype);

const oracle: Cost = (parameters) => {
  const w = parameters.get("w") as Tensor;
  return add(subtract(multiply(w, w), multiply(w, 10)), 25);
};

const network =
  (dtype: DType): Cost =>
  (p) => {
    const at = (path: string): Tensor => p.get(path) as Tensor;
    const x = constant(array(golden.network.x, dtype));
    const y = constant(array(golden.network.y, dtype));
    const hidden = tanh(add(matmul(x, at("dense1.weights")), at("dense1.bias")));
    const off = subtract(add(matmul(hidden, at("dense2.weights")), at("dense2.bias")), y);
    return mean(multiply(off, off));
  };

describe.each([
  ["float64", 1e-12],
  ["float32", 1e-6],
] as const)("L12 trajectories in %s equal PyTorch's", (dtype, tolerance) => {
  test.each(golden.cases)("$name", async ({ optimizer, oracle: expectedOracle, network: expected }) => {
    const made = optimizerFrom(optimizer);
    const onOracle = await walk(made, new Map([["w", scalar(0, dtype)]]), oracle, 20);
    close(
      onOracle.map((values) => values.get("w")?.[0] ?? Number.NaN),
      expectedOracle,
      tolerance,
    );
    const start = new Map(Object.entries(golden.network.weights).map(([path, flat]) => [path, array(flat, dtype)]));
    const onNetwork = await walk(made, start, network(dtype), 20);
    for (const [step, byPath] of Object.entries(expected)) {
      for (const [path, values] of Object.entries(byPath))
        close(onNetwork[Number(step) - 1]?.get(path) ?? [], values, tolerance);
    }
  });
});

test("L8 Adam on the oracle problem takes the steps of algorithm 1", async () => {
  const [one, two, three] = await walk(
    optimizerFrom({ kind: "adam", rate: 0.1 }),
    new Map([["w", scalar(0, "float64")]]),
    oracle,
    3,
  );
  close(
    [one, two, three].map((values) => values?.get("w")?.[0] ?? Number.NaN),
    [0.0999999999, 0.1999422431, 0.2997867087],
    1e-9,
  );
});

test("C12 weight decay beside Adam is not what comes of decay that goes through it, as an L2 penalty does", async () => {
  const start = new Map([["w", scalar(0, "float64")]]);
  const steps = async (kind: Json) =>
    (await walk(optimizerFrom(kind), start, oracle, 3)).map((values) => values.get("w")?.[0] ?? Number.NaN);
  const through = await steps({ kind: "sequence", rate: 0.1, links: [{ kind: "decay", strength: 0.1 }, "adam"] });
  const beside = await steps({ kind: "adamW", rate: 0.1, decay: 0.1 });
  close(through, [0.0999999999, 0.1999390542, 0.2997748369], 1e-9);
  close(beside, [0.0999999999, 0.1989422431, 0.2967981569], 1e-9);
});

test("L1 the averaged form at a rate walks as the heavy ball at (1 - beta) times the rate", async () => {
  const start = new Map([["w", scalar(0, "float64")]]);
  const averaged = await walk(optimizerFrom({ kind: "momentum", rate: 0.1, beta: 0.9 }), start, oracle, 20);
  const heavy = await walk(
    optimizerFrom({ kind: "momentum", rate: 0.1 * (1 - 0.9), beta: 0.9, form: "heavyBall" }),
    start,
    oracle,
    20,
  );
  close(
    averaged.map((values) => values.get("w")?.[0] ?? 0),
    heavy.map((values) => values.get("w")?.[0] ?? 0),
    1e-12,
  );
});

test("L4 the first step of RMSprop is sqrt(10) times the rate for beta 0.9", async () => {
  const [first] = await walk(
    optimizerFrom({ kind: "rmsprop", rate: 0.01 }),
    new Map([["w", scalar(0, "float64")]]),
    oracle,
    1,
  );
  close([first?.get("w")?.[0] ?? 0], [0.01 * Math.sqrt(10)], 1e-9);
});

test("L5 RMSprop stands still where there is no gradient, with epsilon outside or inside the root", async () => {
  for (const place of ["outside", "inside"]) {
    const [first] = await walk(
      optimizerFrom({ kind: "rmsprop", place }),
      new Map([["w", scalar(5, "float32")]]),
      oracle,
      1,
    );
    expect(first?.get("w")).toEqual([5]);
  }
});
