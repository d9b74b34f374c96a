/** A Keras model, whatever file it came in: its configuration, and a way to its arrays. */
import type { NdArray } from "../../array/ndarray.ts";
import { elementsOf, type Size, showShape } from "../../array/shape.ts";
import { compact } from "../../base/compact.ts";
import { NablaError } from "../../base/error.ts";
import { listing } from "../../base/text.ts";
import { isRecord } from "../../base/value-type.ts";
import { preparationFrom } from "../../data/read-preparation.ts";
import { divide, log, subtract } from "../../graph/elementwise.ts";
import { input } from "../../graph/leaf.ts";
import { concat, reshape, slice } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { BATCH_AXIS } from "../../nn/graph-layer.ts";
import type { Loss } from "../../nn/loss.ts";
import { lossFrom } from "../../nn/losses.ts";
import { layerOf, modelOf } from "../layer-node.ts";
import type { ImportedModel } from "../model-json.ts";
import { assemble, graphOf, lossFor } from "../network.ts";
import { plainPreparation } from "../plain-preparation.ts";
import { quoted } from "../quoted.ts";
import { partsBetween } from "../sequence.ts";
import { graphFrom, type KerasGraph, type KerasLayer } from "./configuration.ts";
import { isOperation } from "./operations.ts";
import { readers } from "./readers.ts";
import { type ScaledTensor, type Translated, translateKeras } from "./translate.ts";
import type { OwnerPlace } from "./weight-names.ts";

/** What a file of Keras holds, whichever format it has. */
export interface KerasFile {
  /** `{ class_name, config }`. */
  readonly model: unknown;
  /** The arrays of a layer, in Keras's order. */
  readonly arrays: (layer: KerasLayer & OwnerPlace) => readonly NdArray[];
  /** What owns arrays of the file that no layer asked for. */
  readonly unclaimed?: () => readonly string[];
  /** The version of Keras that wrote it, as "3.15.1". */
  readonly version?: unknown;
  /** The metadata that nabla wrote with a model of its own. */
  readonly own?: unknown;
}

/**
 * The network of a Keras model: a chain where its layers stand in a row, else a graph. A softmax or sigmoid at its end
 * becomes the loss that it belongs to, so that the network can be trained on. Throws
 * `keras/{config,graph,layer,weights,shape}`; layers that nabla lacks are named all at once.
 */
export function readKerasModel({ model, arrays, unclaimed, own, version }: KerasFile): ImportedModel {
  const graph = graphFrom(model);
  checkKnown(graph);
  const models = new Set(layersIn(graph).flatMap(({ model: inner, name }) => (inner === undefined ? [] : [name])));
  const notes = new Set<string>();
  return asKeras(() => {
    const described = ownOf(own);
    const { x, inputs, note: inputNote } = inputsOf(graph);
    const options = {
      arrays: (layer: KerasLayer) => arrays({ ...layer, models }),
      keras3: typeof version === "string" && /^[3-9]\./.test(version),
      note: (message: string): void => void notes.add(message),
    };
    const first = translateKeras(graph, inputs, options);
    const before = inputs.length === 1 ? scalingAtStart(x, first) : undefined;
    const translated = before === undefined ? first : translateKeras(graph, inputs, { ...options, unscaled: x });
    const joined = joinedOutput(graph, translated.outputs);
    for (const note of [inputNote, joined.note, unclaimedNote(unclaimed?.() ?? [])])
      if (note !== undefined) notes.add(note);
    const after = scalingAtEnd(joined.output, translated);
    const bare = answered(after?.from ?? joined.output, described.loss);
    const network = networkOf(bare.output, x);
    const shape = x.shape.slice(1) as Size;
    const { output } = graphOf(network.model, shape, network.weights);
    const plain = plainPreparation({
      shape,
      outputs: Number(output.shape.at(-1)),
      loss: bare.loss,
      before,
      after,
    });
    const preparation = described.preparation ?? plain;
    const { classes = preparation.target.kind === "classes" ? preparation.target.classes : [] } = described;
    return compact({
      trained: { ...network, loss: bare.loss, shape, ...(preparation.target.kind === "classes" ? { classes } : {}) },
      preparation,
      temperature: described.temperature,
      ...(described.preparation === undefined ? { unnamed: true } : {}),
      notices: [...notes],
    });
  });
}

/** What the library below refuses, it refuses of a Keras file. */
function asKeras<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof NablaError) || error.code.startsWith("keras/")) throw error;
    throw new NablaError("keras/shape", error.message, error.hint);
  }
}

function unclaimedNote(owners: readonly string[]): string | undefined {
  if (owners.length === 0) return undefined;
  const named = listing([
    ...owners.slice(0, 3).map(quoted),
    ...(owners.length > 3 ? [`${owners.length - 3} more`] : []),
  ]);
  return `the file holds arrays that belong to none of its layers, and are left out: ${named}`;
}

function layersIn({ nodes }: KerasGraph): readonly KerasLayer[] {
  return nodes.flatMap(({ layer }) => (layer.model === undefined ? [layer] : [layer, ...layersIn(layer.model)]));
}

function checkKnown(graph: KerasGraph): void {
  const unknown = layersIn(graph).flatMap(({ className, operation, model }) => {
    const readable = operation ? isOperation(className) : readers.has(className) || className === "InputLayer";
    return readable || model !== undefined ? [] : [operation ? `keras.ops.${className}` : className];
  });
  if (unknown.length === 0) return;
  const named = [...new Set(unknown)].slice(0, 20).map(quoted);
  const hint = `layers that can be read: ${listing([...readers.keys()])}`;
  throw new NablaError("keras/layer", `the model has layers that nabla does not support: ${listing(named)}`, hint);
}

interface Inputs {
  /** What the network takes. */
  readonly x: Tensor;
  /** What the model takes, cut out of it where there are several. */
  readonly inputs: readonly Tensor[];
  readonly note?: string;
}

/** Several inputs of a model stand one after the other in one row of numbers. */
function inputsOf({ names, shapes }: KerasGraph): Inputs {
  const sizes = shapes.map((shape) => {
    if (shape !== undefined) return shape;
    throw new NablaError("keras/config", "the model does not give its input shape, or leaves a length of it open");
  });
  const [only = []] = sizes;
  if (sizes.length === 1) {
    const x = input("inputs", [BATCH_AXIS, ...only]);
    return { x, inputs: [x] };
  }
  const counts = sizes.map((size) => elementsOf(size));
  const x = input("inputs", [BATCH_AXIS, counts.reduce((sum, count) => sum + count, 0)]);
  let from = 0;
  const cut = sizes.map((size, i) => {
    const row = slice(x, { axis: 1, from, to: from + (counts[i] ?? 0) });
    from += counts[i] ?? 0;
    return size.length === 1 ? row : reshape(row, { shape: [BATCH_AXIS, ...size] });
  });
  return {
    x,
    inputs: cut,
    note: `its ${sizes.length} inputs stand in one row of numbers: ${ranges(names.inputs, counts)}`,
  };
}

function ranges(names: readonly string[], counts: readonly number[]): string {
  let from = 0;
  const parts = names.map((name, i) => {
    const to = from + (counts[i] ?? 0);
    const part = `${quoted(name)} is ${to - from === 1 ? `number ${to}` : `numbers ${from + 1} to ${to}`}`;
    from = to;
    return part;
  });
  return listing(parts);
}

/** Several outputs of a model stand one after the other in one row of numbers. */
function joinedOutput(
  { names }: KerasGraph,
  tensors: readonly Tensor[],
): { readonly output: Tensor; readonly note?: string } {
  const [only, ...others] = tensors;
  if (only !== undefined && others.length === 0) return { output: only };
  const rows = tensors.map(({ shape }) => elementsOf(shape.slice(1) as Size));
  const flat = tensors.map((one, i) =>
    one.shape.length === 2 ? one : reshape(one, { shape: [BATCH_AXIS, rows[i] ?? 1] }),
  );
  const note = `its ${tensors.length} outputs stand in one row of numbers: ${ranges(names.outputs, rows)}`;
  return { output: concat(flat, { axis: 1 }), note };
}

/** What scales the input before anything else takes it: it belongs to the preparation. */
function scalingAtStart(x: Tensor, { outputs, scalings }: Translated): ScaledTensor | undefined {
  const [begin, ...others] = [...scalings.values()].filter(({ from }) => from === x);
  const width = x.shape.length === 2 ? Number(x.shape[1]) : 1;
  if (begin === undefined || others.length > 0 || !isPlain(begin, width)) return undefined;
  return usesOf(outputs, x) === 1 ? begin : undefined;
}

/** What scales the numbers at the end: it belongs to the preparation. A probability is no number that was scaled. */
function scalingAtEnd(output: Tensor, { scalings }: Translated): ScaledTensor | undefined {
  const found = scalings.get(output);
  const last = found === undefined ? undefined : layerOf(found.from)?.layer.kind;
  return found !== undefined && last !== "softmax" && last !== "sigmoid" && isPlain(found, 1) ? found : undefined;
}

function isPlain({ scale, offset }: ScaledTensor, width: number): boolean {
  return scale.every((one) => one > 0) && [scale, offset].every(({ length }) => length === 1 || length === width);
}

/** How many nodes of a graph take a tensor. */
function usesOf(outputs: readonly Tensor[], x: Tensor): number {
  const seen = new Set<Tensor>(outputs);
  let uses = 0;
  for (const node of seen) {
    for (const from of node.inputs) {
      if (from === x) uses++;
      else seen.add(from);
    }
  }
  return uses;
}

interface Answered {
  readonly output: Tensor;
  readonly loss: Loss;
}

/** What the activation that belongs to a loss is undone by, where it cannot be taken away. */
const inverses: Readonly<Record<NonNullable<Loss["activation"]>, (p: Tensor) => Tensor>> = {
  softmax: (p) => log(p),
  sigmoid: (p) => log(divide(p, subtract(1, p))),
  exponential: (p) => log(p),
};

/** The loss of a network and what it takes: what comes before the last softmax or sigmoid. */
function answered(output: Tensor, own: Loss | undefined): Answered {
  const last = layerOf(output);
  const loss = own ?? lossFor(last?.layer.kind);
  const { activation } = loss;
  if (activation === undefined) return { output, loss };
  if (last !== undefined && last.layer.kind === activation) return { output: last.from, loss };
  return { output: inverses[activation](output), loss };
}

function networkOf(output: Tensor, x: Tensor) {
  if (output.shape[0] !== BATCH_AXIS || output.shape.slice(1).some((dim) => typeof dim !== "number"))
    throw new NablaError("keras/shape", `for a batch of examples it gives ${showShape(output.shape)}`);
  const parts = partsBetween(x, output);
  if (parts !== undefined) return assemble(parts);
  const { layer, weights } = modelOf(output, x);
  return { model: layer, weights };
}

/** The metadata of a model that nabla wrote; nothing for others. */
function ownOf(own: unknown): Pick<ImportedModel, "preparation" | "temperature"> & {
  readonly loss?: Loss;
  readonly classes?: readonly string[];
} {
  if (!isRecord(own) || own.preparation === undefined) return {};
  const { preparation, loss, classes, temperature } = own;
  return {
    preparation: preparationFrom(preparation),
    ...(isRecord(loss) ? { loss: lossFrom(loss as never) } : {}),
    ...(Array.isArray(classes) ? { classes: classes.map(String) } : {}),
    ...(typeof temperature === "number" && temperature > 0 ? { temperature } : {}),
  };
}
