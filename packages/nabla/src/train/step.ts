/** One training step as a compiled program: cost, gradients and updates in one. */
import type { NdArray } from "../array/ndarray.ts";
import { known } from "../base/error.ts";
import { fork, type Key, seedKey } from "../base/random.ts";
import type { Range } from "../base/range.ts";
import { compile, type Program } from "../engine/program.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Signal } from "../nn/layer.ts";
import { type BuiltModel, type ByPath, type ModelVariables, RANDOM } from "../nn/model.ts";
import { type BuiltOptimizer, RATE } from "../optim/optimizer.ts";
import type { Position } from "../optim/schedule.ts";
import type { Guard } from "./guard.ts";
import { minBatchSizeOf, type ResolvedJob } from "./job.ts";
import { MIXED, mixedShare } from "./mixup.ts";
import { modelNotices } from "./notices.ts";
import { type Adjustable, BATCH_SETTING } from "./settings.ts";
import { buildForward, buildUpdate, type ForwardGraph, SHARE, type UpdateGraph } from "./step-graph.ts";

/** A compiled step. */
export interface TrainingStep {
  readonly program: Program;
  readonly variables: ModelVariables<Signal>;
  /** States of parameters and buffers by path. */
  readonly states: ByPath<Tensor>;
  /** Averages of those that change, by path; empty where the job has no averaging. */
  readonly averages: ByPath<Tensor>;
  /** Notices for the user about the model. */
  readonly notices: readonly string[];
  /** What is kept of the latest steps. */
  readonly guard: Pick<Guard, "costs" | "sums" | "failed">;
  /** States of the optimizer by path. */
  readonly slots: ByPath<Tensor>;
  /** Settings that can change while training, by name, with their initial values. */
  readonly settings: Readonly<Record<string, number>>;
  /** The ranges of settings; a setting without one takes any number. */
  readonly ranges: Readonly<Record<string, Range>>;
  /** Writes everything but the batch into `feeds`, for the step counted from 0. */
  readonly feed: (
    settings: Readonly<Record<string, number>>,
    step: number,
    feeds: Record<string, NdArray | number>,
    moment?: Moment,
  ) => void;
  /** Intermediate tensors of the graph, to find the cause when numbers are not finite. */
  readonly parts: StepParts;
}

/** The position of a step in its epochs. Without it, all steps before had the job's own batch size. */
export interface Moment {
  /** Epochs finished. */
  readonly epoch: number;
  /** How many steps of the job's own batch size the rows so far amount to. */
  readonly passed: number;
  /** Whether it is the last step of its epoch. */
  readonly endsEpoch: boolean;
  /** The cost of each finished epoch. */
  readonly measured: readonly number[];
}

/** Tensors inside a step. */
export interface StepParts {
  readonly inputs: readonly Tensor[];
  readonly activations: ByPath<Tensor>;
  /** [batch] each, by target. */
  readonly losses: ByPath<Tensor>;
  readonly cost: Tensor;
  readonly gradients: ByPath<Tensor>;
}

/** Whether the sums of a step are kept as well as its cost, where its graph looks like this. */
type KeepsSums = (forward: ForwardGraph) => boolean;

/** Draws the parameters, builds and compiles the step. Throws the errors of layers, losses and gradient transforms. */
export async function prepareStep(job: ResolvedJob, keepsSums: KeepsSums = () => false): Promise<TrainingStep> {
  const forward = buildForward(job);
  const sums = keepsSums(forward) ? forward.objective.sums : {};
  const update = buildUpdate(job, { ...forward, sums }, forward.results);
  const inputs = [...forward.inputs, ...update.inputs];
  const program = await compile(
    { inputs, outputs: { cost: forward.results.cost }, updates: update.updates },
    job.engine === undefined ? {} : { engine: job.engine },
  );
  return { program, ...describeStep(job, forward, update) };
}

/** Metadata of a step besides its programs. */
export function describeStep(
  job: ResolvedJob,
  { variables, states, built, losses, inputs, results }: ForwardGraph,
  { optimizer, averages, guard, inputs: more }: UpdateGraph,
): Omit<TrainingStep, "program"> {
  return {
    variables,
    states,
    averages,
    guard,
    notices: modelNotices(job, variables, built),
    slots: new Map([...optimizer.slots].map(([path, [slot]]) => [path, slot])),
    ...adjustable(job, built, optimizer),
    feed: feederOf({ key: fork(seedKey(job.seed), "steps"), built, optimizer, job }),
    parts: {
      inputs: [...inputs, ...more],
      activations: built.activations,
      losses,
      cost: results.cost,
      gradients: results.gradients,
    },
  };
}

/** The feeds that a model's graph needs. */
type Fed = Pick<BuiltModel, "numbers" | "random">;

function adjustable({ penalty, model, batch }: ResolvedJob, built: Fed, optimizer: BuiltOptimizer): Adjustable {
  const settings: Record<string, number> = { ...optimizer.settings };
  const ranges: Record<string, Range> = { ...optimizer.ranges };
  const add = (name: string, value: number, range: Range): void => {
    settings[name] = value;
    ranges[name] = range;
  };
  for (const [name, value] of Object.entries(penalty?.settings ?? {})) add(`penalty.${name}`, value, { atLeast: 0 });
  for (const [name, { value, range }] of built.numbers) add(name, value, range);
  add(BATCH_SETTING, batch, { atLeast: minBatchSizeOf(model), whole: true });
  return { settings, ranges };
}

function momentOf(step: number, stepsPerEpoch: number): Moment {
  const epoch = Math.floor(step / stepsPerEpoch);
  return { epoch, passed: step, endsEpoch: (step + 1) % stepsPerEpoch === 0, measured: [] };
}

interface FeederParts {
  readonly key: Key;
  readonly built: Fed;
  readonly optimizer: BuiltOptimizer;
  readonly job: ResolvedJob;
}

/** Where a step stands, which passes on what was measured to those alone that ask for it. */
class StepPosition implements Position {
  readonly epoch: number;
  readonly step: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly #moment: Moment;

  constructor(moment: Moment, { epochs, stepsPerEpoch }: Pick<Position, "epochs" | "stepsPerEpoch">) {
    this.epoch = moment.epoch;
    this.step = moment.passed;
    this.epochs = epochs;
    this.stepsPerEpoch = stepsPerEpoch;
    this.#moment = moment;
  }

  get measured(): readonly number[] {
    return this.#moment.measured;
  }
}

/** This runs at every step: whatever can be computed in advance is computed here. */
function feederOf({ key, built, optimizer, job }: FeederParts): TrainingStep["feed"] {
  const { penalty, schedule, epochs, stepsPerEpoch, train, average, mixup } = job;
  const random = { dtype: "int32", shape: [3], data: Int32Array.of(key.seed[0], key.seed[1], 0) } as const;
  const numbers = [...built.numbers.keys()];
  const strengths = Object.keys(penalty?.settings ?? {}).map((name) => `penalty.${name}`);
  return (settings, step, feeds, moment) => {
    const now = moment ?? momentOf(step, stepsPerEpoch);
    const position = new StepPosition(now, { epochs, stepsPerEpoch });
    feeds[RATE] = known(settings[RATE], RATE) * schedule.factor(position);
    if (average !== undefined) {
      const { endsEpoch, epoch, passed, measured } = now;
      feeds[SHARE] = average.share({ epoch, step: passed, epochs, stepsPerEpoch, measured, taken: step, endsEpoch });
    }
    if (mixup !== undefined) feeds[MIXED] = mixedShare(mixup, key, step);
    for (const name of numbers) feeds[name] = known(settings[name], name);
    for (const name of strengths)
      feeds[name] = known(penalty, "the penalty").fed(known(settings[name], name), train.rows);
    if (built.random !== undefined) {
      random.data[2] = step;
      feeds[RANDOM] = random;
    }
    optimizer.feed(settings, step + 1, feeds);
  };
}
