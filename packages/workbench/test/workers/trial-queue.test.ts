import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { openStores } from "../../src/store/open.ts";
import { findStore } from "../../src/store/store-place.ts";
import { type QueuedTrial, type QueuePace, TrialQueue } from "../../src/workers/trial-queue.ts";
import { type PostgresServer, startPostgres } from "../store/postgres.ts";

let server: PostgresServer;
let url = "";

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => await server[Symbol.asyncDispose]());
beforeEach(async () => {
  url = await server.createSchema();
});

async function openQueue(pace?: QueuePace): Promise<TrialQueue> {
  const stores = await openStores(findStore(url, {}, "/"));
  const queue = await TrialQueue.open(stores.database, pace);
  onTestFinished(async () => {
    await queue[Symbol.asyncDispose]();
    await stores[Symbol.asyncDispose]();
  });
  return queue;
}

const study = { name: "Größe & Co", created: "2026-01-01T00:00:00.000Z" };
const trial = (number: number): QueuedTrial => ({
  number,
  repeat: 0,
  task: { settled: { rate: 0.1 + 0.2, limit: Number.POSITIVE_INFINITY } as never },
});

test("each trial is taken once, in the order of asking, whoever puts it in and however often", async () => {
  const [one, other] = (await Promise.all(Array.from({ length: 6 }, () => openQueue()))) as [TrialQueue, TrialQueue];
  const trials = [0, 1, 2, 3, 4, 5].map(trial);
  await Promise.all([one.put(study, trials), other.put(study, trials)]);
  const first = await one.take(study);
  expect(first).toMatchObject(trial(0));
  const rest = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((i) => (i % 2 ? one : other).take(study)));
  expect(rest.flatMap((taken) => taken?.number ?? []).sort()).toEqual([1, 2, 3, 4, 5]);
  expect(await one.take({ ...study, created: "later" })).toBeUndefined();
  if (first !== undefined) await one.end(study, first);
  await one.put(study, [trial(0)]);
  expect(await one.take(study)).toBeUndefined();
});

test("a trial that is given back goes to the next, and the sign of the first is refused", async () => {
  const queue = await openQueue();
  await queue.put(study, [trial(0)]);
  const first = await queue.take(study);
  if (first === undefined) throw new Error("nothing to take");
  expect(await queue.keep(study, first)).toBe(true);
  await queue.giveBack(study, first);
  expect(await queue.keep(study, first)).toBe(false);
  const second = await queue.take(study);
  expect(second).toMatchObject({ number: 0, id: first.id, retryCount: first.retryCount + 1 });
  if (second === undefined) return;
  await queue.end(study, first);
  expect(await queue.keep(study, second)).toBe(true);
});

test("a worker that is silent for too long loses its trial, one that gives signs keeps it", async () => {
  const queue = await openQueue({ heartbeat: 10, beat: 0.1, supervise: 1 });
  await queue.put(study, [trial(0), trial(1)]);
  const [silent, lively] = [await queue.take(study), await queue.take(study)];
  if (silent === undefined || lively === undefined) throw new Error("nothing to take");
  // pg-boss takes no less than ten seconds; a test need not wait for them.
  await server.say(url, `update ${/search_path%3D(\w+)/.exec(url)?.[1]}_queue.job set heartbeat_seconds = 1`);
  const look = async () => {
    await queue.findSilent(study);
    const kept = [await queue.keep(study, lively), await queue.take(study)] as const;
    return [kept[0], kept[1]?.number];
  };
  await expect.poll(look, { interval: 100, timeout: 20_000 }).toEqual([true, silent.number]);
  expect(await queue.keep(study, silent)).toBe(false);
});

test("a trial that is canceled cannot be kept, and is there again once it is put in again", async () => {
  const queue = await openQueue();
  await queue.put(study, [trial(0), trial(1)]);
  const taken = await queue.take(study);
  if (taken === undefined) throw new Error("nothing to take");
  await queue.cancel(study, [trial(0), trial(1)]);
  expect(await queue.keep(study, taken)).toBe(false);
  expect(await queue.take(study)).toBeUndefined();
  await queue.put(study, [trial(0), trial(1)]);
  const again = [await queue.take(study), await queue.take(study), await queue.take(study)];
  expect(again.map((one) => one?.number)).toEqual([0, 1, undefined]);
});
