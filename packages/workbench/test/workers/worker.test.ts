import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NablaError } from "nabla";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { openStores, type Stores } from "../../src/store/open.ts";
import { findStore } from "../../src/store/store-place.ts";
import type { StudyEvent } from "../../src/studies/study-events.ts";
import { LocalExecutor } from "../../src/workers/local-executor.ts";
import { TrialPool } from "../../src/workers/pool.ts";
import { QueueExecutor } from "../../src/workers/queue-executor.ts";
import { shareData } from "../../src/workers/shared-data.ts";
import { studyData } from "../../src/workers/study-data.ts";
import { trainTrial } from "../../src/workers/train-trial.ts";
import { TrialQueue } from "../../src/workers/trial-queue.ts";
import { type WorkerEvent, type WorkOptions, work } from "../../src/workers/worker.ts";
import { penguins } from "../commands/nabla.ts";
import { expectPlain } from "../plain.ts";
import { type PostgresServer, startPostgres } from "../store/postgres.ts";
import { carryOutStudy, planSmall, recordFirst, type SmallStudy } from "./studies.ts";

let server: PostgresServer;
let folder = "";
let url = "";

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => await server[Symbol.asyncDispose]());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-work-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  url = await server.createSchema();
});

async function openAt(place: string): Promise<Stores> {
  const stores = await openStores(findStore(place, {}, folder));
  onTestFinished(async () => await stores[Symbol.asyncDispose]());
  return stores;
}

/** What a process of its own has: connections and a queue. */
async function openHere(): Promise<{ readonly stores: Stores; readonly queue: TrialQueue }> {
  const stores = await openAt(url);
  const queue = await TrialQueue.open(stores.database, { heartbeat: 10, beat: 0.2, supervise: 1 });
  onTestFinished(async () => await queue[Symbol.asyncDispose]());
  return { stores, queue };
}

interface Working {
  readonly events: readonly WorkerEvent[];
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** A worker as `nabla worker` starts it, but in this process. */
async function startWorker(options: Partial<WorkOptions> = {}): Promise<Working> {
  const { stores, queue } = await openHere();
  const events: WorkerEvent[] = [];
  const stop = new AbortController();
  const onEvent = (event: WorkerEvent) => {
    expectPlain([event]);
    events.push(event);
  };
  const ended = work({ studies: stores.studies, queue, slots: 1, signal: stop.signal, onEvent, ...options });
  ended.catch(() => {});
  onTestFinished(async () => {
    stop.abort();
    await ended.catch(() => {});
  });
  return {
    events,
    ended,
    stop: async () => {
      stop.abort();
      await ended;
    },
  };
}

/** Carries out the small study by whoever takes its trials, and by some threads of its own. */
async function tuneByQueue(small: SmallStudy, slots = 0, onChange?: (event: StudyEvent) => void) {
  const { stores, queue } = await openHere();
  const plan = await planSmall(small);
  const prepared = shareData(plan.prepared);
  const executor = new QueueExecutor({ studies: stores.studies, queue, slots, prepared });
  return await carryOutStudy(plan, executor, { ...stores, folder }, onChange);
}

async function tuneAlone(small: SmallStudy) {
  const stores = await openAt(join(folder, "alone.db"));
  const plan = await planSmall(small);
  const pool = new TrialPool({ size: 1, data: shareData(plan.prepared) });
  return await carryOutStudy(plan, new LocalExecutor({ pool, studies: stores.studies }), { ...stores, folder });
}

test("Q2 workers that take from the queue give the study that one thread gives", async () => {
  const alone = await tuneAlone({ data: penguins });
  const workers = [await startWorker(), await startWorker({ slots: 2 })];
  const shared = await tuneByQueue({ data: penguins });
  expect(shared.hash).toBe(alone.hash);
  expect(shared.decision).toEqual(alone.decision);
  const told = workers.map(({ events }) => events.flatMap((event) => (event.kind === "told" ? [event.number] : [])));
  // ten trials, and those that dev ranks with a second seed: two, and the defaults
  expect(told.flat().length).toBe(10 + (alone.decision?.finalists.length ?? 0));
  for (const one of told) expect(one.length).toBeGreaterThan(0);
});

/** A study with one trial, long enough to be looked at while it trains, and what the trial comes to undisturbed. */
async function longTrial(epochs = 4000) {
  const { stores, queue } = await openHere();
  const plan = await planSmall({ data: penguins, epochs });
  const { study, trial } = await recordFirst(plan, stores.studies);
  const look = async () => (await stores.studies.trials(study.name))[0];
  const undisturbed = async () => {
    const quiet = { clock: () => performance.now() / 1000, stopped: () => false, signal: () => {} };
    const end = await trainTrial(trial.task, plan.prepared, quiet);
    if (end.state === "stopped") throw new Error("it was stopped");
    return { value: end.value, reports: end.reports };
  };
  return { stores, queue, study, trial, look, undisturbed };
}

const patient = { interval: 20, timeout: 30_000 };

test("a worker that is told to stop gives its trial back with where it stood, and the next goes on from there", async () => {
  const { queue, study, trial, look, undisturbed, stores } = await longTrial();
  const first = await startWorker();
  await queue.put(study, [trial]);
  await expect.poll(async () => (await look())?.reports.length, patient).toBeGreaterThan(0);
  await first.stop();
  expect(first.events.map(({ kind }) => kind)).toEqual(["began", "returned"]);
  expect(await look()).toMatchObject({ status: "waiting", attempt: 1 });
  expect(await stores.studies.checkpoint(study.name, trial)).toBeInstanceOf(Uint8Array);
  const second = await startWorker();
  await expect.poll(async () => (await look())?.status, patient).toBe("done");
  expect(await look()).toMatchObject({ attempt: 2, ...(await undisturbed()) });
  await second.stop();
  expect(second.events.map(({ kind }) => kind)).toEqual(["began", "told"]);
});

test("a worker that has lost its trial writes nothing of it, and the next does it once", async () => {
  const { queue, study, trial, look, undisturbed, stores } = await longTrial();
  const slow = await startWorker();
  await queue.put(study, [trial]);
  await expect.poll(async () => (await look())?.status, patient).toBe("running");
  // As when it was silent for too long: the queue gives the trial to another, who claims it.
  await server.say(url, `update ${queueSchema(url)}.job set state = 'retry', retry_count = retry_count + 1`);
  const taken = await queue.take(study);
  if (taken === undefined) throw new Error("nothing to take");
  const claim = await stores.studies.claim(study.name, trial, { takeOver: true });
  await expect.poll(() => slow.events.map(({ kind }) => kind), patient).toEqual(["began", "lost"]);
  expect(await look()).toMatchObject({ status: "running", attempt: 2 });
  await stores.studies.release(claim);
  await queue.giveBack(study, taken);
  await expect.poll(async () => (await look())?.status, patient).toBe("done");
  expect(await look()).toMatchObject({ attempt: 3, ...(await undisturbed()) });
});

test("a trial that takes all its workers with it is told as failed in the end", async () => {
  const { queue, study, trial, look, stores } = await longTrial();
  for (let i = 0; i < 25; i++) await stores.studies.claim(study.name, trial, { takeOver: true });
  await queue.put(study, [trial]);
  const worker = await startWorker();
  await expect.poll(async () => (await look())?.status, patient).toBe("failed");
  expect(await look()).toMatchObject({
    attempt: 26,
    reason: "25 workers started it, and none finished it",
    reports: [],
  });
  await worker.stop();
  expect(worker.events.map(({ kind }) => kind)).toEqual(["began", "told"]);
});

test("a trial that is canceled is given back by whoever trains it", async () => {
  const { queue, study, trial, look } = await longTrial(100_000);
  const worker = await startWorker();
  await queue.put(study, [trial]);
  await expect.poll(async () => (await look())?.reports.length, patient).toBeGreaterThan(0);
  await queue.cancel(study, [trial]);
  await expect.poll(async () => (await look())?.status, patient).toBe("waiting");
  await expect.poll(() => worker.events.map(({ kind }) => kind), patient).toEqual(["began", "returned"]);
  expect(await queue.take(study)).toBeUndefined();
});

/** Where `TrialQueue` keeps its tables beside those of a test. */
function queueSchema(place: string): string {
  return `${/search_path%3D(\w+)/.exec(place)?.[1]}_queue`;
}

test("data is looked for where --data says, fetched from addresses once, and verified before a trial starts", async () => {
  const { study } = await longTrial();
  const elsewhere = { ...study, data: { ...study.data, path: "/nowhere/penguins.csv" } };
  const refusal = async (...given: Parameters<typeof studyData>): Promise<NablaError> =>
    await studyData(...given).then(
      () => expect.unreachable("not refused"),
      (error: NablaError) => error,
    );
  expect(await refusal(elsewhere)).toMatchObject({
    code: "worker/no-data",
    message: "the study small is about /nowhere/penguins.csv, which this machine does not have",
    hint: "--data <folder> gives the folder with its data on this machine",
  });
  const places = { data: join(folder, "data"), cache: join(folder, "cache") };
  mkdirSync(places.data);
  copyFileSync(penguins, join(places.data, "penguins.csv"));
  expect((await studyData(elsewhere, places)).train.rows).toBeGreaterThan(100);
  writeFileSync(join(places.data, "penguins.csv"), readFileSync(penguins, "utf8").replace("Adelie", "Gentoo"));
  const other = await refusal(elsewhere, places);
  expect(other).toMatchObject({
    code: "data/changed",
    message: expect.stringContaining(study.data.sha256.slice(0, 12)),
  });

  let asked = 0;
  const web = createServer((request, response) => {
    asked += 1;
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    if (pathname === "/lost.csv") response.writeHead(404).end();
    else response.end(pathname === "/other.csv" ? "a,b\n1,2\n" : readFileSync(penguins));
  }).listen(0, "127.0.0.1");
  await once(web, "listening");
  onTestFinished(() => void web.close());
  const at = (name: string) => {
    const { port } = web.address() as { port: number };
    return { ...study, data: { ...study.data, path: `http://127.0.0.1:${port}/${name}?key=s3cret` } };
  };
  expect(await refusal(at("lost.csv"), places)).toMatchObject({
    code: "data/fetch",
    message: expect.stringMatching(/\/lost\.csv: the server answers 404/),
  });
  expect((await refusal(at("other.csv"), places)).code).toBe("data/changed");
  expect((await refusal(at("lost.csv"), places)).message).not.toContain("s3cret");
  const before = asked;
  for (let i = 0; i < 2; i++) expect((await studyData(at("penguins.csv"), places)).train.rows).toBeGreaterThan(100);
  expect(asked).toBe(before + 1);
});

test("a worker leaves a study to others whose data it does not have, and ends where it is to work on no other", async () => {
  const { stores, queue, study, trial, look } = await longTrial(5);
  await stores.studies.updateStudy(study.name, { status: "stopped" });
  const lost = await stores.studies.createStudy({
    ...study,
    name: "lost",
    data: { ...study.data, path: "/nowhere/a.csv" },
  });
  const { number, repeat } = trial;
  await stores.studies.ask("lost", [{ number, repeat, units: {}, values: {} }]);
  await queue.put(lost, [trial]);
  const only = await startWorker({ study: "lost" });
  await expect(only.ended).rejects.toThrow(expect.objectContaining({ code: "worker/no-data" }));
  const any = await startWorker();
  await expect.poll(() => any.events.map(({ kind }) => kind), patient).toContain("refused");
  expect((await stores.studies.trials("lost"))[0]?.status).toBe("waiting");
  await stores.studies.resumeStudy(study.name);
  await queue.put(study, [trial]);
  await expect.poll(async () => (await look())?.status, patient).toBe("done");
  await stores.studies.updateStudy(study.name, { status: "finished" });
  await (await startWorker({ study: study.name })).ended;
  await (await startWorker({ idle: 0.2 })).ended;
});
