import { expect, test } from "vitest";
import { compile } from "../../src/engine/program.ts";
import { input } from "../../src/graph/leaf.ts";
import { matmul, maximum, sum } from "../../src/graph/ops.ts";
import {
  adam,
  chain,
  conv2d,
  dense,
  estimateMemory,
  fit,
  flatten,
  largestBatch,
  type NablaError,
  relu,
  squaredError,
  zeros,
} from "../../src/index.ts";

test("what is computed of a program's memory is what it takes", async () => {
  const [x, w] = [input("x", ["batch", 40]), input("w", [40, 30])];
  const program = await compile({ inputs: [x, w], outputs: { y: sum(maximum(matmul(x, w), 0), { axes: 0 }) } });
  const taken = await program.memoryUse({ x: zeros([300, 40]), w: zeros([40, 30]) });
  expect(await program.memoryUseAt(new Map([["batch", 300]]))).toEqual(taken);
});

test("a program beyond what WebAssembly holds is refused by its size, and its memory goes on", async () => {
  const [x, w] = [input("x", ["batch", 4]), input("w", [4, 2 ** 16])];
  const program = await compile({ inputs: [x, w], outputs: { y: maximum(matmul(x, w), 0) } });
  const feeds = (rows: number) => ({ x: zeros([rows, 4]), w: zeros([4, 2 ** 16]) });
  await expect(program.run(feeds(2 ** 15))).rejects.toMatchObject({
    code: "engine/memory",
    message: expect.stringMatching(/take 8 GiB|take \d+(\.\d)? GiB, and WebAssembly holds 4 GiB/),
  });
  expect((await program.run(feeds(2))).y?.shape).toEqual([2, 2 ** 16]);
});

const images = (rows: number) => ({
  model: chain(conv2d(64, { size: 3 }), relu(), conv2d(64, { size: 3 }), relu(), flatten(), dense(1)),
  loss: squaredError(),
  optimizer: adam(),
  train: { rows, inputs: zeros([rows, 96, 96, 3]), targets: zeros([rows, 1]) },
});

const wide = {
  model: chain(dense(2 ** 15), relu(), dense(1)),
  train: { rows: 2 ** 16, inputs: zeros([2 ** 16, 1]), targets: zeros([2 ** 16, 1]) },
};
const large = {
  model: chain(conv2d(320, { size: 1 }), relu(), conv2d(1, { size: 1 }), flatten(), dense(1)),
  train: { rows: 2, inputs: zeros([2, 2048, 2048, 1]), targets: zeros([2, 1]) },
};

test.each([
  [
    "what would fit",
    wide,
    /^a batch of ([\d,]+) rows fits, and to accumulate over \d+ of them makes steps of as many rows as now$/,
  ],
  ["that nothing does", large, /^not even a batch of 1 row fits: take smaller inputs or a smaller model$/],
])("a training beyond what WebAssembly holds says before it takes any of it %s", async (_, { model, train }, hint) => {
  const job = { model, train, loss: squaredError(), optimizer: adam(), batch: train.rows, epochs: 1 };
  const before = process.memoryUsage().rss;
  const failure: NablaError = await fit(job).then(
    () => expect.fail("it did not fit"),
    (error) => error,
  );
  expect(failure).toMatchObject({ code: "engine/memory", hint: expect.stringMatching(hint) });
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 29);
  const batch = Number(hint.exec(failure.hint ?? "")?.[1]?.replace(",", "") ?? Number.NaN);
  if (!Number.isNaN(batch)) expect(await largestBatch(job, 2 ** 32)).toBe(batch);
});

test("the memory of an image network is computed where it could not be taken", async () => {
  const { perRow, total } = await estimateMemory({ ...images(8), batch: 8 });
  expect(perRow * 1024).toBeGreaterThan(2 ** 32);
  expect(total).toBeLessThan(2 ** 32);
  expect(await largestBatch(images(8), total)).toBe(8);
});
