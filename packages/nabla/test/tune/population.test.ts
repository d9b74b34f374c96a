import { expect, test } from "vitest";
import { logUniform, uniform } from "../../src/base/domain.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { dropout } from "../../src/nn/dropout.ts";
import { adam } from "../../src/optim/adam.ts";
import { fit } from "../../src/train/fit.ts";
import type { Job } from "../../src/train/job.ts";
import type { Run } from "../../src/train/run.ts";
import { type PopulationOptions, population } from "../../src/tune/population.ts";
import { readDigits } from "../train/digits.ts";

const parts = readDigits(3);
const job = (changes: Partial<Job> = {}): Job => ({
  model: chain(dense(32), relu(), dropout({ keep: 0.9 }), dense(10)),
  loss: softmaxCrossEntropy(),
  optimizer: adam({ rate: 1e-3 }),
  ...parts,
  batch: 64,
  epochs: 8,
  seed: 2,
  ...changes,
});
const options: PopulationOptions = {
  space: { rate: logUniform(1e-4, 1), "dropout1.keep": uniform(0.6, 1) },
  members: 6,
  share: 1 / 3,
};
const bits = ({ trained }: Pick<Run, "trained">) => [...trained.weights].map(([path, { data }]) => [path, [...data]]);

test("O5 the worst take over from the best, and the schedule that comes out beats the median of fixed settings", async () => {
  const { best, generations } = await population(job(), options);
  expect(generations).toHaveLength(8);
  for (const generation of generations.slice(0, -1)) {
    const takers = generation.filter(({ from }) => from !== undefined);
    expect(takers).toHaveLength(2);
    const errors = generation
      .map(({ error }) => (Number.isNaN(error) ? Number.POSITIVE_INFINITY : error))
      .toSorted((a, b) => a - b);
    for (const { error, from = -1 } of takers) {
      expect(generation[from]?.error).toBeLessThanOrEqual(errors[1] ?? 0);
      if (!Number.isNaN(error)) expect(error).toBeGreaterThanOrEqual(errors.at(-2) ?? 0);
    }
  }
  const fixed = await Promise.all(
    (generations[0] ?? []).map(async ({ settings }) => {
      const { rate = 1, "dropout1.keep": keep = 1 } = settings;
      const model = chain(dense(32), relu(), dropout({ keep }), dense(10));
      return (await fit(job({ model, optimizer: adam({ rate }) }))).best?.dev?.error ?? 1;
    }),
  );
  const median = fixed.toSorted((a, b) => a - b)[fixed.length >> 1] ?? 0;
  expect(best.best?.dev?.error).toBeLessThan(median);
}, 30_000);

test("the journal of the winner trains it again to the last bit, and a population is a function of its seed", async () => {
  const short = job({ epochs: 4 });
  const [one, same, other] = [
    await population(short, options),
    await population(short, options),
    await population(short, { ...options, seed: 5 }),
  ];
  expect(same.generations).toEqual(one.generations);
  expect(other.generations).not.toEqual(one.generations);
  expect(one.best.journal.length).toBeGreaterThan(0);
  expect(bits(await fit(short, { journal: one.best.journal }))).toEqual(bits(one.best));
}, 30_000);

test("a member that diverges is taken over too; where all do, or there is no dev part, a sentence says so", async () => {
  const wild = { ...options, space: { rate: logUniform(1e-3, 1e30) }, members: 4, share: 0.5 };
  const { generations } = await population(job({ epochs: 3 }), wild);
  const failed = generations.flat().filter(({ error }) => Number.isNaN(error));
  expect(failed.length).toBeGreaterThan(0);
  const early = generations[0]?.filter(({ error }) => Number.isNaN(error)) ?? [];
  expect(early.length).toBeGreaterThan(0);
  for (const { from } of early) expect(from).toBeDefined();
  const hopeless = { ...options, space: { rate: logUniform(1e29, 1e30) } };
  await expect(population(job(), hopeless)).rejects.toMatchObject({ code: "tune/failing" });
  const { dev: _, ...blind } = job();
  await expect(population(blind, options)).rejects.toMatchObject({ code: "tune/metric" });
  const unknown = { ...options, space: { rat: uniform(0, 1) } };
  await expect(population(job(), unknown)).rejects.toMatchObject({ code: "train/setting" });
}, 30_000);
