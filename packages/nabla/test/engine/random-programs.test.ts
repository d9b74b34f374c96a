import fc from "fast-check";
import { expect, test } from "vitest";
import type { Engine } from "../../src/engine/contract.ts";
import { compile } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm, wasm64, wasmWith } from "../../src/engine/wasm/engine.ts";
import { grad } from "../../src/graph/grad.ts";
import { constant } from "../../src/graph/leaf.ts";
import { add, multiply, subtract, sum } from "../../src/graph/ops.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { build, open, predicated, type RandomProgram, randomPlan } from "./random-program.ts";

/** Outputs, gradients and three steps of gradient descent of a random program, in which some states keep their values. */
async function run(program: RandomProgram, engine: Engine): Promise<ReadonlyMap<string, ArrayLike<number>>> {
  const outputs = program.nodes.slice(-6);
  const cost = outputs.reduce<Tensor>(
    (total, node) => add(total, multiply(sum(multiply(node, node)), 0.05)),
    constant(0),
  );
  const gradients = grad(cost, program.states);
  const updates = program.states.map(
    (state, i) => [state, subtract(state, multiply(gradients[i] ?? 0, 0.01))] as const,
  );
  const named = Object.fromEntries([...outputs, ...gradients].map((tensor, i) => [`out${i}`, tensor]));
  const compiled = await compile(
    { inputs: [...program.inputs, open], outputs: { cost, ...named }, updates: predicated(updates) },
    { engine },
  );
  const results = new Map<string, ArrayLike<number>>();
  for (const step of [0, 1, 2]) {
    for (const [name, array] of Object.entries(await compiled.run({ ...program.feeds, open: step % 2 })))
      results.set(`${name} at ${step}`, array.data);
  }
  for (const [i, state] of program.states.entries()) results.set(`state ${i}`, (await compiled.read(state)).data);
  return results;
}

function expectClose(
  received: ReadonlyMap<string, ArrayLike<number>>,
  expected: ReadonlyMap<string, ArrayLike<number>>,
  tolerance: number,
): void {
  for (const [name, numbers] of expected) {
    const other = received.get(name);
    const scale = 1 + Math.max(...Array.from(numbers, Math.abs));
    for (let i = 0; i < numbers.length; i++) {
      const distance = Math.abs((other?.[i] ?? Number.NaN) - (numbers[i] ?? 0));
      expect(distance / scale, `${name}[${i}]: ${other?.[i]} for ${numbers[i]}`).toBeLessThan(tolerance);
    }
  }
}

test("vectors of 256 bits give the bits of 128 on random programs", async () => {
  await fc.assert(
    fc.asyncProperty(randomPlan(60), async (plan) => {
      const program = build(plan);
      if (program.nodes.length === 0) return;
      const half = wasmWith({ blas: false, revectorized: false });
      expect(await run(program, wasmWith({ blas: false }))).toEqual(await run(program, half));
    }),
    { numRuns: 30, seed: 11, endOnFailure: false },
  );
}, 300_000);

const ENGINES = [
  ["wasm", wasm],
  ["wasm64", wasm64],
  ["wasm64 without fused multiply-add", wasmWith({ wide: true, fused: false })],
  ["wasm without fused multiply-add", wasmWith({ fused: false, blas: false })],
] as const;

test.each(ENGINES)(
  "%s gives the values, gradients and updates of the reference on random programs",
  async (_, engine) => {
    await fc.assert(
      fc.asyncProperty(randomPlan(60), async (plan) => {
        const program = build(plan);
        if (program.nodes.length === 0) return;
        expectClose(await run(program, engine), await run(program, reference), engine.wide ? 1e-9 : 2e-4);
      }),
      { numRuns: engine.wide ? 50 : 120, seed: 7, endOnFailure: false },
    );
  },
  300_000,
);
