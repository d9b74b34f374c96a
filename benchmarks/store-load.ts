/**
 * What a PostgreSQL store bears: simulated workers do all that real ones do but train. Each takes a trial from the queue,
 * claims it, gives signs of how it stands, one of them with a checkpoint, tells the result, and takes the next at once.
 *
 *   node --conditions=nabla-source benchmarks/store-load.ts --workers 200 --seconds 20
 *
 * A server is started for it, with its usual durability; `--store postgres://…` names another, whose database must be
 * empty. `--connections 200,20` measures with so many connections in all: one for each worker, or shared as PgBouncer does.
 */
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openStores } from "../packages/workbench/src/store/open.ts";
import { findStore } from "../packages/workbench/src/store/store-place.ts";
import { type QueuedTrial, TrialQueue } from "../packages/workbench/src/workers/trial-queue.ts";
import { startPostgres } from "../packages/workbench/test/store/postgres.ts";

const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "200" },
    seconds: { type: "string", default: "20" },
    signs: { type: "string", default: "10" },
    checkpoint: { type: "string", default: "100000" },
    connections: { type: "string", default: "200,20" },
    store: { type: "string" },
  },
});
const [workers, seconds, signs] = [Number(values.workers), Number(values.seconds), Number(values.signs)];
const checkpoint = new Uint8Array(Number(values.checkpoint)).fill(7);
const started = values.store === undefined ? await startPostgres(["max_connections=400"]) : undefined;

interface Figures {
  readonly trials: number;
  /** Transactions that wrote, and rows that they wrote. */
  readonly writes: number;
  readonly rows: number;
  /** Seconds of each sign. */
  readonly waits: readonly number[];
  /** Seconds in which the trials were asked for and put into the queue. */
  readonly asking: number;
  readonly asked: number;
}

/** One measurement: `count` connections in all. */
async function measure(place: string, count: number): Promise<Figures> {
  const shared = Math.min(count, workers);
  const groups = await Promise.all(
    Array.from({ length: count < workers ? 1 : workers }, () => open(place, count < workers ? shared : 1)),
  );
  const [first] = groups;
  if (first === undefined) throw new Error("no workers");
  const study = await first.stores.studies.createStudy(draft(`load-${count}-${Date.now()}`));
  const asked = 400 * seconds;
  const trials = Array.from({ length: asked }, (_, number): QueuedTrial => ({ number, repeat: 0, task: task() }));
  const before = performance.now();
  for (let from = 0; from < asked; from += 1000) {
    const some = trials.slice(from, from + 1000);
    await first.stores.studies.ask(
      study.name,
      some.map(({ number, repeat }) => ({ number, repeat, units: { rate: 0.5 }, values: { rate: 0.01 } })),
    );
    await first.queue.put(study, some);
  }
  const asking = (performance.now() - before) / 1000;
  const totals = { trials: 0, writes: 0, rows: 0 };
  const waits: number[] = [];
  const end = performance.now() + 1000 * seconds;
  const work = async ({ stores, queue }: Opened): Promise<void> => {
    while (performance.now() < end) {
      const taken = await queue.take(study);
      if (taken === undefined) return;
      const claim = await stores.studies.claim(study.name, taken, { takeOver: true });
      await stores.studies.checkpoint(study.name, taken);
      for (let sign = 1; sign <= signs && performance.now() < end; sign++) {
        const reports = Array.from({ length: 2 * sign }, (_, i) => ({ step: i, value: 1 / (i + 1) }));
        const saved = sign === signs;
        const from = performance.now();
        await stores.studies.heartbeat(claim, { reports, ...(saved ? { checkpoint } : {}) });
        waits.push((performance.now() - from) / 1000);
        totals.writes += 1;
        totals.rows += saved ? 2 : 1;
      }
      await stores.studies.tell(claim, { state: "done", value: 0.1, reports: [], seconds: 1 });
      await queue.end(study, taken);
      totals.trials += 1;
      // Taking and ending change a row of the queue each, the claim one of the trials, and telling two.
      totals.writes += 4;
      totals.rows += 5;
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, i) => work(groups[i % groups.length] ?? first)));
  for (const { stores, queue } of groups) {
    await queue[Symbol.asyncDispose]();
    await stores[Symbol.asyncDispose]();
  }
  return { ...totals, waits, asking, asked };
}

type Opened = Awaited<ReturnType<typeof open>>;

async function open(place: string, connections: number) {
  const stores = await openStores(findStore(place, {}, "/"), { connections, patience: 60_000 });
  return { stores, queue: await TrialQueue.open(stores.database) };
}

function draft(name: string) {
  const rows = { train: 60, dev: 20, test: 20 };
  const plain = { definition: {}, experiment: {}, plan: {}, version: "0", task: "classification", target: "y" };
  return { name, ...plain, rows, data: { path: "data.csv", sha256: "0".repeat(64) } };
}

/** As large as the task of a small network. */
function task(): QueuedTrial["task"] {
  return { settled: { epochs: 50, filler: "x".repeat(1500) } as never };
}

function report(count: number, { trials, writes, rows, waits, asking, asked }: Figures): string {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    `${(1000 * (sorted[Math.floor(share * (sorted.length - 1))] ?? 0)).toFixed(0)} ms`;
  const each = (amount: number): string => Math.round(amount / seconds).toLocaleString("en");
  const cells = [
    count,
    each(trials),
    each(writes),
    each(rows),
    at(0.5),
    at(0.95),
    Math.round(asked / asking).toLocaleString("en"),
  ];
  return `| ${cells.join(" | ")} |`;
}

const place = values.store ?? (await started?.create()) ?? "";
console.log(
  `${workers} simulated workers, ${signs} signs a trial, one of ${checkpoint.length} bytes, ${seconds} s each\n`,
);
console.log("| connections | trials/s | writes/s | rows/s | sign, median | sign, 95% | asked and queued/s |");
console.log("|---|---|---|---|---|---|---|");
for (const count of values.connections.split(",").map(Number)) {
  console.log(report(count, await measure(place, count)));
  await setTimeout(100);
}
await started?.[Symbol.asyncDispose]();
