import { expect, onTestFinished, test } from "vitest";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { adam } from "../../src/optim/optimizers.ts";
import { fit } from "../../src/train/fit.ts";
import type { Job } from "../../src/train/job.ts";
import type { TrainingPort } from "../../src/worker/messages.ts";
import { serveTrainings } from "../../src/worker/serve-trainings.ts";
import { trainInWorker } from "../../src/worker/train-in-worker.ts";
import { readDigits } from "../train/digits.ts";

function digitsJob(epochs: number): Job {
  return {
    model: chain(dense(16), relu(), dense(10)),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ rate: 0.01 }),
    ...readDigits(1),
    epochs,
    batch: 128,
    seed: 5,
  };
}

/** Both ends of a channel, of which the far one trains what `makeJob` makes. */
function servedPort(makeJob: (input: number) => Job): TrainingPort {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  serveTrainings(makeJob, port2);
  return port1;
}

test("the same events and the same bits as of a training on this thread", async () => {
  const port = servedPort((epochs) => digitsJob(epochs));
  const here = await fit(digitsJob(3));
  const training = trainInWorker(port, 3);
  const kinds: string[] = [];
  const costs: number[] = [];
  for await (const event of training) {
    kinds.push(event.kind);
    if (event.kind === "epoch") costs.push(event.cost ?? Number.NaN);
  }
  expect([kinds[0], kinds.at(-1)]).toEqual(["start", "end"]);
  expect(costs).toEqual(here.history.map(({ cost }) => cost));
  const weights = await training.weights("best");
  expect([...weights.keys()]).toEqual([...here.trained.weights.keys()]);
  for (const [path, { data }] of weights) expect(data, path).toEqual(here.trained.weights.get(path)?.data);
  await training.return();
  await expect(training.weights("best")).rejects.toMatchObject({ code: "train/left" });
});

test("a change and a stop apply where they were made, and a checkpoint goes on elsewhere", async () => {
  const port = servedPort((epochs) => digitsJob(epochs));
  const training = trainInWorker(port, 50, { ahead: 0 });
  let checkpoint: Awaited<ReturnType<typeof training.checkpoint>> | undefined;
  for await (const event of training) {
    if (event.kind === "epoch" && event.epoch === 2) {
      await training.change({ settings: { rate: 0.001 } });
      checkpoint = await training.checkpoint();
    }
    if (event.kind === "epoch" && event.epoch === 4) await training.change({ stop: true });
    if (event.kind === "end")
      expect([event.reason, event.journal.map(({ settings, end }) => end ?? settings.rate)]).toEqual([
        "stopped",
        [0.001, "stopped"],
      ]);
  }
  const forked = trainInWorker(port, 3, { resume: checkpoint ?? expect.fail("no checkpoint") });
  for await (const event of forked)
    if (event.kind === "start") expect(event.resumed).toEqual({ epoch: 2, step: checkpoint?.position.step });
});

test("leaving the loop ends the training, and the worker begins another", async () => {
  let made = 0;
  const port = servedPort((epochs) => {
    made += 1;
    return digitsJob(epochs);
  });
  for await (const event of trainInWorker(port, 1_000_000)) if (event.kind === "epoch") break;
  const events: string[] = [];
  for await (const event of trainInWorker(port, 1)) events.push(event.kind);
  expect([made, events.at(-1)]).toEqual([2, "end"]);
});

test("errors of the job and of questions come as they are", async () => {
  const port = servedPort((epochs) => ({ ...digitsJob(epochs), batch: 0 }));
  await expect(trainInWorker(port, 1).next()).rejects.toMatchObject({ name: "NablaError", code: "options/range" });
  const good = trainInWorker(
    servedPort((epochs) => digitsJob(epochs)),
    1,
    { ahead: 0 },
  );
  await good.next();
  await expect(good.change({ settings: { speed: 1 } })).rejects.toMatchObject({ code: "train/setting" });
  expect((await good.next()).done).toBe(false);
});

test.each(["error", "messageerror"])("a worker that fails by the event %s ends what waits for it", async (name) => {
  const port = Object.assign(new EventTarget(), { postMessage: () => undefined });
  const training = trainInWorker(port);
  const [event, weights] = [training.next(), training.weights()];
  port.dispatchEvent(new Event(name));
  await expect(event).rejects.toMatchObject({ code: "worker/failed" });
  await expect(weights).rejects.toMatchObject({ code: "worker/failed" });
  await expect(training.next()).rejects.toMatchObject({ code: "worker/failed" });
});
