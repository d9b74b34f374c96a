/** A trained network with all that its answers need: how tables become its inputs, and what its outputs mean. */
import {
  beginModel,
  describe,
  type Json,
  layerFrom,
  lossFrom,
  NablaError,
  type Preparation,
  preparationFrom,
  seedKey,
  type Trained,
  toJson,
} from "nabla";
import type { ImageShape } from "../sources/image-shape.ts";
import { imageColumns } from "../sources/read-images.ts";
import { loadModel, saveModel } from "../store/model-folder.ts";

/** What a model folder holds. */
export interface TrainedModel {
  readonly trained: Trained;
  readonly preparation: Preparation;
  /** The run that made it. */
  readonly run?: string;
  /** What makes its probabilities honest, fitted on dev: softmax(logits / temperature). */
  readonly temperature?: number;
}

/** The size of the images that a model takes; undefined for one that takes tables. */
export function imageShapeIn({ columns }: Preparation): ImageShape | undefined {
  const [image] = columns.filter((column) => column.kind === "block");
  if (image === undefined || image.name !== imageColumns.image) return undefined;
  const [height = 1, width = 1, channels = 1] = image.shape;
  return [height, width, channels];
}

/** Writes a model folder in one step; what stood there stays until all of it is written. Throws `files/…`. */
export async function saveTrained(
  path: string,
  { trained, preparation, run, temperature }: TrainedModel,
): Promise<void> {
  const { model, loss, shape, weights } = trained;
  const description = {
    ...(run === undefined ? {} : { run }),
    task: preparation.task,
    target: preparation.target.name,
    ...(trained.classes === undefined ? {} : { classes: trained.classes }),
    layers: toJson(model),
    loss: describe(loss),
    shape,
    preparation: preparation as unknown as Json,
    ...(temperature === undefined ? {} : { temperature }),
  };
  await saveModel(path, { model: description, weights });
}

/** Reads a model folder back. Throws `model/…` errors that say what is missing or damaged. */
export async function loadTrained(path: string): Promise<TrainedModel & { readonly sha256: string }> {
  const { model, weights, sha256 } = await loadModel(path);
  try {
    const { run, layers, loss, shape, classes, preparation, temperature } = model as { readonly [name: string]: Json };
    const layer = layerFrom(layers ?? null, "layers");
    const size = Array.isArray(shape) ? shape.map(Number) : [];
    checkWeights(beginModel(layer, size, seedKey(0)), weights);
    const names = Array.isArray(classes) ? { classes: classes.map(String) } : {};
    return {
      trained: { model: layer, loss: lossFrom(loss ?? null, "loss"), weights, shape: size, ...names },
      preparation: preparationFrom(preparation),
      ...(typeof run === "string" ? { run } : {}),
      ...(typeof temperature === "number" && temperature > 0 ? { temperature } : {}),
      sha256,
    };
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    const said = `the model ${path} is damaged: ${[...error.where, error.said].join(" › ")}`;
    throw new NablaError("model/damaged", said, "save it again, or take a copy");
  }
}

function checkWeights({ parameters, statistics }: ReturnType<typeof beginModel>, weights: Trained["weights"]): void {
  for (const [name, { shape }] of [...parameters, ...statistics]) {
    const found = weights.get(name)?.shape;
    if (String(found) === String(shape)) continue;
    const received = found === undefined ? "nothing" : `[${found.join(", ")}]`;
    throw new NablaError("model/damaged", `${name} must be of shape [${shape.join(", ")}], found ${received}`);
  }
}
