/** Models in and out of other tools' formats. */
export { type ExchangedModel, type ImportedModel, modelFromJson, modelToJson } from "./model-json.ts";
export { readSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";
