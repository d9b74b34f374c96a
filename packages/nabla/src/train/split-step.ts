import type { NdArray } from "../array/ndarray.ts";
import { known } from "../base/error.ts";
import type { AnyExamples } from "../data/examples.ts";
import { compile, type Feeds, type Program } from "../engine/program.ts";
import { input, nameOf } from "../graph/leaf.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Signal } from "../nn/layer.ts";
import type { ByPath } from "../nn/model.ts";
import { feedExamples } from "./example-inputs.ts";
import { type Job, resolveJob } from "./job.ts";
import { describeStep, type Moment, type TrainingStep } from "./step.ts";
import { type BatchResults, buildForward, buildUpdate } from "./step-graph.ts";

/** The number of a step, and its settings. */
export interface StepPosition {
  /** Counted from 0. */
  readonly step: number;
  /** Default: those of the job. */
  readonly settings?: Readonly<Record<string, number>>;
  /** The position of the step in its epochs. Default: as if all steps had the job's own batch size. */
  readonly moment?: Moment;
}

/** A training step in two halves, with the gradients in between. */
export interface SplitStep extends Omit<TrainingStep, "program"> {
  /** The gradients of a batch. Changes no state: compute them for as many batches as you like. */
  readonly gradients: (
    batch: Pick<AnyExamples, "inputs" | "targets" | "mask">,
    position: StepPosition,
  ) => Promise<BatchResults<number, NdArray>>;
  /**
   * Updates parameters, buffers, averages and optimizer state, from the results of one batch or the means of several.
   */
  readonly update: (results: BatchResults<number, NdArray>, position: StepPosition) => Promise<void>;
  /** The program of the first half; the states of both are read and written through it. */
  readonly program: Program;
}

/**
 * Compiles a training step as two programs: forward and backward pass, and update. To train on several machines,
 * average the gradients between the two (all-reduce); without that the bits are those of one step. Throws what `fit`
 * throws for a job that cannot be trained.
 */
export async function splitStep<In extends Signal, Out extends Signal>(job: Job<In, Out>): Promise<SplitStep> {
  const resolved = resolveJob(job);
  const forward = buildForward(resolved);
  const { results, inputs, strengths } = forward;
  const given: BatchResults<Tensor, Tensor> = {
    cost: input(COST, []),
    gradients: inputsLike(GRADIENT, results.gradients),
    buffers: inputsLike(BUFFER, results.buffers),
    ...(results.counted === undefined ? {} : { counted: input(COUNTED, []) }),
  };
  const update = buildUpdate(resolved, forward, given);
  const engine = resolved.engine === undefined ? {} : { engine: resolved.engine };
  const outputs = {
    [COST]: results.cost,
    ...(results.counted === undefined ? {} : { [COUNTED]: results.counted }),
    ...prefixedBy(GRADIENT, results.gradients),
    ...prefixedBy(BUFFER, results.buffers),
  };
  const program = await compile({ inputs, outputs }, engine);
  const updateInputs = [
    ...[given.cost, ...given.gradients.values(), ...given.buffers.values(), ...update.inputs],
    ...(given.counted === undefined ? [] : [given.counted]),
    ...(resolved.penalty?.shrink === undefined ? [] : strengths.values()),
  ];
  const updating = await compile({ inputs: updateInputs, outputs: {}, updates: update.updates }, { share: program });
  const full = Math.min(resolved.batch, resolved.train.rows);
  const described = describeStep(resolved, forward, update);
  const feedsAt = ({ step, settings = described.settings, moment }: StepPosition): Record<string, NdArray | number> => {
    const feeds: Record<string, NdArray | number> = {};
    described.feed(settings, step, feeds, moment);
    return feeds;
  };
  return {
    ...described,
    program,
    gradients: async (batch, position) => {
      const feeds = feedsAt(position);
      feedExamples(batch, feeds);
      const found = await program.run(among(inputs, feeds));
      const all = (prefix: string, like: ByPath<Tensor>): ByPath<NdArray> =>
        new Map([...like.keys()].map((path) => [path, known(found[prefix + path], path)]));
      return {
        cost: known(found[COST]?.data[0], COST),
        gradients: all(GRADIENT, results.gradients),
        buffers: all(BUFFER, results.buffers),
        ...(results.counted === undefined ? {} : { counted: known(found[COUNTED]?.data[0], COUNTED) }),
      };
    },
    update: async ({ cost, gradients, buffers, counted = full }, position) => {
      const arrays = { ...prefixedBy(GRADIENT, gradients), ...prefixedBy(BUFFER, buffers) };
      const feeds = { ...feedsAt(position), ...arrays, [COST]: cost, [COUNTED]: counted };
      await updating.run(among(updateInputs, feeds));
    },
  };
}

const COST = "cost";
const COUNTED = "counted";
const GRADIENT = "gradient.";
const BUFFER = "buffer.";

function inputsLike(prefix: string, tensors: ByPath<Tensor>): ByPath<Tensor> {
  return new Map([...tensors].map(([path, { shape, dtype }]) => [path, input(prefix + path, shape, dtype)]));
}

function prefixedBy<T>(prefix: string, values: ByPath<T>): Readonly<Record<string, T>> {
  return Object.fromEntries([...values].map(([path, value]) => [prefix + path, value]));
}

/** The feeds that one of the two programs needs, out of the feeds for both. */
function among(inputs: readonly Tensor[], feeds: Feeds): Feeds {
  const names = new Set(inputs.map(nameOf));
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => names.has(name)));
}
