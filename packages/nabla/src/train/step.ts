/** One training step as a compiled program: cost, gradients and updates in one. */
import type { NdArray } from "../array/ndarray.ts";
import { known } from "../base/error.ts";
import type { Range } from "../base/fields.ts";
import { fork, type Key, seedKey } from "../base/random.ts";
import { compile, type Program } from "../engine/program.ts";
import { abs, add, lessEqual, multiply, select, subtract } from "../graph/elementwise.ts";
import { grad } from "../graph/grad.ts";
import { input, state } from "../graph/leaf.ts";
import { mean } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type BuiltModel, type ByPath, buildModel, initModel, type ModelVariables, RANDOM } from "../nn/model.ts";
import type { Penalty } from "../nn/penalty.ts";
import { type BuiltOptimizer, buildOptimizer, RATE } from "../optim/optimizer.ts";
import { initFrom } from "./given-weights.ts";
import { minBatchSizeOf, type ResolvedJob } from "./job.ts";
import { fedInputs, inputsFor } from "./measures.ts";
import { MIXED, mixedShare, mixture } from "./mixup.ts";
import { modelNotices } from "./notices.ts";
import { type Adjustable, BATCH } from "./settings.ts";

/** The largest float32. */
const LARGEST = 3.4028234663852886e38;

/** A step made ready. */
export interface TrainingStep {
  readonly program: Program;
  readonly variables: ModelVariables;
  /** States of parameters and buffers by path. */
  readonly states: ByPath<Tensor>;
  /** Averages of them by path; empty where the job averages nothing. */
  readonly averages: ByPath<Tensor>;
  /** What the user should know of the model. */
  readonly notices: readonly string[];
  /** States of the optimizer by path. */
  readonly slots: ByPath<Tensor>;
  /** Numbers that may change while training, by name, and what they begin as. */
  readonly settings: Readonly<Record<string, number>>;
  /** What settings may become; any number where nothing is said. */
  readonly ranges: Readonly<Record<string, Range>>;
  /** Writes everything but the batch into `feeds`, for the step counted from 0. */
  readonly feed: (
    settings: Readonly<Record<string, number>>,
    step: number,
    feeds: Record<string, NdArray | number>,
    moment?: Moment,
  ) => void;
  /** What the graph computes on the way, to look for the cause when numbers go wrong. */
  readonly parts: StepParts;
}

/** Where in its epochs a step lies. Without it, all steps before had the job's own batch. */
export interface Moment {
  /** Epochs finished. */
  readonly epoch: number;
  /** Steps that the rows so far make in the job's own batch. */
  readonly passed: number;
  /** Whether it is the last step of its epoch. */
  readonly endsEpoch: boolean;
  /** What each finished epoch cost. */
  readonly measured: readonly number[];
}

/** Tensors inside a step. */
export interface StepParts {
  readonly inputs: readonly Tensor[];
  readonly activations: ByPath<Tensor>;
  readonly losses: Tensor;
  readonly cost: Tensor;
  readonly gradients: ByPath<Tensor>;
}

/** Draws the parameters, builds and compiles the step. Throws the errors of layers, losses and transforms. */
export async function prepareStep(job: ResolvedJob): Promise<TrainingStep> {
  const key = seedKey(job.seed);
  const drawn = initModel(job.model, job.train.inputs.shape.slice(1), fork(key, "parameters"));
  const variables = initFrom(drawn, job.weights);
  job.loss.admit(["batch", ...variables.shape], job.train.targets);
  const states = new Map(
    [...variables.parameters, ...variables.buffers].map(([path, array]) => [path, state(path, array)]),
  );
  const parameters = new Map([...states].filter(([path]) => variables.parameters.has(path)));
  const { x, y } = inputsFor(job.train);
  const mixed = job.mixup === undefined ? undefined : mixture(x, y);
  const built = buildModel(job.model, mixed?.x ?? x, { variables: states, mode: "train" });
  const of = (targets: Tensor): Tensor => job.loss.loss(built.output, targets);
  const losses = mixed?.losses(of) ?? of(y);
  const fed = penaltyInputs(job.penalty);
  const cost = withPenalty(mean(losses), job.penalty, parameters, fed);
  // a penalty that acts behind the step is told of in the cost, but not descended
  const descended = job.penalty?.shrink === undefined ? cost : mean(losses);
  const gradients = byPath(parameters, grad(descended, [...parameters.values()]));
  const shrink = job.penalty?.shrink ?? ((to: Tensor) => to);
  const strength = (name: string): Tensor => known(fed.get(name), name);
  const optimizer = buildOptimizer(job.optimizer, parameters, gradients, (to, path, rate) =>
    shrink(to, path, strength, rate),
  );
  const share = input(SHARE, []);
  const averages = averagesOf(job, variables);
  const inputs = [
    ...[x, y, ...fedInputs(built), ...fed.values(), ...optimizer.inputs.values()],
    ...(mixed === undefined ? [] : [mixed.share]),
    ...(averages.size === 0 ? [] : [share]),
  ];
  const next = new Map([...optimizer.parameters, ...built.buffers]);
  const changes = guarded(
    cost,
    [...states].flatMap(([path, tensor]) => pairs(tensor, next.get(path))),
  );
  const updates = [...changes, ...blended(averages, states, changes, share), ...optimizer.slots.values()];
  const program = await compile(
    { inputs, outputs: { cost }, updates },
    job.engine === undefined ? {} : { engine: job.engine },
  );
  return {
    program,
    variables,
    states,
    averages,
    notices: modelNotices(job, variables, built),
    slots: new Map([...optimizer.slots].map(([path, [slot]]) => [path, slot])),
    ...adjustable(job, built, optimizer),
    feed: feederOf({ key: fork(key, "steps"), built, optimizer, job }),
    parts: { inputs, activations: built.activations, losses, cost, gradients },
  };
}

type Updates = readonly (readonly [state: Tensor, next: Tensor])[];

/**
 * A cost that is no number changes no parameter, so that those before it can be kept and looked at. What the optimizer
 * remembers is lost then, but a training that went wrong does not go on: guarding it too would make a step 3 % longer.
 */
function guarded(cost: Tensor, updates: Updates): Updates {
  const good = lessEqual(abs(cost), LARGEST);
  return updates.map(([kept, next]) => [kept, select(good, next, kept)]);
}

/** The name of the input for the share of the newest weights in their average. */
const SHARE = "average.share";

function averagesOf({ average }: ResolvedJob, { parameters, buffers }: ModelVariables): ByPath<Tensor> {
  if (average === undefined) return new Map();
  return new Map([...parameters, ...buffers].map(([path, array]) => [path, state(`average.${path}`, array)]));
}

/** average · (1 - share) + newest · share, which is exact where the share is 0 or 1. */
function blended(averages: ByPath<Tensor>, kept: ByPath<Tensor>, changes: Updates, share: Tensor): Updates {
  const newest = new Map(changes);
  return [...averages].map(([path, average]) => {
    const own = known(kept.get(path), path);
    return [average, add(multiply(average, subtract(1, share)), multiply(newest.get(own) ?? own, share))];
  });
}

function pairs(kept: Tensor, next: Tensor | undefined): Updates {
  return next === undefined ? [] : [[kept, next]];
}

function byPath(parameters: ByPath<Tensor>, gradients: readonly Tensor[]): ByPath<Tensor> {
  return new Map(
    [...parameters.keys()].flatMap((path, i): [string, Tensor][] =>
      gradients[i] === undefined ? [] : [[path, gradients[i]]],
    ),
  );
}

function penaltyInputs(penalty: Penalty | undefined): ByPath<Tensor> {
  return new Map(Object.keys(penalty?.settings ?? {}).map((name) => [name, input(`penalty.${name}`, [])]));
}

function withPenalty(
  cost: Tensor,
  penalty: Penalty | undefined,
  parameters: ByPath<Tensor>,
  fed: ByPath<Tensor>,
): Tensor {
  if (penalty === undefined) return cost;
  return add(
    cost,
    penalty.cost(parameters, (name) => fed.get(name) ?? input(`penalty.${name}`, [])),
  );
}

function adjustable({ penalty, model, batch }: ResolvedJob, built: BuiltModel, optimizer: BuiltOptimizer): Adjustable {
  const settings: Record<string, number> = { ...optimizer.settings };
  const ranges: Record<string, Range> = { ...optimizer.ranges };
  const add = (name: string, value: number, range: Range): void => {
    settings[name] = value;
    ranges[name] = range;
  };
  for (const [name, value] of Object.entries(penalty?.settings ?? {})) add(`penalty.${name}`, value, { atLeast: 0 });
  for (const [name, { value, range }] of built.numbers) add(name, value, range);
  add(BATCH, batch, { atLeast: minBatchSizeOf(model), whole: true });
  return { settings, ranges };
}

function momentOf(step: number, stepsPerEpoch: number): Moment {
  const epoch = Math.floor(step / stepsPerEpoch);
  return { epoch, passed: step, endsEpoch: (step + 1) % stepsPerEpoch === 0, measured: [] };
}

interface FeederParts {
  readonly key: Key;
  readonly built: BuiltModel;
  readonly optimizer: BuiltOptimizer;
  readonly job: ResolvedJob;
}

/** This runs at every step: what can be settled before is settled here. */
function feederOf({ key, built, optimizer, job }: FeederParts): TrainingStep["feed"] {
  const { penalty, schedule, epochs, stepsPerEpoch, train, average, mixup } = job;
  const random = { dtype: "int32", shape: [3], data: Int32Array.of(key.seed[0], key.seed[1], 0) } as const;
  const numbers = [...built.numbers.keys()];
  const strengths = Object.keys(penalty?.settings ?? {}).map((name) => `penalty.${name}`);
  return (settings, step, feeds, moment) => {
    const { passed, epoch, endsEpoch, measured } = moment ?? momentOf(step, stepsPerEpoch);
    const position = { step: passed, epoch, epochs, stepsPerEpoch, measured };
    feeds[RATE] = (settings[RATE] ?? 0) * schedule.factor(position);
    if (average !== undefined) feeds[SHARE] = average.share({ ...position, taken: step, endsEpoch });
    if (mixup !== undefined) feeds[MIXED] = mixedShare(mixup, key, step);
    for (let i = 0; i < numbers.length; i++) feeds[numbers[i] ?? ""] = settings[numbers[i] ?? ""] ?? 0;
    for (const name of strengths) feeds[name] = penalty?.fed(settings[name] ?? 0, train.rows) ?? 0;
    if (built.random !== undefined) {
      random.data[2] = step;
      feeds[RANDOM] = random;
    }
    optimizer.feed(settings, step + 1, feeds);
  };
}
