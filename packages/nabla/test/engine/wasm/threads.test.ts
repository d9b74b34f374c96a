import fc from "fast-check";
import { expect, test } from "vitest";
import { ndarray } from "../../../src/array/ndarray.ts";
import { fork, normal, seedKey } from "../../../src/base/random.ts";
import type { Engine } from "../../../src/engine/contract.ts";
import { findBlas } from "../../../src/engine/native/blas.ts";
import { compile } from "../../../src/engine/program.ts";
import type { Dispatch } from "../../../src/engine/threads/dispatch.ts";
import { ThreadPool } from "../../../src/engine/threads/thread-pool.ts";
import { FunctionBuilder } from "../../../src/engine/wasm/assembler.ts";
import { CompileCache } from "../../../src/engine/wasm/compile-cache.ts";
import { wasmWith } from "../../../src/engine/wasm/engine.ts";
import { detectFeatures } from "../../../src/engine/wasm/features.ts";
import { host } from "../../../src/engine/wasm/host.ts";
import { createMemory } from "../../../src/engine/wasm/machine.ts";
import { WasmMemory } from "../../../src/engine/wasm/memory.ts";
import { ModuleBuilder } from "../../../src/engine/wasm/module.ts";
import { grad } from "../../../src/graph/grad.ts";
import { constant, input, state } from "../../../src/graph/leaf.ts";
import * as ops from "../../../src/graph/ops.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";
import { build, open, predicated, type RandomProgram, randomPlan } from "../random-program.ts";
import { largeProgram } from "./fixtures/large-program.ts";

/** Bits of all outputs, gradients and updated states after two steps, in which some states keep their values. */
async function runRandom(program: RandomProgram, engine: Engine): Promise<readonly number[]> {
  const outputs = program.nodes.slice(-6);
  const cost = outputs.reduce<Tensor>((total, node) => ops.add(total, ops.sum(ops.multiply(node, node))), constant(0));
  const gradients = grad(cost, program.states);
  const updates = program.states.map((one, i) => [one, ops.subtract(one, gradients[i] ?? 0)] as const);
  const named = Object.fromEntries([...outputs, ...gradients].map((tensor, i) => [`out${i}`, tensor]));
  const compiled = await compile(
    { inputs: [...program.inputs, open], outputs: { cost, ...named }, updates: predicated(updates) },
    { engine },
  );
  const bits: number[] = [];
  for (let step = 0; step < 2; step++)
    for (const { data } of Object.values(await compiled.run({ ...program.feeds, open: step })))
      bits.push(...bitsOf(data));
  for (const one of program.states) bits.push(...bitsOf((await compiled.read(one)).data));
  return bits;
}

function bitsOf(data: ArrayLike<number>): Int32Array {
  return new Int32Array(Float32Array.from(data).buffer);
}

/** A network large enough for blocks, its inputs drawn, and masks of random numbers. */
async function train(engine: Engine, steps: number): Promise<readonly Int32Array[]> {
  const draw = (name: string, size: readonly number[]) =>
    ndarray(
      Float32Array.from(
        normal(
          fork(seedKey(5), name),
          size.reduce((n, d) => n * d, 1),
        ),
        (x) => x / 10,
      ),
      size,
    );
  const x = input("x", [200, 300]);
  const key = input("key", [3], "int32");
  const states = [
    state("w1", draw("w1", [300, 257])),
    state("b1", draw("b1", [257])),
    state("w2", draw("w2", [257, 130])),
  ];
  const [w1, b1, w2] = states as [Tensor, Tensor, Tensor];
  const mask = ops.less(ops.randomUniform(key, { shape: [200, 257], stream: 1 }), 0.8);
  const hidden = ops.select(mask, ops.tanh(ops.add(ops.matmul(x, w1), b1)), 0);
  const cost = ops.mean(ops.multiply(ops.matmul(hidden, w2), ops.matmul(hidden, w2)));
  const updates = states.map(
    (one, i) => [one, ops.subtract(one, ops.multiply(grad(cost, states)[i] ?? 0, 0.1))] as const,
  );
  const program = await compile({ inputs: [x, key], outputs: { cost }, updates }, { engine });
  const costs: number[] = [];
  for (let step = 0; step < steps; step++) {
    const feeds = { x: draw(`x${step}`, [200, 300]), key: ndarray(Int32Array.of(1, 2, step), [3]) };
    costs.push((await program.run(feeds)).cost?.data[0] ?? Number.NaN);
  }
  const arrays = await Promise.all(states.map((one) => program.read(one)));
  return [Float32Array.from(costs), ...arrays.map(({ data }) => data)].map(bitsOf);
}

/** A program of one stage in four chunks, each of which traps. */
function brokenAnnouncement(): Dispatch {
  const module = new ModuleBuilder();
  const f = new FunctionBuilder();
  f.parameter("i32");
  f.parameter("i32");
  f.store("i32.store", f.i32(-4), f.i32(0));
  module.export("0", module.add(f));
  const task = { kind: "cut", units: 4, size: 1, chunks: 4 } as const;
  const code = new host.Module(module.encode({ shared: true }));
  return { module: code, memory: createMemory(65536, { shared: true }), tasks: [task], scratch: 0 };
}

/** An engine whose workers can be watched. */
function watched(threads: number, options: { readonly grain: number; readonly blas: boolean }) {
  const pool = new ThreadPool(threads, { paced: false });
  const cache = new CompileCache(detectFeatures());
  const none = async () => ({ blas: undefined, missing: "not asked for" });
  const findBlas_ = options.blas ? findBlas : none;
  const open = () => new WasmMemory({ cache, pool, grain: options.grain, findBlas: findBlas_ });
  return { engine: { name: "wasm", wide: false, open } satisfies Engine, team: pool };
}

test("random programs, cut as finely as can be, give the same bits for any number of threads", async () => {
  const alone = wasmWith({ threads: 1, blas: false });
  const teams = [2, 3, 8].map((threads) => watched(threads, { grain: 1, blas: false }));
  // A program that stays keeps the workers, which join when they are ready.
  const kept: (() => Promise<number>)[] = [];
  for (const { engine, team: pool } of teams) {
    const step = await largeProgram(engine);
    for (let again = 0; again < 20_000 && pool.helped === 0; again++) await step();
    kept.push(step);
  }
  const before = teams.map(({ team: pool }) => pool.helped);
  const helped = (i: number): boolean => (teams[i]?.team.helped ?? 0) > (before[i] ?? 0);
  const seen: (readonly [ReturnType<typeof build>, Awaited<ReturnType<typeof runRandom>>])[] = [];
  await fc.assert(
    fc.asyncProperty(randomPlan(40), async (plan) => {
      const program = build(plan);
      if (program.nodes.length === 0) return;
      const expected = await runRandom(program, alone);
      for (const { engine } of teams) expect(await runRandom(program, engine)).toEqual(expected);
      seen.push([program, expected]);
    }),
    { numRuns: 30, seed: 11, endOnFailure: true },
  );
  // on a busy machine workers may come too late for all of them: then once more, until they have taken part
  for (const [i, { engine }] of teams.entries()) {
    for (let again = 0; again < 100 && !helped(i); again++)
      for (const [program, expected] of seen) expect(await runRandom(program, engine)).toEqual(expected);
    expect(helped(i)).toBe(true);
  }
  for (const step of kept) expect(await step()).toBeTypeOf("number");
});

test.each([
  ["with a native BLAS where there is one", true],
  ["on WebAssembly alone", false],
])("a training gives the same bits for any number of threads %s", async (_, blas) => {
  const expected = await train(wasmWith({ threads: 1, blas }), 10);
  for (const threads of [2, 3, 8]) {
    const { engine, team: pool } = watched(threads, { grain: 5000, blas });
    // Workers join when they are ready; a training may be over by then.
    for (let again = 0; again < 200 && pool.helped === 0; again++) expect(await train(engine, 10)).toEqual(expected);
    expect(pool.helped).toBeGreaterThan(0);
  }
});

test("a chunk that a worker fails at is done by the main thread", async () => {
  const pool = new ThreadPool(2, { paced: false });
  const done: number[] = [];
  const dispatch = brokenAnnouncement();
  const program = pool.register(dispatch, null);
  for (let again = 0; again < 10; again++) {
    pool.run(program, 0, 4, (first, end) => {
      for (let chunk = first; chunk < end; chunk++) done.push(chunk);
    });
    await new Promise((resume) => setTimeout(resume, 10));
  }
  expect(done.length).toBe(40);
  expect(dispatch.tasks.length).toBe(1);
});

test("a program behind others moves them into shared memory only for much more work, and computes the same", async () => {
  const x = input("x", ["rows", 64]);
  const turned = ops.transpose(x, { order: [1, 0] });
  const spec = { inputs: [x], outputs: { total: ops.sum(ops.matmul(turned, ops.tanh(x))) } };
  const rowsOf = (rows: number) => ({
    x: ndarray(
      new Float32Array(rows * 64).map((_, i) => (i % 37) / 16 - 1),
      [rows, 64],
    ),
  });
  const threads = async (...sizes: readonly number[]) => {
    const program = await compile(spec, { engine: wasmWith({ threads: 2, blas: false }) });
    const totals: number[] = [];
    const taken: boolean[] = [];
    for (const size of sizes) {
      totals.push((await program.run(rowsOf(size))).total?.data[0] ?? Number.NaN);
      taken.push((await program.memoryUse(rowsOf(size))).threads > 0);
    }
    return { taken, totals };
  };
  const alone = await Promise.all([8, 2000, 24_000].map((size) => threads(size)));
  expect(alone.flatMap(({ taken }) => taken)).toEqual([false, true, true]);
  const [small, middle, large] = alone.flatMap(({ totals }) => totals);
  expect(await threads(8, 2000)).toEqual({ taken: [false, false], totals: [small, middle] });
  expect(await threads(8, 24_000, 2000, 8)).toEqual({
    taken: [false, true, true, false],
    totals: [small, large, middle, small],
  });
});

test("a step that is compiled while another moves the memory to where threads reach it runs there", async () => {
  const engine = wasmWith({ threads: 2, grain: 1, blas: false, revectorized: false });
  const x = input("x", [3]);
  const first = await compile({ inputs: [x], outputs: { y: ops.add(x, 1) } }, { engine });
  const wide = input("wide", [200, 300]);
  const product = ops.matmul(wide, ops.transpose(wide));
  const small = await compile({ inputs: [x], outputs: { y: ops.multiply(x, 3) } }, { engine, share: first });
  const large = await compile({ inputs: [wide], outputs: { y: ops.mean(product) } }, { engine, share: first });
  const ones = ndarray(new Float32Array(60_000).fill(1), [200, 300]);
  const results = await Promise.all([
    small.run({ x: ndarray(Float32Array.of(1, 2, 3), [3]) }),
    large.run({ wide: ones }),
  ]);
  expect(results.map(({ y }) => [...(y?.data ?? [])])).toEqual([[3, 6, 9], [300]]);
});
