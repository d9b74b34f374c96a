/** A trained network with all that its predictions need: how tables become its inputs, and what its outputs mean. */
import { compact, type Json, NablaError, type Preparation } from "nabla";
import { type ExchangedModel, modelFromJson, modelToJson, type SavedModel } from "nabla/exchange";
import { loadModel, modelArchive, saveModel } from "./model-folder.ts";

/** What a model folder holds. */
export interface TrainedModel extends ExchangedModel {
  readonly preparation: Preparation;
  /** The run that made it. */
  readonly run?: string;
}

const OWN_KIND =
  "folders are read with nabla's own kinds; a network of other kinds is built in code: fit({ model, weights })";

/**
 * Writes a model folder in one step; what was there stays until all of it is written. Throws `model/preparation` for a
 * model without one, which could not be read back, and `files/…`.
 */
export async function saveTrained(path: string, model: TrainedModel): Promise<void> {
  if (model.preparation === undefined) {
    const message =
      "saveTrained writes a model with its preparation, which says what tables become its inputs; this one has none";
    const hint =
      "give { trained, preparation }, as prepare.fit(train) gives it; weights alone go into a file with writeSafetensors";
    throw new NablaError("model/preparation", message, hint);
  }
  await saveModel(path, savedForm(model));
}

/** The folder that `saveTrained` would write as the bytes of one file. */
export async function trainedArchive(model: TrainedModel): Promise<Uint8Array> {
  return await modelArchive(savedForm(model));
}

function savedForm({ run, ...model }: TrainedModel): SavedModel {
  return { model: compact({ run, ...modelToJson(model) }), weights: model.trained.weights };
}

/** Reads a model folder, or one file of it, back. Throws `model/…` errors that name what is missing or damaged. */
export async function loadTrained(path: string): Promise<TrainedModel & { readonly sha256: string }> {
  const { model, weights, sha256 } = await loadModel(path);
  try {
    const { preparation, ...rest } = modelFromJson(model, weights);
    if (preparation === undefined) throw new NablaError("model/damaged", "it has no preparation");
    const { run } = model as { readonly [name: string]: Json };
    return { ...rest, preparation, ...(typeof run === "string" ? { run } : {}), sha256 };
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    const message = `the model ${path} is damaged: ${error.message}`;
    // a kind that was declared by who trained it is no damage, and no other copy knows it either
    if (error.code === "options/kind") throw new NablaError("model/kind", `${path}: ${error.message}`, OWN_KIND);
    throw new NablaError("model/damaged", message, "save it again, or take a copy");
  }
}
