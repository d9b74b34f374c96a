/** Networks as data, changed: wider, deeper, begun otherwise, with another activation. */
import type { Json } from "../base/json.ts";
import { isRecord } from "../base/value-type.ts";
import { layersInOrder } from "../nn/chain.ts";
import { roleOf } from "../nn/layers.ts";

type Rec = { readonly [name: string]: Json };

/** A described thing as a record; a word alone is a kind without options. */
export function recordOf(data: Json): Rec {
  return isRecord(data) ? (data as Rec) : { kind: data };
}

/** The layers of a network, those of chains within chains laid out in one row. */
export function layersOf(model: Json): readonly Rec[] {
  return layersInOrder(model).map(recordOf);
}

function chainOf(layers: readonly Json[]): Json {
  return { kind: "chain", layers };
}

const isActivation = (layer: Rec): boolean => roleOf(layer)?.is === "activation";
const learns = (layer: Rec): boolean => roleOf(layer)?.is === "weights";
const isLookup = (layer: Rec): boolean => roleOf(layer)?.is === "lookup";
const drops = (layer: Rec): boolean => roleOf(layer)?.is === "dropout";

/** Whether a layer normalizes over the rows of a batch. */
export function isBatchNorm(layer: Json): boolean {
  const role = roleOf(layer);
  return role?.is === "norm" && role.over === "batch";
}

/** Whether a layer is an activation whose slope vanishes at both ends. */
export function isBounded(layer: Json): boolean {
  const role = roleOf(layer);
  return role?.is === "activation" && role.bounded === true;
}

/** Whether inputs are codes that a layer looks up, and no amounts. */
export function looksUp(model: Json): boolean {
  return layersOf(model).some(isLookup);
}

/** The option that sets the width of a layer with weights. */
function widthOf(layer: Rec): string | undefined {
  const role = roleOf(layer);
  return role?.is === "weights" ? role.width : undefined;
}

function lastLearning(layers: readonly Rec[]): number {
  return layers.findLastIndex(learns);
}

/** Every hidden layer with more (or fewer) units; a network without any gets one hidden layer of `fresh` units. */
export function resized(model: Json, factor: number, fresh: number): Json {
  const layers = layersOf(model);
  const last = lastLearning(layers);
  if (layers.slice(0, Math.max(0, last)).some(learns)) return chainOf(layers.map((layer, i) => sized(layer, i < last)));
  return chainOf([...layers.slice(0, last), { kind: "dense", units: fresh }, { kind: "relu" }, ...layers.slice(last)]);

  function sized(layer: Rec, hidden: boolean): Rec {
    const name = widthOf(layer);
    if (!hidden || name === undefined) return layer;
    const size = Math.max(2, Math.ceil(Number(layer[name]) * factor));
    return { ...layer, [name]: factor > 1 ? Math.max(size, fresh) : size };
  }
}

/** The units of all hidden layers together. */
export function hiddenUnits(model: Json): number {
  const layers = layersOf(model);
  const last = lastLearning(layers);
  return layers.slice(0, Math.max(0, last)).reduce((sum, layer) => sum + Number(layer[widthOf(layer) ?? ""] ?? 0), 0);
}

/** Initializers left to the layers themselves, but for lookups. */
export function withDefaultInit(model: Json): Json {
  return chainOf(
    layersOf(model).map((layer) => {
      const { init: _, ...rest } = layer;
      return isLookup(layer) ? layer : rest;
    }),
  );
}

/** Whether any layer but a lookup sets its initializer. */
export function hasOwnInit(model: Json): boolean {
  return layersOf(model).some((layer) => layer.init !== undefined && !isLookup(layer));
}

/** Hidden activations replaced by another kind. */
export function activatedBy(model: Json, kind: string): Json {
  return chainOf(layersOf(model).map((layer) => (isActivation(layer) ? { kind } : layer)));
}

/** Batch norm in front of every hidden activation. */
export function normalized(model: Json): Json {
  const layers = layersOf(model).filter((layer) => !isBatchNorm(layer));
  const last = lastLearning(layers);
  return chainOf(
    layers.flatMap((layer, i) => (isActivation(layer) && i < last ? [{ kind: "batchNorm" }, layer] : [layer])),
  );
}

/** Whether the network normalizes what it is fed, or within. */
export function normalizes(model: Json): boolean {
  return layersOf(model).some((layer) => roleOf(layer)?.is === "norm");
}

/** Batch norm on the inputs themselves: each feature is centered and scaled by what the training rows show. */
export function scaledInputs(model: Json): Json {
  return chainOf([{ kind: "batchNorm" }, ...layersOf(model)]);
}

/** The lowest keep probability of any dropout; 1 without dropout. */
export function leastKept(model: Json): number {
  return Math.min(
    1,
    ...layersOf(model)
      .filter(drops)
      .map(({ keep }) => Number(keep)),
  );
}

/** Sets the keep probability of dropout; 1 removes it. Networks without dropout get it after hidden activations. */
export function dropped(model: Json, keep: number): Json {
  const layers = layersOf(model).filter((layer) => !drops(layer));
  const last = lastLearning(layers);
  const withDropout = (layer: Rec, i: number): readonly Rec[] =>
    keep < 1 && i < last && isActivation(layer) ? [layer, { kind: "dropout", keep }] : [layer];
  return chainOf(layers.flatMap(withDropout));
}

/** The activation after the last layer that learns; undefined where the network ends without one. */
export function outputActivation(model: Json): string | undefined {
  const layers = layersOf(model);
  const found = layers.slice(lastLearning(layers) + 1).find(isActivation);
  return found === undefined ? undefined : String(found.kind);
}

/** The network without an activation at its end. */
export function withoutActivations(model: Json): Json {
  const layers = layersOf(model);
  const last = lastLearning(layers);
  return chainOf(layers.filter((layer, i) => i <= last || !isActivation(layer)));
}

/** The network without hidden layers: as many outputs on the inputs themselves, or on what is looked up by codes among them; undefined where it has no width. */
export function linear(model: Json): Json | undefined {
  const layers = layersOf(model);
  const last = layers[lastLearning(layers)];
  const name = last === undefined ? undefined : widthOf(last);
  if (last === undefined || name === undefined) return undefined;
  return chainOf([...layers.filter(isLookup), { kind: "dense", units: Number(last[name]) }]);
}
