/** A trained network and its preprocessing as plain data without weights: `model.json`, or other formats' metadata. */
import type { NdArray } from "../array/ndarray.ts";
import { compact } from "../base/compact.ts";
import { describe } from "../base/described.ts";
import { NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { seedKey } from "../base/random.ts";
import type { RangeScores } from "../data/prediction-ranges.ts";
import { type Preparation, thresholdOf } from "../data/preparation.ts";
import { preparationFrom } from "../data/read-preparation.ts";
import { decidedLoss } from "../nn/decided-loss.ts";
import type { Layer } from "../nn/layer.ts";
import { layerFrom, toJson } from "../nn/layers.ts";
import type { Loss } from "../nn/loss.ts";
import { lossFrom } from "../nn/losses.ts";
import { type ByPath, initModel } from "../nn/model.ts";
import type { Trained } from "../train/trained.ts";
import { checkAgreement } from "./check-agreement.ts";
import { rangesFrom } from "./range-scores.ts";

/** A trained network with all that its predictions need, as far as it is known. */
export interface ExchangedModel {
  readonly trained: Trained;
  /** How tables become its inputs; a network from elsewhere may come without. */
  readonly preparation?: Preparation;
  /** What makes its probabilities honest: softmax(logits / temperature). */
  readonly temperature?: number;
  /** How far off it was on rows that it did not learn, of which intervals are made. */
  readonly ranges?: RangeScores;
  /** The preparation knows its columns by their place alone: rows of plain numbers in order. */
  readonly unnamed?: boolean;
}

/** A network that was read, and the reader's warnings. */
export interface ImportedModel extends ExchangedModel {
  readonly notices: readonly string[];
}

/** Everything but the weights. */
export function modelToJson({ trained, preparation, temperature, ranges, unnamed }: ExchangedModel): {
  readonly [name: string]: Json;
} {
  const { model, loss, shape, classes } = trained;
  return compact({
    task: preparation?.task,
    target: preparation?.target.name,
    classes,
    layers: toJson(model),
    loss: describe(loss),
    shape,
    preparation: preparation as unknown as Json | undefined,
    temperature,
    ranges: ranges as unknown as Json | undefined,
    unnamed: unnamed === true ? unnamed : undefined,
  });
}

/** Makes layers and losses of data. */
export interface ModelKindReaders {
  readonly layerFrom: (data: Json, place?: string) => Layer;
  readonly lossFrom: (data: Json, place?: string) => Loss;
}

/** The model again. Throws `model/damaged` where a part is missing or its weights have other shapes, and `options/…`. */
export function modelFromJson(json: Json, weights: ByPath<NdArray>): ExchangedModel {
  return modelOfKinds(json, weights, { layerFrom, lossFrom });
}

/** `modelFromJson` of some kinds. */
export function modelOfKinds(
  json: Json,
  weights: ByPath<NdArray>,
  { layerFrom, lossFrom }: ModelKindReaders,
): ExchangedModel {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new NablaError("model/damaged", "the description of the model is no record");
  const { layers, loss, shape, classes, preparation, temperature, ranges, unnamed } = json as {
    readonly [name: string]: Json;
  };
  const size = Array.isArray(shape) ? shape.map(Number) : [];
  const model = withinMemory(() => {
    const variables = initModel(layerFrom(zeroed(layers ?? null), "layers"), size, seedKey(0));
    checkWeights(variables, weights);
    return layerFrom(layers ?? null, "layers");
  });
  const names = Array.isArray(classes) ? { classes: classes.map(String) } : {};
  if (temperature !== undefined && !(typeof temperature === "number" && temperature > 0))
    throw new NablaError(
      "model/damaged",
      `temperature: expected a number above 0, found ${JSON.stringify(temperature)}`,
    );
  const prepared = preparation === undefined ? undefined : preparationFrom(preparation);
  const decided = decidedLoss(lossFrom(loss ?? null, "loss"), thresholdOf(prepared));
  const read = compact({
    trained: { model, loss: decided, weights, shape: size, ...names },
    preparation: prepared,
    ...(temperature === undefined ? {} : { temperature }),
    ...(ranges === undefined ? {} : { ranges: rangesFrom(ranges) }),
    ...(unnamed === true ? { unnamed } : {}),
  });
  checkAgreement(json as { readonly [name: string]: Json }, {
    ...{ shape: size, outputs: model.shapeOf(size).at(-1) ?? 1 },
    ...compact({ preparation: read.preparation, classes: read.trained.classes }),
  });
  return read;
}

/**
 * Layers initialized with zeros: only shapes are compared, and zeros cost nothing, however many a damaged file claims.
 */
function zeroed(layer: Json): Json {
  if (typeof layer !== "object" || layer === null || Array.isArray(layer)) return layer;
  const { init: _, ...options } = layer as { readonly [name: string]: Json };
  const inner = Object.entries(options).map(([name, value]) => [
    name,
    (name === "layers" || name === "members") && Array.isArray(value) ? value.map(zeroed) : value,
  ]);
  return { ...Object.fromEntries(inner), ...(drawing.has(String(options.kind)) ? { init: "zeros" } : {}) };
}

/** The layers with random initialization. */
const drawing: ReadonlySet<string> = new Set(["dense", "conv1d", "conv2d", "embedding"]);

function withinMemory<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new NablaError("model/damaged", "its layers claim more numbers than memory holds, or are nested endlessly");
  }
}

function checkWeights({ parameters, buffers }: ReturnType<typeof initModel>, weights: ByPath<NdArray>): void {
  for (const [name, { shape }] of [...parameters, ...buffers]) {
    const found = weights.get(name)?.shape;
    if (String(found) === String(shape)) continue;
    const received = found === undefined ? "nothing" : `[${found.join(", ")}]`;
    throw new NablaError("model/damaged", `${name} must be of shape [${shape.join(", ")}], found ${received}`);
  }
}
