/**
 * What a study costs beyond its trainings: 100 planar models of 1,000 steps each, one after the other by `fit` on one
 * thread, and as a study of `nabla tune` on one and on two workers, with its store, rounds and messages. Everything is
 * warm, and all ways take turns; seconds of the processors are told too, since others may be at work on them. `node --conditions=nabla-source benchmarks/tuning-workers.ts --rounds 5 --trials 100`;
 * `--memory` carries out one study of 5,000 short trials and tells of memory.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Examples, fit } from "nabla";
import { logUniform, none, random } from "nabla/tune";
import { resolveJob } from "../packages/nabla/src/train/job.ts";
import { prepareStep } from "../packages/nabla/src/train/step.ts";
import { jobOf } from "../packages/workbench/src/experiment/resolve.ts";
import { openStores, type Stores } from "../packages/workbench/src/store/open.ts";
import { findStore } from "../packages/workbench/src/store/store-place.ts";
import type { StudyPlan } from "../packages/workbench/src/studies/study-events.ts";
import { planStudy, settledAt } from "../packages/workbench/src/studies/study-plan.ts";
import type { TrialExecutor } from "../packages/workbench/src/studies/trial-executor.ts";
import { tuneStudy } from "../packages/workbench/src/studies/tune-study.ts";
import { openExecutor } from "../packages/workbench/src/workers/open-executor.ts";
import { dataOf, workloads } from "./workloads.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    trials: { type: "string", default: "100" },
    memory: { type: "boolean", default: false },
  },
});
const TRIALS = Number(values.trials);
const ROUNDS = Number(values.rounds);
/** Rows in a step as in the workload planar, and ten steps to an epoch. */
const BATCH = 300;
const STEPS = 10;
const EPOCHS = values.memory ? 2 : 100;

process.env.NABLA_THREADS = "1";
const folder = mkdtempSync(join(tmpdir(), "nabla-tuning-"));

/** The points of the workload planar, in classes that a network can learn. */
function planarFile(): string {
  const planar = workloads.find(({ name }) => name === "planar");
  if (planar === undefined) throw new Error("there is no workload planar");
  const { inputs } = dataOf({ ...planar, rows: BATCH * (STEPS + 1) });
  const lines = ["x,y,class"];
  for (let row = 0; row < BATCH * (STEPS + 1); row++) {
    const [x = 0, y = 0] = [inputs.data[2 * row], inputs.data[2 * row + 1]];
    lines.push(`${x},${y},${Math.sin(6 * x) * Math.cos(6 * y) > 0 ? "in" : "out"}`);
  }
  const file = join(folder, "planar.csv");
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

const file = planarFile();

async function planOf(name: string, trials: number): Promise<StudyPlan> {
  const experiment = {
    ...{ data: file, target: "class", hidden: [20, 3], activation: "relu", optimizer: "gradientDescent" },
    ...{ schedule: "constant", batch: BATCH, epochs: EPOCHS, patience: EPOCHS, shuffle: false },
    split: { train: STEPS / (STEPS + 1), dev: 1 / (STEPS + 1), test: 0 },
  };
  const search = { space: { rate: logUniform(0.001, 0.3) }, sampler: random(), pruner: none(), trials };
  return await planStudy(experiment, { ...search, finalists: 1, repeats: 1, name });
}

/** Seconds on the clock, and of all processors together. */
interface Taken {
  readonly clock: number;
  readonly processors: number;
}

function stopwatch(): () => Taken {
  const [from, used] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { clock: (performance.now() - from) / 1000, processors: (user + system) / 1e6 };
  };
}

/** From the first training to the end of the last. */
async function study(plan: StudyPlan, executor: TrialExecutor, stores: Stores): Promise<Taken> {
  let taken = stopwatch();
  let [begun, last] = [false, taken()];
  for await (const event of tuneStudy(plan, { ...stores, executor, folder })) {
    if (event.kind === "begun" && !begun) [begun, taken] = [true, stopwatch()];
    if (event.kind === "ended") last = taken();
  }
  return last;
}

/** The same trainings in this thread. */
async function bare(plan: StudyPlan, trials: number): Promise<Taken> {
  const taken = stopwatch();
  for (let trial = 0; trial < trials; trial++)
    // biome-ignore lint/suspicious/noFocusedTests: it trains
    await fit({ ...jobOf(settledAt(plan, { rate: 0.01 }, trial)), train: plan.prepared.train, dev: plan.prepared.dev });
  return taken();
}

/** Steps alone, on one batch that stays in the engine's memory: no epochs, nothing measured. */
async function steps(plan: StudyPlan, trials: number): Promise<Taken> {
  const { train } = plan.prepared;
  const some = <T extends Examples["inputs"]>(array: T): T =>
    ({
      ...array,
      shape: [BATCH, ...array.shape.slice(1)],
      data: array.data.slice(0, (BATCH * array.data.length) / train.rows),
    }) as T;
  const batch = { ...train, rows: BATCH, inputs: some(train.inputs), targets: some(train.targets) };
  const taken = stopwatch();
  for (let trial = 0; trial < trials; trial++) {
    const job = resolveJob({ ...jobOf(settledAt(plan, { rate: 0.01 }, trial)), train: batch });
    const { program, feed, settings } = await prepareStep(job);
    const feeds: Record<string, Examples["inputs"] | number> = { inputs: batch.inputs, targets: batch.targets };
    feed(settings, 0, feeds);
    for (const name of ["inputs", "targets"] as const) {
      const place = await program.inputBuffer(name, feeds);
      place?.data.set(batch[name].data);
      if (place !== undefined) feeds[name] = place;
    }
    for (let step = 0; step < EPOCHS * STEPS; step++) {
      feed(settings, step, feeds);
      await program.run(feeds);
    }
  }
  return taken();
}

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1] ?? Number.NaN;
const place = findStore(join(folder, "nabla.db"), {}, folder);

if (values.memory) {
  const trials = 5000;
  await using stores = await openStores(place);
  const plan = await planOf("many", trials);
  await using executor = await openExecutor({ stores, place, workers: 2, plan });
  let ended = 0;
  const from = performance.now();
  for await (const event of tuneStudy(plan, { ...stores, executor, folder })) {
    if (event.kind !== "ended" || ++ended % 500 !== 0) continue;
    const { rss, heapUsed } = process.memoryUsage();
    const each = (performance.now() - from) / ended;
    console.log(
      `${ended} trials: ${(rss / 2 ** 20).toFixed(0)} MiB, heap ${(heapUsed / 2 ** 20).toFixed(0)} MiB, ${each.toFixed(2)} ms each`,
    );
  }
} else {
  await using stores = await openStores(place);
  const warm = await planOf("warm", 8);
  await using one = await openExecutor({ stores, place, workers: 1, plan: warm });
  await using two = await openExecutor({ stores, place, workers: 2, plan: warm });
  await study(warm, one, stores);
  await study(await planOf("warm two", 16), two, stores);
  await bare(warm, 8);
  await steps(warm, 8);
  const found: (readonly [alone: Taken, one: Taken, two: Taken, steps: Taken])[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const plans = [await planOf(`one ${round}`, TRIALS), await planOf(`two ${round}`, TRIALS)] as const;
    const alone = await bare(plans[0], TRIALS);
    const single = await study(plans[0], one, stores);
    const double = await study(plans[1], two, stores);
    const raw = await steps(plans[0], TRIALS);
    found.push([alone, single, double, raw]);
    const shown = ({ clock, processors }: Taken): string => `${clock.toFixed(2)} s (${processors.toFixed(2)})`;
    const load = loadavg()[0]?.toFixed(1);
    console.log(
      `round ${round + 1}, load ${load}: fit ${shown(alone)}, one worker ${shown(single)}, two ${shown(double)}, steps alone ${shown(raw)}`,
    );
  }
  for (const by of ["clock", "processors"] as const) {
    const ratio = (a: 0 | 1 | 2 | 3, b: 0 | 1 | 2 | 3): string =>
      median(found.map((row) => row[a][by] / row[b][by])).toFixed(2);
    const extra = median(found.map(([alone, single]) => ((single[by] - alone[by]) * 1000) / TRIALS)).toFixed(2);
    const speed = by === "clock" ? `; two workers are ${ratio(1, 2)} times as fast` : "";
    console.log(
      `${by}: one worker takes ${ratio(1, 0)} times as long as fit, ${ratio(1, 3)} times as the steps alone, ${extra} ms more a trial than fit${speed}`,
    );
  }
}
rmSync(folder, { recursive: true, force: true });
