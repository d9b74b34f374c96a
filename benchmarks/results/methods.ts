/** What nabla is asked for, as its commands do it: a model of the train file, then its answers for the test rows. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  type Experiment,
  ensembleRuns,
  findStore,
  loadTrained,
  openExecutor,
  openStore,
  openStores,
  planStudy,
  planWithoutLeaks,
  predictFile,
  type TrainedModel,
  trainFile,
  tuneStudy,
  untilGood,
} from "@nabla/workbench";
import { drain } from "nabla";
import { type Measured, measureClasses, measureNumbers } from "./measures.ts";
import { columnIn, type TableEntry } from "./tables.ts";

export interface MethodOptions {
  readonly experiment: Experiment;
  /** Where stores and models lie meanwhile. */
  readonly folder: string;
  /** Seconds for `until-good` and `tune`. */
  readonly time: number;
}

/** Members of the ensemble: runs that differ in their seeds and share their parts. */
const MEMBERS = 5;

/** Trials of a study. */
const TRIALS = 30;

/** Each gives the folder of the model that it ends with. */
const methods = {
  /** `nabla train` */
  default: async ({ experiment, folder }) => {
    await using store = await openStore(join(folder, "nabla.db"));
    return (await drain(trainFile(experiment, { store, folder }))).model;
  },
  /** `nabla train --split 100/0/0`: no rows are kept for a test of nabla's own, so that it learns all that the peers learn. */
  "all-rows": async ({ experiment, folder }) => {
    await using store = await openStore(join(folder, "nabla.db"));
    const split = { train: 1, dev: 0, test: 0 };
    return (await drain(trainFile({ ...experiment, split }, { store, folder }))).model;
  },
  /** `nabla train --until-good --time` */
  "until-good": async ({ experiment, folder, time }) => {
    await using store = await openStore(join(folder, "nabla.db"));
    const plan = await planWithoutLeaks({ ...experiment, time });
    return (await drain(untilGood(plan, { store, folder }))).model;
  },
  /** `nabla tune --trials 30 --time` */
  tune: async ({ experiment, folder, time }) => {
    const plan = await planStudy(experiment, { trials: TRIALS });
    const place = findStore(join(folder, "nabla.db"), {}, folder);
    await using stores = await openStores(place);
    await using executor = await openExecutor({ stores, place, workers: 1, plan });
    const { runs, studies } = stores;
    return (await drain(tuneStudy(plan, { runs, studies, executor, time, folder }))).model;
  },
  /** Five `nabla train` with a common `--split-seed`, and `nabla ensemble` of them. */
  ensemble: async ({ experiment, folder }) => {
    await using store = await openStore(join(folder, "nabla.db"));
    const { seed = 1 } = experiment;
    const runs: string[] = [];
    for (let member = 0; member < MEMBERS; member++) {
      const one = { ...experiment, splitSeed: seed, seed: seed + member };
      runs.push((await drain(trainFile(one, { store, folder }))).run);
    }
    return (await ensembleRuns(runs, { store, output: join(folder, "ensemble") })).output;
  },
} satisfies Readonly<Record<string, (options: MethodOptions) => Promise<string | undefined>>>;

export type Method = keyof typeof methods;

export const methodNames = Object.keys(methods) as readonly Method[];

/** One training to be measured. */
export interface Assignment {
  readonly entry: Pick<TableEntry, "name" | "target" | "task">;
  readonly method: Method;
  readonly seed: number;
  readonly train: string;
  readonly test: string;
  readonly folder: string;
  readonly time: number;
}

export interface Measurement extends Measured {
  readonly seconds: number;
  /** Why there was no model: the measures are those of the constant answer then. */
  readonly failed?: string;
}

/** Trains by a method and measures the model on the test rows, which nothing else has read. */
export async function measureMethod(assignment: Assignment): Promise<Measurement> {
  const { entry, method, seed, train, test, folder, time } = assignment;
  const { target, task } = entry;
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const truth = columnIn(test, target);
  try {
    const model = await methods[method]({ experiment: { data: train, target, task, seed }, folder, time });
    const taken = seconds();
    if (model === undefined) throw new Error("no model was kept");
    return { ...(await measureModel(await loadTrained(model), test, truth)), seconds: taken };
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    return { ...measureConstant(columnIn(train, target), truth, task), seconds: seconds(), failed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureModel(model: TrainedModel, test: string, truth: readonly string[]): Promise<Measured> {
  const predicted = await predictFile(model, test);
  const rows: (readonly (string | number)[])[] = [];
  for await (const chunk of predicted.chunks) rows.push(...chunk);
  if (rows.length !== truth.length) throw new Error(`${rows.length} predictions for ${truth.length} rows`);
  const { target } = model.preparation;
  if (!("classes" in target))
    return measureNumbers(
      rows.map(([answer]) => Number(answer)),
      truth.map(Number),
    );
  return measureClasses({ classes: target.classes, probabilities: rows.map((row) => row.slice(1).map(Number)) }, truth);
}

/** What the most frequent class, or the mean, would come to. */
function measureConstant(learned: readonly string[], truth: readonly string[], task: TableEntry["task"]): Measured {
  if (task === "regression") {
    const mean = learned.reduce((sum, cell) => sum + Number(cell), 0) / learned.length;
    return measureNumbers(
      truth.map(() => mean),
      truth.map(Number),
    );
  }
  const counts = [...Map.groupBy(learned, (name) => name)].map(([name, those]) => [name, those.length] as const);
  const shares = counts.map(([, count]) => count / learned.length);
  return measureClasses({ classes: counts.map(([name]) => name), probabilities: truth.map(() => shares) }, truth);
}
