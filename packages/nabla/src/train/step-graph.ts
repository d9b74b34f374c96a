/** The graph of a training step: forward and backward pass over the batch, and the update of the states. */
import { compact } from "../base/compact.ts";
import { known, NablaError } from "../base/error.ts";
import { entriesOf, isNamed } from "../base/named.ts";
import { fits } from "../base/parameter-path.ts";
import { fork, seedKey } from "../base/random.ts";
import { listing, nearest } from "../base/text.ts";
import { add, divide, multiply, subtract } from "../graph/elementwise.ts";
import { grad } from "../graph/grad.ts";
import { input, state } from "../graph/leaf.ts";
import { cast, sum } from "../graph/movement.ts";
import { countOf } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Signal } from "../nn/layer.ts";
import { countedBy, exampleWeights } from "../nn/mask.ts";
import { type BuiltModel, type ByPath, buildModel, initModel, type ModelVariables } from "../nn/model.ts";
import type { Penalty } from "../nn/penalty.ts";
import { type BuiltOptimizer, buildOptimizer } from "../optim/optimizer.ts";
import { type ExampleInputs, type ExampleOutline, exampleShape, inputsFor } from "./example-inputs.ts";
import { initFrom } from "./given-weights.ts";
import { type Guard, guardOf } from "./guard.ts";
import type { ResolvedJob } from "./job.ts";
import { fedInputs } from "./measures.ts";
import { mixture } from "./mixup.ts";
import { admitTargets, learnedByLosses, TrainingObjective, termsOf } from "./objective.ts";

/** The results of a batch: tensors inside a step, inputs of a separate program, or arrays between the two. */
export interface BatchResults<Cost, T> {
  /** The mean over the batch, penalties included. */
  readonly cost: Cost;
  /** By the paths of parameters. */
  readonly gradients: ByPath<T>;
  /** Next values of buffers by path, such as running means. */
  readonly buffers: ByPath<T>;
  /**
   * How much the batch counts: its rows, or the sum of a mask of its positions. Only where gradients of several steps are averaged into
   * one update; left out, the batch counts like a full one.
   */
  readonly counted?: Cost;
}

/** The forward and backward pass. */
export interface ForwardGraph {
  readonly variables: ModelVariables<Signal>;
  /** States of parameters and buffers by path. */
  readonly states: ByPath<Tensor>;
  readonly built: BuiltModel<Signal>;
  /** [batch] each, by target. */
  readonly losses: ByPath<Tensor>;
  /** Inputs of the strengths of the penalty, by name. */
  readonly strengths: ByPath<Tensor>;
  readonly inputs: readonly Tensor[];
  readonly results: BatchResults<Tensor, Tensor>;
  readonly objective: TrainingObjective;
}

/** Draws the parameters and builds the graph of cost and gradients. Throws the errors of layers and losses. */
export function buildForward(job: ResolvedJob): ForwardGraph {
  const drawn = initModel(job.model, exampleShape(job.train.inputs), fork(seedKey(job.seed), "parameters"));
  const terms = termsOf(job.loss);
  const own = learnedByLosses(terms);
  const variables = initFrom({ ...drawn, parameters: new Map([...drawn.parameters, ...own]) }, job.weights);
  admitTargets(terms, variables.shape, job.train);
  const states = new Map(
    [...variables.parameters, ...variables.buffers].map(([path, array]) => [path, state(path, array)]),
  );
  const parameters = learnedOf(states, job, variables);
  const outline: ExampleOutline = job.train;
  const given = inputsFor(outline);
  const mixed = job.mixup === undefined ? undefined : mixture(given);
  const frozen = frozenLayers(job, variables);
  const built = buildModel(job.model, mixed?.x ?? given.x, { variables: states, mode: "train", frozen });
  const learned = terms.map((term) => ({ ...term, loss: mixed?.loss(term.loss) ?? term.loss }));
  const objective = new TrainingObjective(learned, built.output, { ...given, learned: parameters });
  const strengths = penaltyInputs(job.penalty);
  const fitted = objective.cost(usualWeight(job.train));
  const cost = withPenalty(fitted, job.penalty, parameters, strengths);
  // a penalty that is applied after the step (proximal) is part of the cost, but has no gradient
  const descended = job.penalty?.shrink === undefined ? cost : fitted;
  const gradients = byPath(parameters, grad(descended, [...parameters.values()]));
  return {
    variables,
    states,
    built,
    losses: objective.losses,
    strengths,
    inputs: [
      ...[...given.all, ...fedInputs(built), ...strengths.values()],
      ...(mixed === undefined ? [] : [mixed.share]),
    ],
    results: compact({ cost, gradients, buffers: built.buffers, counted: countedIn(job, given, cost) }),
    objective,
  };
}

/** What a row counts in the mean, where a mask holds one weight for each row. */
function usualWeight({ mask, rows }: ResolvedJob["train"]): number | undefined {
  if (mask === undefined || isNamed(mask) || mask.shape.length > 1) return undefined;
  return countedBy(mask, rows) / rows;
}

/** How much a batch counts, where that matters. */
function countedIn({ optimizer }: ResolvedJob, { mask, x }: ExampleInputs, like: Tensor): Tensor | undefined {
  if ((optimizer.every ?? 1) === 1) return undefined;
  if (mask !== undefined && !isNamed(mask) && mask.shape.length > 1) return sum(exampleWeights(mask, like));
  const shape = known(entriesOf<Tensor>("inputs", x)[0], "inputs")[1].shape;
  return cast(countOf({ shape: shape.slice(0, 1) }), { dtype: like.dtype });
}

/** Whether all parameters of the layer at a path begin frozen. */
function frozenLayers(
  { freeze, optimizer: { transforms } }: Pick<ResolvedJob, "freeze" | "optimizer">,
  { parameters }: Pick<ModelVariables, "parameters">,
): (path: string) => boolean {
  const paths = [...parameters.keys()];
  const byTransform = (path: string): boolean => transforms.some(({ freezes }) => freezes?.(path) === true);
  const isFrozen = new Set(paths.filter((path) => isFrozenPath(freeze, path) || byTransform(path)));
  return (path) => {
    const own = paths.filter((one) => path === "" || one.startsWith(`${path}.`));
    return own.length > 0 && own.every((one) => isFrozen.has(one));
  };
}

/** The update of the states. */
export interface UpdateGraph {
  readonly optimizer: BuiltOptimizer;
  /** Averages of the parameters and buffers that change, by path; empty where the job has no averaging. */
  readonly averages: ByPath<Tensor>;
  readonly guard: Guard;
  readonly inputs: readonly Tensor[];
  readonly updates: Updates;
}

/** What the updates of a step are built from. */
interface UpdateParts extends Pick<ForwardGraph, "variables" | "states" | "strengths"> {
  /** Sums over the batch that are kept of each step, as its cost is. */
  readonly sums?: Readonly<Record<string, Tensor>>;
}

/** Builds the updates from the results of a batch. Throws the errors of gradient transforms. */
export function buildUpdate(
  job: ResolvedJob,
  { variables, states, strengths, sums }: UpdateParts,
  { cost, gradients, buffers, counted }: BatchResults<Tensor, Tensor>,
): UpdateGraph {
  const shrink = job.penalty?.shrink ?? ((to: Tensor) => to);
  const strength = (name: string): Tensor => known(strengths.get(name), name);
  const optimizer = buildOptimizer(job.optimizer, learnedOf(states, job, variables), gradients, {
    after: (to, path, rate) => shrink(to, path, strength, rate),
    // by full batches: their weight is exactly 1
    weight: counted === undefined ? undefined : divide(counted, Math.min(job.batch, job.train.rows)),
  });
  const share = input(SHARE, []);
  const next = new Map([...optimizer.parameters, ...buffers]);
  const averages = averagesOf(job, variables, next);
  const changes = [...states].flatMap(([path, tensor]) => pairs(tensor, next.get(path)));
  const all = [...changes, ...blended(averages, states, changes, share), ...optimizer.slots.values()];
  const guard = guardOf(cost, sums);
  return {
    optimizer,
    averages,
    guard,
    inputs: [...optimizer.inputs.values(), ...(averages.size === 0 ? [] : [share])],
    updates: [...guard.guarded(all), ...guard.updates],
  };
}

/**
 * The parameters that are learned: all but those that the job freezes. Throws `train/freeze` for a pattern that fits no
 * parameter, and where nothing is left to learn.
 */
function learnedOf(
  states: ByPath<Tensor>,
  { freeze }: Pick<ResolvedJob, "freeze">,
  { parameters }: Pick<ModelVariables, "parameters">,
): ByPath<Tensor> {
  const idle = freeze.find((pattern) => ![...parameters.keys()].some((path) => fits(pattern, path)));
  if (idle !== undefined) {
    const hint = `did you mean ${listing(nearest(idle, [...parameters.keys()]), "or")}?`;
    throw new NablaError(
      "train/freeze",
      `no parameter of the model fits "${idle}"`,
      parameters.size === 0 ? undefined : hint,
    );
  }
  const learned = [...states].filter(([path]) => parameters.has(path) && !isFrozenPath(freeze, path));
  if (learned.length > 0 || parameters.size === 0) return new Map(learned);
  throw new NablaError("train/freeze", "all parameters are frozen, so nothing is learned", "freeze fewer of them");
}

function isFrozenPath(freeze: readonly string[], path: string): boolean {
  return freeze.some((pattern) => fits(pattern, path));
}

type Updates = readonly (readonly [state: Tensor, next: Tensor])[];

/** The name of the input for the weight of the newest parameters in their average. */
export const SHARE = "average.share";

/** What never changes has no average but itself. */
function averagesOf(
  { average }: ResolvedJob,
  { parameters, buffers }: Pick<ModelVariables, "parameters" | "buffers">,
  next: ByPath<Tensor>,
): ByPath<Tensor> {
  if (average === undefined) return new Map();
  const changing = [...parameters, ...buffers].filter(([path]) => next.has(path));
  return new Map(changing.map(([path, array]) => [path, state(`average.${path}`, array)]));
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
