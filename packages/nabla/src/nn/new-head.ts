/** Fine-tuning: a trained network with another head, and which of its layers there are to freeze. */

import { wrongArgument } from "../array/check-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { type Size, sameShape, showShape } from "../array/shape.ts";
import { describe } from "../base/described.ts";
import { NablaError } from "../base/error.ts";
import { numbered } from "../base/parameter-path.ts";
import { seedKey } from "../base/random.ts";
import { inRange } from "../base/range.ts";
import { isRecord } from "../base/value-type.ts";
import { chain } from "./chain.ts";
import { dense } from "./dense.ts";
import { type GraphStep, graphLayer, stepNames } from "./graph-layer.ts";
import type { Layer } from "./layer.ts";
import { layerFrom } from "./layers.ts";
import { type ByPath, initModel } from "./model.ts";
import { globalAveragePool } from "./pooling.ts";

/** A network to learn something else with: `fit({ model, weights, freeze, … })`. */
export interface Transferred {
  readonly model: Layer;
  /** Those of the trained network, but for its head: what is left out is drawn at random. */
  readonly weights: ByPath<NdArray>;
  /** The path of the layer that is new, as `dense2`. */
  readonly head: string;
  /** Whether the head stands in the place of one that the network had; else it follows all layers. */
  readonly replaced: boolean;
}

/** A trained network: what `newHead` and `learningLayers` need of what `fit` gives as `trained`. */
export interface Backbone {
  readonly model: Layer;
  /** Parameters and buffers by path. */
  readonly weights: ByPath<NdArray>;
  /** The shape of one example. */
  readonly shape: Size;
}

/**
 * A trained network whose last layer of weights gives `outputs` numbers in place of those that it learned; where a network
 * ends in an activation or in a map of features, a mean over positions and a dense layer follow it. Of an ensemble it is
 * the first member. Throws `train/head` for a network of several inputs or outputs.
 */
export function newHead(trained: Backbone, outputs: number): Transferred {
  checkBackbone("newHead", trained);
  inRange("outputs", outputs, { atLeast: 1, whole: true });
  const { model, weights, shape } = inChain(soleMember(trained));
  const given = model.shapeOf(shape);
  if (!Array.isArray(shape) || !Array.isArray(given)) {
    const message = "a head is replaced in networks of one input and one output, and this one has several";
    throw new NablaError("train/head", message, "take the part of it that has one of each");
  }
  const isUsed = (path: string): boolean => [...weights.keys()].some((own) => own.startsWith(`${path}.`));
  const gives = (candidate: Layer): boolean => sameShape(shapeAfter(candidate, shape) ?? [], [outputs]);
  const changed = endsInActivation(model) ? undefined : resized(model, "", { outputs, isUsed, gives });
  if (changed === undefined || !gives(changed.model))
    return { ...extended({ model, weights, shape }, outputs), replaced: false };
  const { head, renamed = (path) => path } = changed;
  const kept = [...weights].flatMap(([path, array]) => {
    const own = renamed(path);
    return own === undefined || own.startsWith(`${head}.`) ? [] : [[own, array] as const];
  });
  return { model: changed.model, weights: new Map(kept), head, replaced: true };
}

/** A layer that is a whole network, as a chain of one. */
function inChain({ model, weights, shape }: Backbone): Backbone {
  if (chain.is(model) || graphLayer.is(model)) return { model, weights, shape };
  const whole = chain(model);
  const [name] = [...(whole.layers ?? [])].map(([own]) => own);
  return { model: whole, weights: new Map([...weights].map(([path, array]) => [`${name}.${path}`, array])), shape };
}

/** The network of a model: of an ensemble its first member, since the others learned the same. */
export function soleMember<B extends Backbone>(trained: B): B {
  checkBackbone("soleMember", trained);
  const { model, weights } = trained;
  const [name] = model.averages ?? [];
  const member = name === undefined ? undefined : model.layers?.get(name);
  if (member === undefined) return trained;
  const own = [...weights].filter(([path]) => path.startsWith(`${name}.`));
  const below = own.map(([path, array]) => [path.slice(`${name}.`.length), array] as const);
  return soleMember({ ...trained, model: member, weights: new Map(below) });
}

/** A layer that learns, as it is frozen. */
export interface LearningLayer {
  /** As `conv2d1`; its parameters fit `conv2d1.*`. */
  readonly path: string;
  /** Whether it normalizes what the layer before it gives, with which it is frozen. */
  readonly normalizes: boolean;
}

/** The layers with parameters of a network for examples of a shape, in the order in which they compute. */
export function learningLayers(backbone: Pick<Backbone, "model" | "shape">): readonly LearningLayer[] {
  if (!isRecord(backbone) || !isRecord(backbone.model) || !Array.isArray(backbone.shape))
    throw wrongArgument("learningLayers", "a network { model, shape }", backbone);
  const { model, shape } = backbone;
  const { parameters } = initModel(model, shape, seedKey(0));
  const paths = new Set([...parameters.keys()].map((path) => path.slice(0, path.lastIndexOf("."))));
  return [...paths].map((path) => ({ path, normalizes: layerAt(model, path)?.role?.is === "norm" }));
}

function layerAt(model: Layer, path: string): Layer | undefined {
  return path.split(".").reduce<Layer | undefined>((layer, name) => layer?.layers?.get(name), model);
}

/** Throws `options/type` for what is no trained network. */
function checkBackbone(place: string, value: unknown): void {
  const isWhole = isRecord(value) && value.weights instanceof Map && isRecord(value.model) && "shapeOf" in value.model;
  if (!isWhole || value.shape === undefined)
    throw wrongArgument(place, "a trained model { model, weights, shape }, as fit(job) gives under `trained`", value);
}

/** The shape of what a network gives; undefined where its layers do not fit each other. */
function shapeAfter(model: Layer, shape: Size): Size | undefined {
  try {
    return model.shapeOf(shape);
  } catch (error) {
    if (error instanceof NablaError) return undefined;
    throw error;
  }
}

/** What a network computes last decides whether its last weights are a head. */
function endsInActivation(model: Layer): boolean {
  const last = graphLayer.is(model) ? lastStep(model) : chain.is(model) ? [...(model.layers ?? [])].at(-1)?.[1] : model;
  return last !== undefined && (last === model ? last.role?.is === "activation" : endsInActivation(last));
}

function lastStep(model: Layer): Layer | undefined {
  const last = graphLayer.valuesOf(model).steps.at(-1);
  return last !== undefined && "layer" in last ? last.layer : undefined;
}

interface Resizing {
  readonly outputs: number;
  /** Whether there are weights below a path. */
  readonly isUsed: (path: string) => boolean;
  /** Whether a network gives as many numbers for an example. */
  readonly gives: (candidate: Layer) => boolean;
}

interface Resized {
  readonly model: Layer;
  /** The path of the layer that was changed. */
  readonly head: string;
  /** What a parameter of the former network is called in this one; undefined for one that it lacks. Default: the same. */
  readonly renamed?: (path: string) => string | undefined;
}

/** The network whose last layer of weights has as many outputs; undefined where the last weights are none of such a layer. */
function resized(model: Layer, path: string, options: Resizing): Resized | undefined {
  const below = (name: string): string => (path === "" ? name : `${path}.${name}`);
  if (chain.is(model)) {
    const { layers } = chain.valuesOf(model);
    const names = numbered(layers.map(({ kind }) => kind));
    const at = names.findLastIndex((name) => options.isUsed(below(name)));
    const [own, name] = [layers[at], names[at]];
    const inner = own === undefined || name === undefined ? undefined : resized(own, below(name), options);
    return inner && { ...inner, model: chain(...layers.with(at, inner.model)) };
  }
  if (graphLayer.is(model)) return path === "" ? cutGraph(model, options) : undefined;
  if (model.role?.is !== "weights") return undefined;
  return { model: layerFrom({ ...describe(model), [model.role.width]: options.outputs }), head: path };
}

/** The whole network, and a dense layer behind it. */
function extended({ model, weights, shape }: Backbone, outputs: number): Omit<Transferred, "replaced"> {
  const given = model.shapeOf(shape);
  if (given.length === 0) throw new NablaError("train/head", `the network gives ${showShape(given)} for an example`);
  const more = [...(given.length > 1 ? [globalAveragePool()] : []), dense(outputs)];
  if (graphLayer.is(model)) {
    const { steps } = graphLayer.valuesOf(model);
    const behind = more.map((layer, i): GraphStep => ({ layer, of: steps.length + i }));
    const all = [...steps, ...behind];
    return { model: graphLayer(all), weights, head: stepNames(all).at(-1) ?? "" };
  }
  const all = [...chain.valuesOf(model).layers, ...more];
  return { model: chain(...all), weights, head: numbered(all.map(({ kind }) => kind)).at(-1) ?? "" };
}

/**
 * A graph that ends with its last layer of weights, resized, and what that needs: what follows, as probabilities of the
 * outputs, belongs to what it learned before. Where layers alike end alike, as the members of an ensemble do, it is the
 * first of them.
 */
function cutGraph(model: Layer, options: Resizing): Resized | undefined {
  const { steps } = graphLayer.valuesOf(model);
  const names = stepNames(steps);
  const before = ancestors(steps);
  const learning = names.flatMap((name, i) => (name !== "" && options.isUsed(name) ? [i + 1] : []));
  const needed = before.get(steps.length) ?? new Set();
  const last = learning.filter(
    (at) => needed.has(at) && !learning.some((other) => other !== at && before.get(other)?.has(at) === true),
  );
  const [at = 0] = last;
  const step = steps[at - 1];
  if (
    step === undefined ||
    !("layer" in step) ||
    (last.length > 1 ? !areAlike(last, steps, before) : bypasses(steps, at))
  )
    return undefined;
  const inner = resized(step.layer, names[at - 1] ?? "", options);
  if (inner === undefined) return undefined;
  const changed = steps.with(at - 1, { ...step, layer: inner.model });
  const whole = { model: graphLayer(changed), head: inner.head };
  const cut = upTo(changed, at, before.get(at) ?? new Set());
  if (options.gives(cut.model)) return { ...cut, head: cut.renamed(inner.head) ?? inner.head };
  return last.length > 1 ? undefined : whole;
}

/** The steps, and the input as 0, that each step needs, itself among them. */
function ancestors(steps: readonly GraphStep[]): ReadonlyMap<number, ReadonlySet<number>> {
  const all = new Map<number, ReadonlySet<number>>([[0, new Set([0])]]);
  for (const [i, step] of steps.entries()) {
    const own = new Set([i + 1]);
    for (const from of readBy(step)) for (const one of all.get(from) ?? []) own.add(one);
    all.set(i + 1, own);
  }
  return all;
}

function readBy(step: GraphStep): readonly number[] {
  return "layer" in step ? [step.of] : "op" in step ? step.of : [];
}

/** Whether the output depends on the input on a way that leaves out a step. */
function bypasses(steps: readonly GraphStep[], at: number): boolean {
  const reached = new Set([steps.length]);
  for (let step = steps.length; step > 0; step--) {
    const own = steps[step - 1];
    if (own !== undefined && step !== at && reached.has(step)) for (const from of readBy(own)) reached.add(from);
  }
  return reached.has(0);
}

/** Whether the layers that each of these steps needs are the same. */
function areAlike(
  last: readonly number[],
  steps: readonly GraphStep[],
  before: ReadonlyMap<number, ReadonlySet<number>>,
): boolean {
  const needs = last.map((at) =>
    steps.flatMap((step, i) =>
      "layer" in step && before.get(at)?.has(i + 1) === true ? [JSON.stringify(describe(step.layer))] : [],
    ),
  );
  return needs.every((one) => String(one) === String(needs[0]));
}

/** The graph of the steps that one of them needs, which is its output. */
function upTo(
  steps: readonly GraphStep[],
  at: number,
  needed: ReadonlySet<number>,
): { readonly model: Layer; readonly renamed: (path: string) => string | undefined } {
  const kept = steps.flatMap((_, i) => (i + 1 <= at && needed.has(i + 1) ? [i + 1] : []));
  const placeOf = new Map([[0, 0], ...kept.map((step, i) => [step, i + 1] as const)]);
  const moved = (from: number): number => placeOf.get(from) ?? 0;
  const own = kept.flatMap((k): GraphStep[] => {
    const step = steps[k - 1];
    if (step === undefined) return [];
    if ("layer" in step) return [{ ...step, of: moved(step.of) }];
    return "op" in step ? [{ ...step, of: step.of.map(moved) }] : [step];
  });
  const [former, names] = [stepNames(steps), stepNames(own)];
  const nameOf = new Map(kept.map((k, i) => [former[k - 1] ?? "", names[i] ?? ""]));
  return {
    model: graphLayer(own),
    renamed: (path) => {
      const [name = "", ...rest] = path.split(".");
      const known = nameOf.get(name);
      return known === undefined ? undefined : [known, ...rest].join(".");
    },
  };
}
