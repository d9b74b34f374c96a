/** Inspects one training before a remedy is chosen: rows, inputs, layers, curves, rates, and where that explains nothing other models. */
import type { NdArray } from "../array/ndarray.ts";
import { compact } from "../base/compact.ts";
import { NablaError } from "../base/error.ts";
import { fork, seedKey } from "../base/random.ts";
import type { Examples } from "../data/examples.ts";
import { type ByPath, initModel } from "../nn/model.ts";
import { measureFrom } from "../train/deciding/kinds.ts";
import { defaults } from "../train/defaults.ts";
import { findRate } from "../train/find-rate.ts";
import { initFrom } from "../train/given-weights.ts";
import { examplesFrom, type Job } from "../train/job.ts";
import type { Run } from "../train/run.ts";
import { atFloor, floorEvidence } from "./at-floor.ts";
import type { TimeLimit } from "./baselines.ts";
import { looksUp } from "./change-model.ts";
import { stillFalling } from "./curves.ts";
import { type DiagnoseOptions, diagnose } from "./diagnose.ts";
import type { DataFinding, Evidence, InputFacts } from "./evidence-facts.ts";
import { health } from "./health.ts";
import { inMemory, planOf } from "./job-patch.ts";
import { comparePeers } from "./peers.ts";
import { remedies } from "./remedies.ts";
import { rowResults } from "./row-results.ts";

export type { DataFinding, Evidence, InputFacts } from "./evidence-facts.ts";

/** Options of `examine`. */
export interface ExamineOptions extends Pick<DiagnoseOptions, "measure" | "rowResults"> {
  /** The human-level error, as for `diagnose`; 0 by default. */
  readonly human?: number;
  /** The error of always answering the same; unknown by default. */
  readonly baseline?: number;
  /** An inspection of the parts, for leakage and drift: `lookAtParts`. Default: none. */
  readonly look?: (train: Examples, dev: Examples) => Promise<readonly DataFinding[]> | readonly DataFinding[];
  /** Whether there is time to search for a learning rate, which costs a hundred steps. Default yes. */
  readonly hurry?: () => boolean;
  /** Seconds that other models may be trained for, by this clock. Default: as long as they take. */
  readonly peers?: TimeLimit | undefined;
  /** What the verdict calls the two errors, as for `diagnose`; "train error" and "dev error" by default. */
  readonly names?: DiagnoseOptions["names"];
}

const FEW_ROWS = 256;

/** Collects all evidence about a finished training run. Throws `diagnose/stored` for rows that are not in memory. */
export async function examine(
  job: Job,
  run: Run,
  { human = 0, baseline, measure, rowResults: given, look, hurry = () => false, peers, names }: ExamineOptions = {},
): Promise<Evidence> {
  const train = inMemory(job.train);
  if (train === undefined)
    throw new NablaError("diagnose/stored", "only rows in memory can be diagnosed", "take a sample of them");
  const dev = job.dev === undefined ? undefined : examplesFrom(job.dev);
  const engine = compact({ engine: job.engine });
  const { model, loss } = job;
  const seen =
    given ??
    compact({
      train: await rowResults(run.trained, train, engine),
      dev: dev === undefined ? undefined : await rowResults(run.trained, dev, engine),
    });
  const asked = measure ?? (loss.heads === undefined ? job.measure : undefined);
  const diagnosis = diagnose(run, compact({ human, baseline, measure: asked, rowResults: seen, names }));
  const options = compact({ rows: FEW_ROWS, seed: job.seed, ...engine });
  const batch = Math.min(job.batch ?? planOf(job).batch, train.rows);
  const plan = planOf(job);
  // most codes do not occur in the few batches of a rate search, and codes are no measures of anything
  const coded = looksUp(plan.model);
  const rate = diagnosis.bias === "low" || coded || hurry() ? undefined : await rateOf(job);
  const begun = job.weights !== undefined && job.weights.size > 0;
  const found: Evidence = compact({
    plan,
    diagnosis,
    run: { history: run.history, reason: run.reason, steps: run.steps, epochs: run.epochs },
    rows: { train: train.rows, dev: dev?.rows ?? 0 },
    stepsPerEpoch: Math.ceil(train.rows / batch),
    inputs: inputFacts(train),
    atInit: await health(compact({ model, loss, weights: begun ? initialOf(job, train) : undefined }), train, options),
    atEnd: await health({ model, loss, weights: run.trained.weights }, train, options),
    rate,
    rowResults: seen,
    data: look === undefined || dev === undefined || coded ? [] : await look(train, dev),
    moved: movedShare(job, run, train),
    begun: begun ? true : undefined,
  });
  if (dev === undefined || hurry() || !isUnexplained(found)) return found;
  const own = given === undefined ? seen.dev : await rowResults(run.trained, dev, engine);
  const others =
    own === undefined
      ? undefined
      : await comparePeers(job, { train, dev, own, measure: measureFrom(diagnosis.measure) }, peers);
  if (others === undefined) return found;
  const floor = floorEvidence(others, diagnosis.variance);
  return { ...found, peers: others, diagnosis: floor === undefined ? diagnosis : atFloor(diagnosis, floor) };
}

/** Whether a network errs and nothing in its training says why. */
function isUnexplained(evidence: Evidence): boolean {
  const { bias, variance } = evidence.diagnosis;
  if ((bias !== "high" && variance !== "high") || evidence.run.reason === "diverged") return false;
  return stillFalling(evidence) === undefined && remedies.every(({ shows }) => shows(evidence) === undefined);
}

/** The distance of the weights from those that they started as, divided by the length of those. */
function movedShare(job: Job, { trained }: Run, train: Examples): number {
  let [way, length] = [0, 0];
  for (const [path, { data }] of initialOf(job, train)) {
    const after = trained.weights.get(path)?.data ?? data;
    for (let i = 0; i < data.length; i++) {
      way += ((after[i] ?? 0) - (data[i] ?? 0)) ** 2;
      length += (data[i] ?? 0) ** 2;
    }
  }
  return length > 0 ? Math.sqrt(way / length) : Number.POSITIVE_INFINITY;
}

/** The parameters and buffers that a job begins with. */
function initialOf({ model, weights = new Map(), seed = defaults.seed }: Job, train: Examples): ByPath<NdArray> {
  const drawn = initModel(model, train.inputs.shape.slice(1), fork(seedKey(seed), "parameters"));
  const { parameters, buffers } = initFrom(drawn, weights);
  return new Map([...parameters, ...buffers]);
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
