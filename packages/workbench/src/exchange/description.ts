/** The description of a model in a file of another format, with a hash over it and the weights. */
import { type Json, NablaError, type NdArray } from "nabla";
import { type ExchangedModel, modelFromJson, modelToJson } from "nabla/exchange";
import { fromJsonText, isRecord, toJsonText } from "nabla/fields";
import { digest } from "../store/digest.ts";

/** The description as JSON text. */
export function describedModel(model: ExchangedModel): string {
  const description = modelToJson(model);
  return toJsonText({ ...description, sha256: digest(inOrder(model.trained.weights), toJsonText(description)) });
}

/**
 * The model again. One without a hash, as an older nabla wrote it, cannot be checked. Throws `model/damaged` and
 * `model/hash`.
 */
export function modelOfDescription(text: string, weights: ReadonlyMap<string, NdArray>): ExchangedModel {
  const described = parsed(text);
  if (!isRecord(described)) return modelFromJson(described, weights);
  const { sha256: expected, ...description } = described;
  if (expected !== undefined && digest(inOrder(weights), toJsonText(description as Json)) !== expected) {
    const message = "the model in the file was changed or damaged: its content does not have the hash that it names";
    throw new NablaError("model/hash", message, "export it again, or take a copy");
  }
  return modelFromJson(description as Json, weights);
}

/** By name: formats put arrays into an order of their own. */
function inOrder(weights: ReadonlyMap<string, NdArray>): ReadonlyMap<string, NdArray> {
  return new Map([...weights].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function parsed(text: string): Json {
  try {
    return fromJsonText(text);
  } catch {
    throw new NablaError("model/damaged", "the description of the model is not valid JSON");
  }
}
