// Saves a model of two megabytes, and prints how it is refused: node save-large.ts FOLDER
import { NablaError, ndarray } from "nabla";
import { saveModel } from "../../../src/store/model-folder.ts";

const weights = new Map([["large", ndarray(new Float32Array(500_000), [500_000])]]);
await saveModel(process.argv[2] ?? "", { model: {}, weights }).catch((error: unknown) => {
  if (!(error instanceof NablaError)) throw error;
  process.stdout.write(`${error.code}\n`);
});
