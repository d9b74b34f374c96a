import { readSafetensors, writeSafetensors } from "nabla/exchange";
import type { TrainedModel } from "../store/trained-model.ts";
import { describedModel, modelOfDescription } from "./description.ts";
import type { Found, ImportSource, Written } from "./format.ts";

/** What the metadata calls the model. */
const NAME = "nabla";

/** One file of weights under our paths, with everything else in its metadata. */
export function writeSafetensorsModel(model: TrainedModel, name: string): Written {
  const bytes = writeSafetensors(model.trained.weights, { [NAME]: describedModel(model) });
  return { files: new Map([[`${name}.safetensors`, bytes]]), notices: [] };
}

/** A model of ours where the metadata hold one, else weights. Throws `safetensors/…` and `model/damaged`. */
export function readSafetensorsModel({ bytes }: ImportSource): Found {
  const { tensors, metadata } = readSafetensors(bytes);
  const described = metadata[NAME];
  if (described === undefined) return { kind: "weights", tensors, notices: [] };
  return { kind: "model", model: { ...modelOfDescription(described, tensors), notices: [] } };
}
