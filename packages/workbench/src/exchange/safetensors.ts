import { NablaError } from "nabla";
import { modelFromJson, modelToJson, readSafetensors, writeSafetensors } from "nabla/exchange";
import { fromJsonText, toJsonText } from "../store/json-text.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import type { Found, ImportSource, Written } from "./format.ts";

/** What the metadata calls the model. */
const NAME = "nabla";

/** One file of weights under our paths, with everything else in its metadata. */
export function writeSafetensorsModel(model: TrainedModel, name: string): Written {
  const bytes = writeSafetensors(model.trained.weights, { [NAME]: toJsonText(modelToJson(model)) });
  return { files: new Map([[`${name}.safetensors`, bytes]]), notices: [] };
}

/** A model of ours where the metadata hold one, else weights. Throws `safetensors/…` and `model/damaged`. */
export function readSafetensorsModel({ bytes }: ImportSource): Found {
  const { tensors, metadata } = readSafetensors(bytes);
  const described = metadata[NAME];
  if (described === undefined) return { kind: "weights", tensors, notices: [] };
  return { kind: "model", model: { ...modelFromJson(parsed(described), tensors), notices: [] } };
}

function parsed(text: string): ReturnType<typeof fromJsonText> {
  try {
    return fromJsonText(text);
  } catch {
    throw new NablaError("model/damaged", "the description of the model is not valid JSON");
  }
}
