import { expect, test } from "vitest";
import { ndarray, scalar } from "../../src/array/ndarray.ts";
import type { NablaError } from "../../src/base/error.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import type { Engine, KnownGraph, Memory, Step } from "../../src/engine/contract.ts";
import { compile, value } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm, wasm64, wasmWith } from "../../src/engine/wasm/engine.ts";
import { grad, gradOf } from "../../src/graph/grad.ts";
import { constant, input, state } from "../../src/graph/leaf.ts";
import {
  add,
  less,
  matmul,
  maximum,
  mean,
  multiply,
  power,
  reshape,
  select,
  slice,
  subtract,
  sum,
  tanh,
  transpose,
} from "../../src/graph/ops.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { deferred } from "./deferred/engine.ts";

const ENGINES = [
  ["reference", reference],
  ["wasm", wasm],
  ["wasm on 128 bits", wasmWith({ revectorized: false })],
  ["wasm64", wasm64],
  ["deferred reference", deferred(reference)],
  ["deferred wasm", deferred(wasm)],
] as const;

async function thrown(action: () => unknown): Promise<NablaError> {
  try {
    await action();
  } catch (error) {
    return error as NablaError;
  }
  throw new Error("nothing was thrown");
}

test.each(ENGINES)("%s: a program keeps its states between runs and updates them all at once", async (_, engine) => {
  const a = state("a", scalar(1));
  const b = state("b", scalar(10));
  const program = await compile(
    {
      inputs: [],
      outputs: { a, b },
      updates: [
        [a, b],
        [b, add(a, b)],
      ],
    },
    { engine },
  );
  const seen: number[][] = [];
  for (let i = 0; i < 3; i++) {
    const run = await program.run({});
    seen.push([run.a?.data[0] ?? Number.NaN, run.b?.data[0] ?? Number.NaN]);
  }
  expect(seen).toEqual([
    [1, 10],
    [10, 11],
    [11, 21],
  ]);
});

test.each(ENGINES)("%s: any batch size works, and nothing of one is left in another", async (_, engine) => {
  const x = input("x", ["batch", 3]);
  const program = await compile({ inputs: [x], outputs: { mean: mean(x), rows: mean(x, { axes: 0 }) } }, { engine });
  const run = async (rows: number): Promise<number | undefined> => {
    const fed = ndarray(
      Float32Array.from({ length: rows * 3 }, (_element, i) => i),
      [rows, 3],
    );
    return (await program.run({ x: fed })).mean?.data[0];
  };
  expect([await run(2), await run(5), await run(1), await run(2)]).toEqual([2.5, 7, 1, 2.5]);
});

test.each(ENGINES)("%s: programs that share states see each other's updates", async (_, engine) => {
  const w = state("w", scalar(5));
  const train = await compile({ inputs: [], outputs: {}, updates: [[w, multiply(w, 2)]] }, { engine });
  const look = await compile({ inputs: [], outputs: { w: add(w, 1) } }, { engine, share: train });
  await train.run({});
  expect((await look.run({})).w?.data[0]).toBe(11);
  look.write(w, scalar(3));
  await train.run({});
  expect((await train.read(w)).data[0]).toBe(6);
});

test.each(ENGINES)("%s: what is enqueued is done in its order, on values as they were then", async (_, engine) => {
  const w = state("w", ndarray([1], [1]));
  const x = input("x", [1]);
  const program = await compile(
    { inputs: [x], outputs: { seen: w }, updates: [[w, add(multiply(w, 0.5), x)]] },
    { engine },
  );
  const fed = ndarray([0], [1]);
  const set = ndarray([0], [1]);
  const [answers, expected]: [Promise<number | undefined>[], number[]] = [[], []];
  let now = 1;
  for (let step = 1; step <= 60; step++) {
    fed.data[0] = step;
    if (step % 7 === 0) {
      answers.push(program.run({ x: fed }).then(({ seen }) => seen?.data[0]));
      expected.push(now);
    } else await program.enqueue({ x: fed });
    now = now / 2 + step;
    if (step % 5 === 0) {
      answers.push(program.read(w).then(({ data }) => data[0]));
      expected.push(Math.fround(now));
    }
    if (step % 11 === 0) {
      set.data[0] = -step;
      program.write(w, set);
      now = -step;
    }
  }
  for (const [i, value] of (await Promise.all(answers)).entries()) expect(value).toBeCloseTo(expected[i] ?? 0, 4);
  expect(answers).toHaveLength(20);
});

test.each(
  ENGINES,
)("%s: a state keeps its value where its condition fails, and what else is asked for is computed", async (_, engine) => {
  const [rows, x] = [4, input("x", [4, 5])];
  const open = input("open", []);
  const w = state("w", ndarray(new Float32Array(15).fill(1), [5, 3]));
  const slope = matmul(transpose(x), constant(ndarray(new Float32Array(12).fill(0.5), [rows, 3])));
  const condition = less(0.5, open);
  const was = state("was", { dtype: "bool", shape: [], data: Uint8Array.of(0) });
  const updates = [
    [was, condition],
    [w, select(condition, subtract(w, multiply(slope, 0.1)), w)],
  ] as const;
  const program = await compile({ inputs: [x, open], outputs: { slope }, updates }, { engine });
  const fed = (value: number) => ndarray(new Float32Array(20).fill(value), [rows, 5]);
  for (const [value, isOpen, expected] of [
    [1, 1, 0.8],
    [2, 0, 0.8],
    [3, 1, 0.2],
    [Number.NaN, 0, 0.2],
  ] as const) {
    const { slope: found } = await program.run({ x: fed(value), open: isOpen });
    for (const one of found?.data ?? []) expect(one).toBe(2 * value);
    expect((await program.read(was)).data[0]).toBe(isOpen);
    for (const one of (await program.read(w)).data) expect(one).toBeCloseTo(expected, 5);
  }
});

/** The wasm engine, which calls this before each run. */
function runsOf(before: () => void): Engine {
  const load = async (memory: Memory, graph: KnownGraph): Promise<Step> => {
    const step = await memory.load(graph);
    const run = () => {
      before();
      return step.run();
    };
    return { ...step, run };
  };
  const open = (): Memory => {
    const memory = wasm.open();
    return {
      hold: (own) => memory.hold(own),
      read: (own) => memory.read(own),
      write: (own, value) => memory.write(own, value),
      load: (graph) => load(memory, graph),
    };
  };
  return { ...wasm, open };
}

test("what goes wrong in an engine that answers late is thrown where answers are awaited", async () => {
  const w = state("w", scalar(0));
  let runs = 0;
  const failing = runsOf(() => {
    if (++runs === 2) throw new Error("device lost");
  });
  const program = await compile(
    { inputs: [], outputs: { w }, updates: [[w, add(w, 1)]] },
    { engine: deferred(failing) },
  );
  await program.enqueue({});
  const before = program.read(w);
  program.enqueue({});
  const behind = [program.read(w), program.run({})];
  expect((await before).data[0]).toBe(1);
  for (const { status } of await Promise.allSettled(behind)) expect(status).toBe("rejected");
  await expect(program.run({})).rejects.toThrow("device lost");
  for (let i = 0; i < 40; i++) program.enqueue({})?.catch(() => undefined);
  await expect(program.run({})).rejects.toThrow("device lost");
  expect(runs).toBe(2);
});

test("a slow engine has done nothing yet when it is asked, offers no memory to write into, and asks for patience", async () => {
  const w = state("w", scalar(0));
  const x = input("x", []);
  let runs = 0;
  const counting = runsOf(() => {
    runs++;
  });
  const program = await compile(
    { inputs: [x], outputs: {}, updates: [[w, add(w, x)]] },
    { engine: deferred(counting) },
  );
  await program.enqueue({ x: 1 });
  const read = program.read(w);
  const before = runs;
  let wait: Promise<void> | undefined;
  let enqueued = 1;
  for (; wait === undefined; enqueued++) wait = program.enqueue({ x: 1 });
  expect(runs).toBe(before);
  expect(enqueued).toBeGreaterThan(2);
  expect((await read).data[0]).toBe(1);
  await wait;
  expect(runs).toBe(enqueued);
  expect((await program.read(w)).data[0]).toBe(enqueued);
  expect(await program.inputBuffer("x", { x: 1 })).toBeUndefined();
});

test.each(ENGINES)("%s: the gradient of a gradient", async (_, engine) => {
  const x = state("x", scalar(1.5));
  const first = gradOf(power(x, 3), x);
  expect((await value(gradOf(first, x), {}, { engine })).data[0]).toBeCloseTo(9, 5);
});

test("a graph of ten thousand nodes is differentiated and runs", async () => {
  const x = state("x", ndarray([0.1, -0.2, 0.3], [3]));
  let y: Tensor = x;
  for (let i = 0; i < 5000; i++) y = add(multiply(y, 0.999), multiply(x, 0.001));
  const program = await compile({ inputs: [], outputs: { y, slope: gradOf(sum(y), x) } });
  const { slope } = await program.run({});
  expect(slope?.data).toHaveLength(3);
  for (const one of slope?.data ?? []) expect(one).toBeCloseTo(1, 3);
});

test("errors of feeding name the input and both shapes", async () => {
  const x = input("x", ["batch", 3]);
  const y = input("y", ["batch"]);
  const program = await compile({ inputs: [x, y], outputs: { total: add(sum(x), sum(y)) } });
  const three = ndarray([1, 2, 3], [1, 3]);
  expect(await thrown(() => program.run({ x: three }))).toMatchObject({
    code: "feed/missing",
    message: expect.stringContaining('"y"'),
  });
  expect(await thrown(() => program.run({ x: ndarray([1, 2], [1, 2]), y: ndarray([1], [1]) }))).toMatchObject({
    code: "feed/shape",
    message: '"x" expects the shape [batch=1, 3], received [1, 2]',
  });
  expect(await thrown(() => program.run({ x: three, y: ndarray([1, 2], [2]) }))).toMatchObject({
    code: "feed/shape",
    message: '"y" expects the shape [batch=1], received [2]',
  });
  expect(await thrown(() => program.run({ x: three, y: ndarray([1], [1]), z: 1 }))).toMatchObject({
    code: "feed/unknown",
  });
  expect(await thrown(() => program.run({ x: three, y: ndarray([1], [1], "int32") }))).toMatchObject({
    code: "feed/dtype",
  });
});

test("errors of building name the op and both shapes, at the line that builds", async () => {
  const wrong = await thrown(() => matmul(input("x", [32, 16]), input("w", [20, 64])));
  expect(wrong).toMatchObject({ code: "shape/matmul" });
  expect(wrong.message).toContain("matmul([32, 16], [20, 64]): inner sizes differ: 16 and 20");
  expect(await thrown(() => compile({ inputs: [], outputs: { y: add(input("x", []), 1) } }))).toMatchObject({
    code: "graph/undeclared",
  });
  expect(await thrown(() => grad(input("x", [3]), []))).toMatchObject({ code: "graph/gradient" });
});

test("explain tells ops before and after, kernels and bytes", async () => {
  const x = input("x", ["batch", 8]);
  const w = state("w", ndarray(new Float32Array(32).fill(0.1), [8, 4]));
  const cost = mean(power(maximum(matmul(x, w), 0), 2));
  const slope = gradOf(cost, w);
  const program = await compile(
    { inputs: [x], outputs: { cost }, updates: [[w, subtract(w, multiply(slope, 0.1))]] },
    { engine: wasmWith({ blas: false }) },
  );
  const text = await program.explain({ x: ndarray(new Float32Array(24), [3, 8]) });
  const [, before = "0", after = "0", kernels = "0", inPlace = "0"] =
    /(\d+) ops, (\d+) after simplification, (\d+) kernels, (\d+) updates in place/.exec(text) ?? [];
  expect(Number(after)).toBeLessThan(Number(before));
  expect(Number(kernels)).toBeLessThan(Number(after));
  expect(Number(inPlace)).toBe(1);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test("gradients of neighboring parts are put side by side, without zeros around each", async () => {
  const x = input("x", [4, 6]);
  const part = (from: number, to: number) => slice(x, { axis: 1, from, to });
  const [first, second, third] = [part(0, 2), part(2, 3), part(3, 6)] as const;
  const cost = add(sum(multiply(first, first)), add(sum(tanh(second)), sum(power(third, 3))));
  const [slope] = grad(cost, [x]);
  const spec = { inputs: [x], outputs: { slope: slope ?? x } };
  const feeds = { x: ndarray(Float32Array.from(normal(seedKey(5), 24)), [4, 6]) };
  const program = await compile(spec, { engine: wasmWith({ threads: 1 }) });
  const expected = (await (await compile(spec, { engine: reference })).run(feeds)).slope?.data;
  const found = (await program.run(feeds)).slope?.data;
  for (const [i, own] of (expected ?? []).entries()) expect(found?.[i]).toBeCloseTo(own, 4);
  expect(await program.explain(feeds)).not.toMatch(/fill|pad/);
});

test("a fed array inside the engine's memory gives the same as a copied one", async () => {
  const x = input("x", ["batch", 2]);
  const program = await compile({ inputs: [x], outputs: { y: tanh(x) } });
  const fed = ndarray([0.5, -1, 2, 0.25], [2, 2]);
  const copied = (await program.run({ x: fed })).y?.data;
  const place = await program.inputBuffer("x", { x: fed });
  place?.data.set(fed.data);
  expect(place).toBeDefined();
  expect((await program.run({ x: place ?? fed })).y?.data).toEqual(copied);
  expect((await program.run({ x: ndarray([1, 1, 1, 1], [2, 2]) })).y?.data[0]).toBeCloseTo(Math.tanh(1), 6);
});

test("float64 graphs run in float64", async () => {
  const x = constant(ndarray(Float64Array.of(1e-9), [1]));
  expect((await value(subtract(add(x, 1), 1))).data[0]).toBeCloseTo(1e-9, 15);
});

test.each(ENGINES)("%s: several lengths may be free, and a reshape multiplies them", async (_, engine) => {
  const x = input("x", ["batch", "time", 3]);
  const aim = input("aim", ["batch", "time"]);
  const w = state("w", ndarray([0.5, -1, 2], [3, 1]));
  const rows = reshape(x, { shape: [-1, 3] });
  expect(rows.shape).toEqual(["batch*time", 3]);
  expect(reshape(x, { shape: ["time", -1] }).shape).toEqual(["time", "batch*3"]);
  const output = reshape(matmul(rows, w), { shape: ["batch", "time"] });
  const off = subtract(output, aim);
  const cost = mean(multiply(off, off));
  const program = await compile({ inputs: [x, aim], outputs: { output, slope: gradOf(cost, w) } }, { engine });
  for (const [batch, time] of [
    [2, 5],
    [5, 2],
    [3, 1],
    [2, 5],
  ] as const) {
    const numbers = normal(seedKey(batch), batch * time * 4);
    const fed = ndarray(Float32Array.from(numbers.slice(0, batch * time * 3)), [batch, time, 3]);
    const wanted = ndarray(Float32Array.from(numbers.slice(batch * time * 3)), [batch, time]);
    const run = await program.run({ x: fed, aim: wanted });
    expect(run.output?.shape).toEqual([batch, time]);
    expect(await value(output, { x: fed }, { engine })).toEqual(run.output);
    const slope = [0, 0, 0];
    for (let i = 0; i < batch * time; i++) {
      const [a = 0, b = 0, c = 0] = fed.data.slice(3 * i, 3 * i + 3);
      const y = 0.5 * a - b + 2 * c;
      expect(run.output?.data[i]).toBeCloseTo(y, 5);
      for (const [k, z] of [a, b, c].entries())
        slope[k] = (slope[k] ?? 0) + (2 * z * (y - (wanted.data[i] ?? 0))) / (batch * time);
    }
    for (const [k, one] of slope.entries()) expect(run.slope?.data[k]).toBeCloseTo(one, 4);
  }
  expect(await thrown(() => reshape(x, { shape: ["time", "time", -1] }))).toMatchObject({ code: "shape/reshape" });
  expect(await thrown(() => reshape(x, { shape: ["width", -1] }))).toMatchObject({ code: "shape/reshape" });
  const two = ndarray(new Float32Array(12), [2, 2, 3]);
  expect(await thrown(() => program.run({ x: two, aim: ndarray([1, 2], [2, 1]) }))).toMatchObject({
    code: "feed/shape",
    message: expect.stringContaining("[batch=2, time=2]"),
  });
});

test("ever new lengths do not fill the memory: shapes that were not fed for long give back what they took", async () => {
  const x = input("x", ["batch", "time", 64]);
  const w = state("w", ndarray(new Float32Array(64 * 64).fill(0.01), [64, 64]));
  const rows = tanh(matmul(reshape(x, { shape: [-1, 64] }), w));
  const program = await compile({ inputs: [x], outputs: { mean: mean(rows) }, updates: [[w, multiply(w, 1)]] });
  const lengths = Array.from({ length: 120 }, (_, i) => 1 + ((i * 37) % 120));
  const fed = (time: number) => ndarray(new Float32Array(2 * time * 64).fill(1), [2, time, 64]);
  const bytes: number[] = [];
  for (let round = 0; round < 3; round++) {
    for (const time of lengths) {
      const { mean: found } = await program.run({ x: fed(time) });
      expect(found?.data[0]).toBeCloseTo(Math.tanh(0.64), 5);
    }
    bytes.push((await program.inputBuffer("x", { x: fed(60) }))?.data.buffer.byteLength ?? 0);
  }
  const all = lengths.reduce((sum, time) => sum + 2 * time * 64 * 4, 0);
  expect(bytes[0]).toBeGreaterThan(0);
  expect(bytes[0]).toBeLessThan(all);
  expect(bytes[2]).toBe(bytes[1]);
});

test("what many ask for at once is not released before they have used it, and what is asked for twice is kept once", async () => {
  let [loads, releases] = [0, 0];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  // all graphs become ready in the same moment, and a step that is used after its release says so
  const engine: Engine = {
    ...wasm,
    open: () => {
      const memory = wasm.open();
      const load: Memory["load"] = async (graph) => {
        loads += 1;
        const step = await memory.load(graph);
        await gate;
        let isReleased = false;
        return {
          ...step,
          run: () => {
            if (isReleased) throw new Error("used after its release");
            return step.run();
          },
          release: () => {
            isReleased = true;
            releases += 1;
            step.release();
          },
        };
      };
      return { hold: (state) => memory.hold(state), read: (state) => memory.read(state), write: () => {}, load };
    },
  };
  const x = input("x", ["batch"]);
  const program = await compile({ inputs: [x], outputs: { y: multiply(x, 2) } }, { engine });
  const answer = async (rows: number) =>
    (await program.run({ x: ndarray(new Float32Array(rows).fill(rows), [rows]) })).y?.data[0];
  const lengths = Array.from({ length: 100 }, (_element, i) => 1 + (i % 50));
  const answers = Promise.all(lengths.map(answer));
  await new Promise((resolve) => setImmediate(resolve));
  open();
  expect(await answers).toEqual(lengths.map((length) => 2 * length));
  expect(loads).toBe(100);
  expect(releases).toBe(100 - 32);
});

test("lengths that take turns are run without looking them up, also after many others had the room", async () => {
  const x = input("x", ["batch", 2]);
  const total = state("total", scalar(0));
  const program = await compile({
    inputs: [x],
    outputs: { sum: sum(x, { axes: 0 }) },
    updates: [[total, add(total, sum(x))]],
  });
  const run = async (rows: number): Promise<number[]> => {
    const { sum: found } = await program.run({ x: ndarray(new Float32Array(2 * rows).fill(1), [rows, 2]) });
    return Array.from(found?.data ?? []);
  };
  let counted = 0;
  const turns = [4, 3, 4, 3, 2, 1, 5, 4, ...Array.from({ length: 40 }, (_, i) => i + 6), 4, 3, 4, 3];
  for (const rows of turns) {
    expect(await run(rows)).toEqual([rows, rows]);
    counted += 2 * rows;
  }
  expect((await program.read(total)).data[0]).toBe(counted);
});

test("an error of a shape that only the lengths of a run bring about names its op", async () => {
  const x = input("x", ["batch", 2]);
  const program = await compile({ inputs: [x], outputs: { cut: slice(x, { axis: 0, from: 1, to: 4 }) } });
  const fed = (rows: number) => ({ x: ndarray(new Float32Array(2 * rows), [rows, 2]) });
  expect((await program.run(fed(4))).cut?.shape).toEqual([3, 2]);
  const error = await thrown(() => program.run(fed(3)));
  expect(error.code).toBe("shape/slice");
  expect(error.message).toContain("slice");
});
