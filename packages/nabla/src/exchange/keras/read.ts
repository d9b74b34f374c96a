/** A Keras model, whatever file it came in: its configuration, and a way to its arrays. */
import type { NdArray } from "../../array/ndarray.ts";
import { type Shape, type Size, showShape } from "../../array/shape.ts";
import { compact } from "../../base/compact.ts";
import { NablaError } from "../../base/error.ts";
import { listing } from "../../base/text.ts";
import { isRecord } from "../../base/value-type.ts";
import { preparationFrom } from "../../data/read-preparation.ts";
import type { Layer } from "../../nn/layer.ts";
import { lossFrom } from "../../nn/losses.ts";
import type { BuiltModel } from "../../nn/model.ts";
import { paddingFor } from "../../nn/padding.ts";
import { averagePool, poolingWindow } from "../../nn/pooling.ts";
import type { ImportedModel } from "../model-json.ts";
import { assemble, graphOf, lossFor, type Part } from "../network.ts";
import { type Affine, plainPreparation } from "../plain-preparation.ts";
import { quoted } from "../quoted.ts";
import { leftOut, type Piece, readers } from "./readers.ts";
import { type KerasLayer, type KerasStep, stepsOf } from "./steps.ts";

export interface KerasFile {
  /** `{ class_name, config }`. */
  readonly model: unknown;
  /** The arrays of a layer, in Keras's order. */
  readonly arrays: (layer: KerasLayer) => readonly NdArray[];
  /** The metadata that nabla wrote with a model of its own. */
  readonly own?: unknown;
}

/**
 * The network of a Keras model. A softmax or sigmoid at its end becomes the loss that it belongs to, so that the network
 * can be trained on. Throws `keras/{config,graph,layer,weights,shape}`; layers that nabla lacks are named all at once.
 */
export function readKerasModel({ model, arrays, own }: KerasFile): ImportedModel {
  const { shape, steps } = stepsOf(model);
  checkKnown(steps);
  const notes = new Set<string>();
  const pieces = steps.map((step) => piecesAt(step, { arrays, note: (message) => notes.add(message) }));
  const { parts, before, after } = endsOf(pieces.flat());
  const last = parts.at(-1);
  const end = last !== undefined && "layer" in last ? last.layer.kind : undefined;
  const loss = lossFor(end);
  const bare = loss.task === "classification" ? parts.slice(0, -1) : parts;
  return asKeras(() => {
    const described = ownOf(own);
    const { model, weights } = assemble(bare);
    const { output, activations } = graphOf(model, shape, weights);
    checkAverages(model, ["batch", ...shape], { activations, prefix: "" });
    const outputs = Number(output.shape.at(-1));
    const { preparation: known, loss: ownLoss, classes, temperature } = described;
    const plain = plainPreparation({
      shape,
      outputs,
      loss,
      before,
      after,
    });
    const preparation = known ?? plain;
    const names = preparation.target.kind === "classes" ? { classes: classes ?? preparation.target.classes } : {};
    return compact({
      trained: { model, loss: ownLoss ?? loss, weights, shape, ...names },
      preparation,
      temperature,
      ...(known === undefined ? { unnamed: true } : {}),
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

function layersIn(steps: readonly KerasStep[]): readonly KerasLayer[] {
  return steps.flatMap((step) => ("layer" in step ? [step.layer] : layersIn(step.around)));
}

function checkKnown(steps: readonly KerasStep[]): void {
  const unknown = new Set(layersIn(steps).flatMap(({ className }) => (readers.has(className) ? [] : [className])));
  if (unknown.size === 0) return;
  const named = [...unknown].slice(0, 20).map(quoted);
  const hint = `layers that can be read: ${listing([...readers.keys()])}`;
  throw new NablaError("keras/layer", `the model has layers that nabla does not support: ${listing(named)}`, hint);
}

interface Sources {
  readonly arrays: KerasFile["arrays"];
  readonly note: (message: string) => void;
}

type Placed = Piece | { readonly around: readonly Part[] };

function piecesAt(step: KerasStep, sources: Sources): readonly Placed[] {
  if ("around" in step) {
    const { parts, before, after } = endsOf(step.around.flatMap((inner) => piecesAt(inner, sources)));
    if (before !== undefined || after !== undefined) throw inTheMiddle();
    return parts.length === 0 ? [] : [{ around: parts }];
  }
  const { layer } = step;
  const place = `layer ${quoted(layer.name)} (${layer.className})`;
  for (const [name, what] of Object.entries(leftOut)) {
    if (isRecord(layer.config[name]))
      sources.note(`${place}: its ${what} (${name}) is left out; it is only used in training`);
  }
  try {
    const read = readers.get(layer.className);
    return read?.({ ...layer, arrays: sources.arrays(layer), note: sources.note }) ?? [];
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    const code = error.code.startsWith("keras/") ? error.code : "keras/layer";
    const lacks = error.code === "keras/layer" ? `nabla has nothing for ${error.sentence}` : error.sentence;
    throw new NablaError(code, lacks, error.hint, [place, ...error.where]);
  }
}

function inTheMiddle(): NablaError {
  return new NablaError(
    "keras/layer",
    "the model scales numbers (Rescaling, Normalization) between its layers; nabla does so only before the first layer and after the last",
  );
}

interface Ends {
  readonly parts: readonly Part[];
  readonly before: Affine | undefined;
  readonly after: Affine | undefined;
}

/** Scalings at the start and at the end belong to the preprocessing. */
function endsOf(pieces: readonly Placed[]): Ends {
  const inner = [...pieces];
  const first = inner[0];
  const before = first !== undefined && "scale" in first ? first : undefined;
  if (before !== undefined) inner.shift();
  const final = inner.at(-1);
  const after = final !== undefined && "scale" in final ? final : undefined;
  if (after !== undefined) inner.pop();
  const parts = inner.map((piece) => {
    if ("scale" in piece) throw inTheMiddle();
    return piece;
  });
  if (after !== undefined && (after.scale.length > 1 || after.offset.length > 1)) throw inTheMiddle();
  return { parts, before, after };
}

/** Keras leaves zeros around the input out of an average, nabla counts them: the same only where there are none. */
function checkAverages(model: Layer, shape: Shape, { activations, prefix }: Inside): void {
  let here = shape;
  for (const [name, layer] of model.layers ?? []) {
    const path = `${prefix}${name}`;
    checkAverage(layer, here.slice(1, -1).map(Number));
    checkAverages(layer, here, { activations, prefix: `${path}.` });
    here = activations.get(path)?.shape ?? here;
  }
}

interface Inside {
  readonly activations: BuiltModel["activations"];
  readonly prefix: string;
}

function checkAverage(layer: Layer, lengths: Size): void {
  if (!averagePool.is(layer)) return;
  const options = averagePool.valuesOf(layer);
  const around = paddingFor(lengths, poolingWindow(options, lengths.length), options.padding);
  if (around.every(([before, after]) => before + after === 0)) return;
  const message = `an AveragePooling layer with padding "same" on ${showShape(lengths)} leaves out the zeros around, which nabla's counts`;
  throw new NablaError("keras/layer", message);
}

/** The metadata of a model that nabla wrote; nothing for others. */
function ownOf(own: unknown): Pick<ImportedModel, "preparation" | "temperature"> & {
  readonly loss?: ReturnType<typeof lossFrom>;
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
