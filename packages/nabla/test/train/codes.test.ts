import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { embedding } from "../../src/nn/embedding.ts";
import { flatten } from "../../src/nn/flatten.ts";
import { layerFrom } from "../../src/nn/layers.ts";
import { adam } from "../../src/optim/adam.ts";
import { fit } from "../../src/train/fit.ts";
import { predict } from "../../src/train/trained.ts";

const model = chain(embedding({ count: 5, units: 3 }), flatten(), dense(2));
const examples = (codes: readonly number[], width = 2) => {
  const rows = codes.length / width;
  const targets = ndarray(
    Int32Array.from({ length: rows }, (_, i) => i % 2),
    [rows],
  );
  return { rows, inputs: ndarray(Float32Array.from(codes), [rows, width]), targets };
};
const job = (codes: readonly number[]) => ({
  model,
  loss: softmaxCrossEntropy(),
  optimizer: adam(),
  train: examples(codes),
  epochs: 2,
});

test.each([
  ["counted from 1", [1, 2, 3, 4, 5, 1], "row 2 of train holds 5"],
  ["below 0", [0, -1], "row 0 of train holds -1"],
  ["with a fraction", [0, 1, 2.5, 1], "row 1 of train holds 2.5"],
  ["far out", [7e9, 1], "row 0 of train holds 7000000000"],
  ["missing", [0, Number.NaN], "row 0 of train holds NaN"],
])("codes %s are refused with their row", async (_, codes, message) => {
  await expect(fit(job(codes))).rejects.toMatchObject({
    code: "train/codes",
    message: expect.stringContaining(message),
  });
});

test("codes of the dev set, of layers inside and behind other layers are checked too", async () => {
  await expect(fit({ ...job([0, 1]), dev: examples([0, 9]) })).rejects.toMatchObject({
    message: "embedding1 has the codes 0 to 4, and row 0 of dev holds 9",
    hint: "count codes from 0, or give the embedding count: 10",
  });
  const inner = layerFrom({
    kind: "chain",
    layers: [
      "flatten",
      { kind: "chain", layers: [{ kind: "embedding", count: 3, units: 2 }] },
      "flatten",
      { kind: "dense", units: 2 },
    ],
  });
  await expect(fit({ ...job([0, 3]), model: inner })).rejects.toMatchObject({
    message: expect.stringMatching(/^chain1\.embedding1 has the codes 0 to 2, and row 0 of train holds 3/),
  });
  expect((await fit({ ...job([0, 4, 2, 1]), dev: examples([4, 4]) })).epochs).toBe(2);
});

test("positions that a mask leaves out may hold anything", async () => {
  const words = chain(embedding({ count: 5, units: 3 }), dense(2));
  const train = {
    rows: 2,
    inputs: ndarray([1, 2, -1, 4, -1, -1], [2, 3]),
    targets: ndarray(Int32Array.of(1, 0, 0, 1, 0, 0), [2, 3]),
  };
  const settings = { model: words, loss: softmaxCrossEntropy(), optimizer: adam(), epochs: 1 };
  const mask = ndarray([1, 1, 0, 1, 0, 0], [2, 3]);
  expect((await fit({ ...settings, train: { ...train, mask } })).epochs).toBe(1);
  await expect(fit({ ...settings, train })).rejects.toMatchObject({ code: "train/codes" });
});

test("the padding code gives zeros, learns nothing, and stays 0 in the table", async () => {
  const padded = chain(embedding({ count: 5, units: 3, padding: 0 }), flatten(), dense(2));
  const { trained } = await fit({ ...job([0, 1, 2, 0, 3, 4, 0, 0]), model: padded, epochs: 20 });
  const table = trained.weights.get("embedding1.table");
  expect([...(table?.data.slice(0, 3) ?? [])]).toEqual([0, 0, 0]);
  expect([...(table?.data.slice(3) ?? [])].every((x) => x !== 0)).toBe(true);
  // weights from elsewhere may hold something there: it is still nothing
  const weights = new Map(trained.weights);
  weights.set("embedding1.table", ndarray(new Float32Array(15).fill(7), [5, 3]));
  const { answers } = await predict({ ...trained, weights }, ndarray([0, 0], [1, 2]));
  const bias = trained.weights.get("dense1.bias")?.data ?? [];
  const powers = Array.from(bias, Math.exp);
  const total = powers.reduce((a, b) => a + b);
  for (const [i, power] of powers.entries()) expect(answers.data[i]).toBeCloseTo(power / total, 5);
  await expect(
    fit({ ...job([0, 1]), model: chain(embedding({ count: 5, units: 3, padding: 5 }), flatten(), dense(2)) }),
  ).rejects.toMatchObject({ code: "options/range" });
});
