/** Models in and out of other tools' formats. */
export { type JsOptions, writeJs } from "./js/write-js.ts";
export { readKeras, writeKeras } from "./keras/archive.ts";
export type { Hdf5, Hdf5Group } from "./keras/hdf5-tree.ts";
export {
  type ModelKinds,
  modelFileParts,
  modelReader,
  type ReadModel,
  type ReadModelFileOptions,
  readModelFile,
  writeModelFile,
} from "./model-file.ts";
export { type ExchangedModel, type ImportedModel, modelFromJson, modelToJson } from "./model-json.ts";
export {
  type LoadedModel,
  modelFromParts,
  modelPartNames,
  modelParts,
  type SavedModel,
  type Sha256,
} from "./model-parts.ts";
export { answerShape } from "./network.ts";
export { readNpy, readNpyArray, type TextArray, writeNpy } from "./numpy/npy.ts";
export { type Npz, openNpz, readNpz, writeNpz } from "./numpy/npz.ts";
export { answerOnnx } from "./onnx/answer-onnx.ts";
export { wideInputs } from "./onnx/input-type.ts";
export { type OnnxModel, onnxFiles, type ReadOnnxOptions, readOnnx } from "./onnx/read-onnx.ts";
export { type WriteOnnxOptions, writeOnnx } from "./onnx/write-onnx.ts";
export { isNeutral, plainPreparation } from "./plain-preparation.ts";
export { readSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";
export { type ReadShard, readTfjs, writeTfjs } from "./tfjs/tfjs.ts";
export { readStateDict, type StateDict } from "./torch/state-dict.ts";
export { type LoadedWeights, loadWeights, type WeightMapping } from "./weight-mapping/load-weights.ts";
export { writeZip } from "./zip/write-zip.ts";
export { type Inflate, isZip, type ZipOptions } from "./zip/zip.ts";
