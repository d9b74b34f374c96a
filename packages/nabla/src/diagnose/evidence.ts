/** What is inspected before a remedy is chosen: rows, inputs, layers, curves and rates of one training. */
import { compact } from "../base/compact.ts";
import { NablaError } from "../base/error.ts";
import type { Examples } from "../data/examples.ts";
import { findRate } from "../train/find-rate.ts";
import { examplesFrom, type Job } from "../train/job.ts";
import type { Run } from "../train/run.ts";
import { type DiagnoseOptions, type Diagnosis, diagnose } from "./diagnose.ts";
import { type Health, health } from "./health.ts";
import { inMemory, type JobPlan, planOf } from "./job-patch.ts";
import { type RowResults, rowResults } from "./row-results.ts";

/** What every input shows in the training rows. */
export interface InputFacts {
  /** The largest standard deviation of an input divided by the smallest that is not 0. */
  readonly spread: number;
  /** The largest standard deviation. */
  readonly deviation: number;
  /** The largest mean, in standard deviations of its input. */
  readonly offset: number;
  /** Whether examples are lists of numbers and not images. */
  readonly flat: boolean;
}

/** Something that the data checks found, with what to do about it. */
export interface DataFinding {
  readonly code: "data/leakage" | "data/drift";
  readonly because: string;
  /** Inputs to leave out, by place; for leakage. */
  readonly without?: readonly number[];
}

/** Everything that a recipe is made from; plain data but for the rows. */
export interface Evidence {
  readonly plan: JobPlan;
  readonly diagnosis: Diagnosis;
  readonly run: Pick<Run, "history" | "reason" | "steps" | "epochs">;
  readonly rows: { readonly train: number; readonly dev: number };
  readonly stepsPerEpoch: number;
  readonly inputs: InputFacts;
  /** The network at initialization and after training. */
  readonly atInit: Health;
  readonly atEnd: Health;
  /** Learning rates to start with, where a rate search ran: the steepest, and the highest that still helped. */
  readonly rate?: { readonly now: number; readonly best: number; readonly highest: number };
  readonly rowResults: { readonly train: RowResults; readonly dev?: RowResults };
  readonly data: readonly DataFinding[];
}

export interface ExamineOptions extends Pick<DiagnoseOptions, "balanced" | "rowResults"> {
  readonly human?: number;
  /** The error of always answering the same. */
  readonly baseline?: number;
  /** An inspection of the parts, for leakage and drift: `lookAtParts`, or none. */
  readonly look?: (train: Examples, dev: Examples) => Promise<readonly DataFinding[]> | readonly DataFinding[];
  /** Whether there is time to search for a learning rate, which costs a hundred steps. Default yes. */
  readonly hurry?: () => boolean;
}

const FEW_ROWS = 256;

/** Collects all evidence about a finished training run. Throws `diagnose/stored` for rows that are not in memory. */
export async function examine(
  job: Job,
  run: Run,
  { human = 0, baseline, balanced, rowResults: given, look, hurry = () => false }: ExamineOptions = {},
): Promise<Evidence> {
  const train = inMemory(job.train);
  if (train === undefined)
    throw new NablaError("diagnose/stored", "only rows in memory can be diagnosed", "take a sample of them");
  const dev = job.dev === undefined ? undefined : examplesFrom(job.dev);
  const engine = compact({ engine: job.engine });
  const seen =
    given ??
    compact({
      train: await rowResults(run.trained, train, engine),
      dev: dev === undefined ? undefined : await rowResults(run.trained, dev, engine),
    });
  const diagnosis = diagnose(run, compact({ human, baseline, balanced, rowResults: seen }));
  const options = compact({ rows: FEW_ROWS, seed: job.seed, ...engine });
  const { model, loss } = job;
  const batch = Math.min(job.batch ?? planOf(job).batch, train.rows);
  const rate = diagnosis.bias === "low" || hurry() ? undefined : await rateOf(job);
  return compact({
    plan: planOf(job),
    diagnosis,
    run: { history: run.history, reason: run.reason, steps: run.steps, epochs: run.epochs },
    rows: { train: train.rows, dev: dev?.rows ?? 0 },
    stepsPerEpoch: Math.ceil(train.rows / batch),
    inputs: inputFacts(train),
    atInit: await health({ model, loss }, train, options),
    atEnd: await health({ model, loss, weights: run.trained.weights }, train, options),
    rate,
    rowResults: seen,
    data: look === undefined || dev === undefined ? [] : await look(train, dev),
  });
}

async function rateOf(job: Job): Promise<Evidence["rate"]> {
  const { rate: best, highest } = await findRate(job, { from: 1e-5, steps: 80 });
  return Number.isFinite(best) ? { now: job.optimizer.rate, best, highest } : undefined;
}

function inputFacts({ inputs: { data, shape }, rows }: Examples): InputFacts {
  const flat = shape.length === 2;
  const width = flat ? (shape[1] ?? 1) : data.length / Math.max(1, rows);
  const means = new Float64Array(width);
  for (let i = 0; i < data.length; i++) means[i % width] = (means[i % width] ?? 0) + (data[i] ?? 0) / rows;
  const squares = new Float64Array(width);
  for (let i = 0; i < data.length; i++)
    squares[i % width] = (squares[i % width] ?? 0) + ((data[i] ?? 0) - (means[i % width] ?? 0)) ** 2 / rows;
  const deviations = squares.map(Math.sqrt);
  const moving = deviations.filter((deviation) => deviation > 0);
  const [most, least] = [Math.max(0, ...moving), Math.min(Number.POSITIVE_INFINITY, ...moving)];
  const offsets = Array.from(means, (mean, i) => (deviations[i] === 0 ? 0 : Math.abs(mean) / (deviations[i] ?? 1)));
  return {
    spread: moving.length === 0 ? 1 : most / least,
    deviation: most,
    offset: Math.max(0, ...offsets),
    flat,
  };
}
