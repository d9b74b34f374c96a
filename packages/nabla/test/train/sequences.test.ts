import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { fork, seedKey } from "../../src/base/random.ts";
import { batches } from "../../src/data/batches.ts";
import type { Engine } from "../../src/engine/contract.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm } from "../../src/engine/wasm/engine.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { layerNorm } from "../../src/nn/layer-norm.ts";
import { dataLoaderFor } from "../../src/train/data-loader.ts";
import { fit } from "../../src/train/fit.ts";
import { resolveJob } from "../../src/train/job.ts";
import { train } from "../../src/train/train.ts";
import { predict } from "../../src/train/trained.ts";
import { sequences, sequencesJob, TIME, WIDTH } from "./sequences.ts";

const engines = [
  ["wasm", wasm],
  ["reference", reference],
] as const;

/** The same job, but batches are cut. */
function cutJob() {
  const job = sequencesJob();
  const cut = (rows: number, seed: number) => ({ ...sequences(rows, seed), sequences: ["inputs"] });
  return { ...job, train: cut(90, 1), dev: cut(40, 2) };
}

/** An engine that counts the graphs that it makes ready. */
function counting(engine: Engine): { readonly engine: Engine; readonly loads: () => number } {
  let loads = 0;
  const open = (): ReturnType<Engine["open"]> => {
    const memory = engine.open();
    return new Proxy(memory, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          if (name === "load") loads += 1;
          return value.apply(target, given);
        };
      },
    });
  };
  return { engine: { ...engine, open }, loads: () => loads };
}

test("a batch is as long as the longest of its sequences", () => {
  const examples = { ...sequences(20, 1), sequences: ["inputs"] };
  const lengths: number[] = [];
  for (const shuffle of [true, false]) {
    for (const { indices, inputs, targets, mask } of batches(examples, {
      size: 3,
      key: fork(seedKey(2), "b"),
      shuffle,
    })) {
      const length = Math.max(...Array.from(indices, (row) => (row % TIME) + 1));
      lengths.push(length);
      expect(inputs.shape).toEqual([indices.length, length, WIDTH]);
      expect(targets.shape).toEqual([indices.length, length]);
      expect((mask as NdArray).shape).toEqual([indices.length, length]);
      for (const [i, row] of indices.entries()) {
        const [from, width] = [row * TIME * WIDTH, length * WIDTH];
        expect(inputs.data.slice(i * width, (i + 1) * width)).toEqual(examples.inputs.data.slice(from, from + width));
        expect(targets.data.slice(i * length, (i + 1) * length)).toEqual(
          examples.targets.data.slice(row * TIME, row * TIME + length),
        );
      }
    }
  }
  expect(new Set(lengths).size).toBeGreaterThan(2);
});

test.each(engines)("%s: cut batches train as long ones do", async (_, engine) => {
  // without dropout, whose masks are drawn for a shape
  const model = chain(dense(8), layerNorm(), relu(), dense(3));
  const [cut, whole] = [await fit({ ...cutJob(), model, engine }), await fit({ ...sequencesJob(), model, engine })];
  const digits = engine.wide ? 9 : 4;
  for (const [i, { cost, dev }] of whole.history.entries()) {
    expect(cut.history[i]?.cost).toBeCloseTo(cost, digits);
    expect(cut.history[i]?.dev?.cost).toBeCloseTo(dev?.cost ?? 0, digits);
    expect(cut.history[i]?.dev?.error).toBe(dev?.error);
  }
});

test.each(
  engines,
)("%s: each length of batches is made ready once, however many epochs there are", async (_, engine) => {
  const job = { ...cutJob(), batch: 4, epochs: 5 };
  const loader = dataLoaderFor(resolveJob(job), undefined);
  const shapes: Set<string>[] = [];
  const seen = new Set<string>();
  for (let epoch = 0; epoch < job.epochs; epoch++) {
    const { batches: all } = loader.restOfEpoch({ epoch, row: 0, batch: job.batch });
    for (const { inputs } of all(() => undefined)) seen.add(String((inputs as NdArray).shape));
    shapes.push(new Set(seen));
  }
  const { engine: counted, loads } = counting(engine);
  const found: number[] = [];
  for await (const { kind } of train({ ...job, engine: counted })) if (kind === "epoch") found.push(loads());
  // beside the steps, the parts that are measured are made ready once
  const measuring = (found[0] ?? 0) - (shapes[0]?.size ?? 0);
  expect(measuring).toBeGreaterThan(0);
  expect(measuring).toBeLessThan(4);
  for (const [epoch, { size }] of shapes.entries()) expect(found[epoch]).toBe(size + measuring);
  expect(shapes.at(-1)?.size).toBeGreaterThan(4);
});

test.each(engines)("%s: a model of sequences answers for any length, position by position", async (_, engine) => {
  const { trained } = await fit({ ...cutJob(), engine });
  const { data } = sequences(12, 9).inputs;
  const answer = (rows: number, time: number) => predict(trained, ndarray(data, [rows, time, WIDTH]), { engine });
  const [long, short] = [await answer(6, 12), await answer(24, 3)];
  expect([long.answers.shape, short.answers.shape]).toEqual([
    [6, 12, 3],
    [24, 3, 3],
  ]);
  for (const [i, x] of long.answers.data.entries()) expect(short.answers.data[i]).toBeCloseTo(x, 5);
  expect(long.classes?.data).toEqual(short.classes?.data);
  await expect(predict(trained, ndarray(data, [12, WIDTH, TIME]), { engine })).rejects.toMatchObject({
    code: "predict/shape",
    message: expect.stringContaining("[time, 3], received [3, 6]"),
  });
});

test("sequences that cannot be cut are refused", async () => {
  const job = cutJob();
  const { mask, ...bare } = job.train;
  const refused = (train: typeof bare) =>
    expect(fit({ ...job, train })).rejects.toMatchObject({ code: "data/sequences" });
  await refused(bare);
  await refused({ ...job.train, mask: ndarray(new Float32Array(90).fill(1), [90]) } as typeof bare);
  await refused({ ...job.train, sequences: ["inputs.words"] });
  await refused({ ...job.train, inputs: { ...job.train.inputs, shape: [90, WIDTH, TIME] } });
});
