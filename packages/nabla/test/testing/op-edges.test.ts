import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { known } from "../../src/base/error.ts";
import type { Engine } from "../../src/engine/contract.ts";
import { compile } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm, wasmWith } from "../../src/engine/wasm/engine.ts";
import { grad, gradOf } from "../../src/graph/grad.ts";
import { input } from "../../src/graph/leaf.ts";
import { make } from "../../src/graph/op.ts";
import * as ops from "../../src/graph/ops.ts";
import type { AnyOp, Tensor } from "../../src/graph/tensor.ts";
import { logSumExp, softmaxOf } from "../../src/nn/functions.ts";

type Plain = number | "NaN" | "Infinity" | "-Infinity" | "-0";

interface Case {
  readonly op: string;
  readonly operands: readonly (readonly Plain[])[];
  readonly values: readonly Plain[];
  readonly slopes: readonly (readonly Plain[])[];
}

interface Row {
  readonly of: string;
  readonly row: readonly Plain[];
  readonly value: readonly Plain[];
  /** Left out where the value is no finite number. */
  readonly slope?: readonly Plain[];
}

/** Made by golden/make-op-edges.py with PyTorch. */
const { cases, rows } = JSON.parse(readFileSync(new URL("golden/op-edges.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Case[];
  readonly rows: readonly Row[];
};

/** Ops that no edge of a single number concerns, each with what tests it. */
const ELSEWHERE = new Set([
  ...["reshape", "broadcast", "transpose", "slice", "pad", "concatPair", "patches", "unpatches"], // they move numbers
  ...["countOf", "iota", "randomUniform", "gather", "scatterAdd", "cast"], // their dtypes and trials
  ...["select", "sum", "max", "argmax", "matmul"], // rows of edges below
]);

const all = Object.values(ops).filter((value): value is typeof value & AnyOp => "opName" in value);

const ENGINES: readonly (readonly [string, Engine])[] = [
  ["reference", reference],
  ["wasm", wasm],
  ["wasm without fused multiply-add", wasmWith({ fused: false, blas: false })],
];

test("every op has its edges", () => {
  const named = [...cases.map(({ op }) => op), ...ELSEWHERE].toSorted();
  expect(named).toEqual(all.map(({ opName }) => opName).toSorted());
});

/** Runs an op and its slopes. */
async function run(engine: Engine, op: AnyOp, columns: readonly NdArray[]): Promise<readonly NdArray[]> {
  const inputs = columns.map(({ shape }, i) => input(`x${i}`, shape));
  const output = make(op, inputs, {});
  const cost = ops.sum(ops.cast(output, { dtype: "float32" }));
  const slopes = grad(cost, inputs);
  const outputs: Record<string, Tensor> = { y: output };
  for (const [i, slope] of slopes.entries()) outputs[`slope${i}`] = slope;
  const program = await compile({ inputs, outputs }, { engine });
  const results = await program.run(Object.fromEntries(columns.map((column, i) => [`x${i}`, column])));
  return Object.values(results);
}

/** Rules that read the result alone know a slope to the last digit of the result, as those of other libraries. */
const FROM_RESULT: Readonly<Record<string, number>> = { sigmoid: 6e-8, tanh: 1.2e-7 };

/** What lies apart: at these operands, the number found for the golden one as far as the dtype holds it. */
function apart(
  expected: readonly Plain[],
  received: NdArray | undefined,
  { single, slack = 0 }: { readonly single: boolean; readonly slack?: number },
): string[] {
  return expected.flatMap((plain, i) => {
    const wanted = single ? Math.fround(Number(plain)) : Number(plain);
    const found = received?.data[i] ?? Number.NaN;
    // constants of rules are float32
    const tolerance = (single ? 1e-6 : 1e-7) * Math.abs(wanted) + 3e-45 + (single ? slack : 0);
    const isNear = Object.is(wanted, found) || wanted === found || Math.abs(wanted - found) <= tolerance;
    return isNear ? [] : [`${i}: ${found} for ${wanted}`];
  });
}

for (const [name, engine] of ENGINES)
  test.each(cases)(`${name}: $op`, async ({ op, operands, values, slopes }) => {
    const found = all.find(({ opName }) => opName === op) as AnyOp;
    const columns = operands.map((column) => ndarray(Float32Array.from(column, Number), [column.length]));
    const [y, ...rest] = await run(engine, found, columns);
    const single = engine !== reference;
    expect(apart(values, y, { single })).toEqual([]);
    for (const [i, slope] of slopes.entries())
      expect(apart(slope, rest[i], { single, slack: FROM_RESULT[op] ?? 0 }), `slope ${i}`).toEqual([]);
  });

const ON_ROWS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  sum: (x) => ops.sum(x),
  max: (x) => ops.max(x),
  argmax: (x) => ops.argmax(x, { axis: 0 }),
  logSumExp: (x) => logSumExp(x),
  softmax: (x) => softmaxOf(x),
};

for (const [name, engine] of ENGINES)
  test.each(rows)(`${name}: $of of $row`, async ({ of, row, value, slope }) => {
    const x = input("x", [row.length]);
    const y = known(ON_ROWS[of], of)(x);
    const outputs = { y, ...(slope === undefined ? {} : { slope: gradOf(y, x) }) };
    const program = await compile({ inputs: [x], outputs }, { engine });
    const results = await program.run({ x: ndarray(Float32Array.from(row, Number), [row.length]) });
    const single = engine !== reference;
    expect(apart(value, results.y, { single })).toEqual([]);
    if (slope !== undefined) expect(apart(slope, results.slope, { single })).toEqual([]);
  });
