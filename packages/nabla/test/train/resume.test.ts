import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { NablaError } from "../../src/base/error.ts";
import type { Checkpoint } from "../../src/train/checkpoint.ts";
import { fit } from "../../src/train/fit.ts";
import { train } from "../../src/train/train.ts";
import { smallJob } from "./small-job.ts";

const bits = (weights: ReadonlyMap<string, { readonly data: ArrayLike<number> }>) =>
  Object.fromEntries([...weights].map(([path, { data }]) => [path, Array.from(data)]));

async function checkpoints(): Promise<Checkpoint[]> {
  const found: Checkpoint[] = [];
  const training = train(smallJob());
  for await (const event of training) {
    if (event.kind === "epoch" || event.kind === "progress") {
      const { arrays, position } = await training.checkpoint();
      // through what a file would hold: copies of arrays and JSON
      const copies = [...arrays].map(
        ([path, { data, shape, dtype }]) => [path, ndarray(data.slice(), shape, dtype)] as const,
      );
      found.push({ arrays: new Map(copies), position: JSON.parse(JSON.stringify(position)) });
    }
  }
  return found;
}

test("a training that goes on from any checkpoint, also within an epoch, ends with the same bits", async () => {
  const whole = await fit(smallJob());
  const all = await checkpoints();
  expect(all.length).toBe(4 * 10);
  for (const index of [0, 3, 9, 10, 24, 38, 39]) {
    const resumed = await fit(smallJob(), { resume: all[index] as Checkpoint });
    expect(bits(resumed.trained.weights)).toEqual(bits(whole.trained.weights));
    expect(resumed.history.map(({ seconds, ...rest }) => rest)).toEqual(
      whole.history.map(({ seconds, ...rest }) => rest),
    );
    expect(resumed.steps).toBe(whole.steps);
  }
});

test("the same job twice gives the same bits, another seed other ones", async () => {
  const [one, two, other] = [await fit(smallJob()), await fit(smallJob()), await fit({ ...smallJob(), seed: 4 })];
  expect(bits(two.trained.weights)).toEqual(bits(one.trained.weights));
  expect(bits(other.trained.weights)).not.toEqual(bits(one.trained.weights));
});

test("a checkpoint of another job is refused", async () => {
  const [first] = await checkpoints();
  const other = fit({ ...smallJob(), seed: 4 }, { resume: first as Checkpoint });
  await expect(other).rejects.toSatisfy(
    (error) => error instanceof NablaError && error.code === "checkpoint/mismatch" && error.message.includes("seed 3"),
  );
  const [lost] = (await checkpoints()) as [Checkpoint];
  const arrays = new Map(lost.arrays);
  arrays.delete("optimizer.adam1.first.dense1.weights");
  const broken = fit(smallJob(), { resume: { ...lost, arrays } });
  await expect(broken).rejects.toSatisfy(
    (error) => error instanceof NablaError && error.message.includes("adam1.first.dense1.weights"),
  );
});

test("a checkpoint that has lost a field, or is of another format, is refused by name", async () => {
  const [first] = (await checkpoints()) as [Checkpoint];
  const resume = (position: object) => fit(smallJob(), { resume: { ...first, position: position as never } });
  const { settings: _, ...without } = first.position;
  await expect(resume(without)).rejects.toMatchObject({
    code: "record/field",
    message: "the position of the checkpoint.settings: expected a record, found nothing",
  });
  const last = (await checkpoints()).at(-1) as Checkpoint;
  const [one, ...others] = last.position.history;
  const history = [{ ...one, rate: null }, ...others];
  await expect(resume({ ...last.position, history })).rejects.toMatchObject({
    message: "the position of the checkpoint.history[0].rate: expected a finite number, found null",
  });
  await expect(resume({ ...first.position, format: 2 })).rejects.toMatchObject({ code: "checkpoint/format" });
});
