/** Writes every sample in every format, with its inputs and our answers, into a folder: `node --conditions=nabla-source write.ts FOLDER`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { predict } from "nabla";
import { plainPreparation } from "nabla/exchange";
import { exportModel } from "../../../src/exchange/export-model.ts";
import { inputsFor, samples, trainedSample } from "./models.ts";

const [folder = "witness-files"] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const written: Record<string, object> = {};
for (const [name, sample] of Object.entries(samples)) {
  const trained = trainedSample(sample);
  const inputs = inputsFor(sample, 20);
  const { answers } = await predict(trained, inputs);
  const outputs = answers.shape.at(-1) ?? 1;
  const preparation = plainPreparation({ shape: sample.shape, outputs, loss: sample.loss });
  const model = { trained, preparation, unnamed: true };
  const files: Record<string, string> = {};
  for (const format of ["safetensors", "keras", "npz", "tfjs", "js"]) {
    try {
      const ending = { tfjs: "-tfjs", js: ".mjs" }[format] ?? `.${format}`;
      files[format] = (await exportModel(model, { format, name, output: join(folder, `${name}${ending}`) })).path;
    } catch (error) {
      files[format] = `refused: ${String(error).split("\n")[1]?.trim()}`;
    }
  }
  const weights = Object.fromEntries(
    [...trained.weights].map(([path, { shape, data }]) => [path, { shape, data: [...data] }]),
  );
  written[name] = { shape: inputs.shape, inputs: [...inputs.data], answers: [...answers.data], files, weights };
}
writeFileSync(join(folder, "written.json"), JSON.stringify(written));
