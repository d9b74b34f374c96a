/** The formats that models are exported to and imported from: one row each. A row's code is loaded when it is used. */
import type { Format } from "./format.ts";

/** Every format by the name that `--format` takes. */
export const formats: Readonly<Record<string, Format>> = {
  safetensors: {
    about: "weights by name, and the model in their metadata: PyTorch and others",
    endings: [".safetensors"],
    write: async (model, name) => (await import("./safetensors.ts")).writeModel(model, name),
    read: async (source) => (await import("./safetensors.ts")).readModel(source),
  },
};
