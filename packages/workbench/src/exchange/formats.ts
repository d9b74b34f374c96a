/** The formats that models are exported to and imported from: one row each. A row's code is loaded when it is used. */
import type { ModelFormat } from "./format.ts";

/** Every format by the name that `--format` takes. */
export const formats: Readonly<Record<string, ModelFormat>> = {
  onnx: {
    about: "an inference graph with the preparation inside: PyTorch, TensorFlow and every runtime",
    endings: [".onnx"],
    calibrated: true,
    write: async (model, name) => (await import("./onnx.ts")).writeOnnxModel(model, name),
    read: async (source) => (await import("./onnx.ts")).readOnnxModel(source),
    answers: async (bytes, rows) => (await import("nabla/exchange")).answerOnnx(bytes, rows),
  },
  safetensors: {
    about: "weights by name, and the model in their metadata: PyTorch and others",
    endings: [".safetensors"],
    write: async (model, name) => (await import("./safetensors.ts")).writeSafetensorsModel(model, name),
    read: async (source) => (await import("./safetensors.ts")).readSafetensorsModel(source),
  },
  keras: {
    about: "a Keras model: TensorFlow, DL4J",
    endings: [".keras", ".h5", ".hdf5"],
    write: async (model, name) => (await import("./keras.ts")).writeKerasModel(model, name),
    read: async (source) => (await import("./keras.ts")).readKerasModel(source),
  },
  tfjs: {
    about: "a TensorFlow.js layers model: a folder with model.json",
    endings: ["model.json", ".json"],
    write: async (model, name) => (await import("./tfjs.ts")).writeTfjsModel(model, name),
    read: async (source) => (await import("./tfjs.ts")).readTfjsModel(source),
  },
  npz: {
    about: "NumPy arrays by name: NumPy, Theano, Lasagne",
    endings: [".npz", ".npy"],
    write: async (model, name) => (await import("./npz.ts")).writeNpzModel(model, name),
    read: async (source) => (await import("./npz.ts")).readNpzModel(source),
  },
  js: {
    about: "one file of plain JavaScript with everything inside, for any page or script",
    endings: [".js", ".mjs"],
    ...{ calibrated: true, answersClasses: true },
    write: async (model, name) => (await import("./js.ts")).writeJsModel(model, name),
    answers: async (bytes, rows, model) => (await import("./js.ts")).answersOfJs(bytes, rows, model),
  },
  nabla: {
    about: "the model folder as one file, for pages and for sending",
    endings: [".nabla"],
    ...{ calibrated: true, answersClasses: true },
    write: async (model, name) => (await import("./nabla.ts")).writeNablaModel(model, name),
    read: async (source) => (await import("./nabla.ts")).readNablaModel(source),
  },
  pt: {
    about: "a PyTorch state dict",
    endings: [".pt", ".pth"],
    read: async (source) => (await import("./torch.ts")).readTorchModel(source),
  },
};
