import { expect, test } from "vitest";
import { ndarray, zeros } from "../../src/array/ndarray.ts";
import { fit } from "../../src/train/fit.ts";
import { modelCost } from "../../src/train/model-cost.ts";
import type { Run } from "../../src/train/run.ts";
import { predict } from "../../src/train/trained.ts";
import { ring, smallJob } from "./small-job.ts";

const answersOf = async (run: Run) =>
  [...(await predict(run.trained, ring(20, 3).inputs)).answers.data].map((x) => x.toFixed(6));

test("a training begins with given weights: parameters and statistics answer as before when no epoch follows", async () => {
  const first = await fit(smallJob());
  const second = await fit({ ...smallJob(), seed: 99, epochs: 0, weights: first.trained.weights });
  expect(await answersOf(second)).toEqual(await answersOf(first));
  const drawn = await fit({ ...smallJob(), seed: 99, epochs: 0 });
  expect(await answersOf(drawn)).not.toEqual(await answersOf(first));
  const more = await fit({ ...smallJob(), epochs: 1, weights: first.trained.weights });
  expect(more.history[0]?.cost).toBeLessThan(first.history[0]?.cost ?? 0);
});

test("what is not given is drawn as ever", async () => {
  const all = await fit({ ...smallJob(), epochs: 0 });
  const bias = zeros([2]);
  bias.data.fill(3);
  const { weights } = (await fit({ ...smallJob(), epochs: 0, weights: new Map([["dense2.bias", bias]]) })).trained;
  expect(weights.get("dense2.bias")?.data).toEqual(Float32Array.of(3, 3));
  expect(weights.get("dense1.weights")).toEqual(all.trained.weights.get("dense1.weights"));
});

test("a path or a shape of another model is refused by name", async () => {
  const given = (path: string, shape: number[]) => fit({ ...smallJob(), weights: new Map([[path, zeros(shape)]]) });
  await expect(given("dense2.wieghts", [8, 2])).rejects.toMatchObject({
    code: "train/weights",
    message: expect.stringContaining("dense2.wieghts"),
    hint: expect.stringContaining("dense2.weights"),
  });
  await expect(given("dense2.weights", [2, 8])).rejects.toMatchObject({
    code: "train/weights",
    message: expect.stringMatching(/\[2, 8\].*\[8, 2\]/),
  });
});

test("a bias that is given straight before batch norm is the model's: answers hold, and it trains and goes on", async () => {
  const job = { ...smallJob(), epochs: 2 };
  const { weights } = (await fit({ ...smallJob(), epochs: 1 })).trained;
  expect(weights.has("dense1.bias")).toBe(false);
  const bias = ndarray(
    Float32Array.from({ length: 8 }, (_, i) => Math.sin(i)),
    [8],
  );
  const given = new Map([...weights, ["dense1.bias", bias] as const]);
  const before = { model: job.model, loss: job.loss, weights: given, shape: [2] };
  const kept = await fit({ ...job, epochs: 0, weights: given });
  expect(kept.trained.weights.get("dense1.bias")).toEqual(bias);
  const [wanted, found] = await Promise.all([before, kept.trained].map((one) => predict(one, ring(20, 3).inputs)));
  expect(found?.answers.data).toEqual(wanted?.answers.data);
  const run = await fit({ ...job, weights: given });
  expect(run.trained.weights.get("dense1.bias")?.shape).toEqual([8]);
  const cost = modelCost({ ...before, examples: ring(20, 3) });
  expect([...cost.parameters.keys()]).toContain("dense1.bias");
  await expect(fit({ ...job, weights: new Map([["dense1.bias", zeros([7])]]) })).rejects.toMatchObject({
    code: "train/weights",
  });
});
