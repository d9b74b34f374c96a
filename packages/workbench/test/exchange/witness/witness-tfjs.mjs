/** Reads with TensorFlow.js what nabla wrote (write.ts FOLDER), and prints rows of a table: `node witness-tfjs.mjs FOLDER`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "../../../../../benchmarks/peers/load.mjs";

const tf = await load("@tensorflow/tfjs");
await tf.setBackend("cpu");
const [folder = "."] = process.argv.slice(2);
const written = JSON.parse(readFileSync(join(folder, "written.json"), "utf8"));
for (const [name, { shape, inputs, answers, files }] of Object.entries(written)) {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(files.tfjs, "model.json"), "utf8"));
  const [{ paths, weights }] = weightsManifest;
  const bytes = readFileSync(join(files.tfjs, paths[0]));
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weights, weightData }));
  const found = await model.predict(tf.tensor(inputs, shape)).data();
  const distance = Math.max(...answers.map((value, i) => Math.abs(value - found[i])));
  if (!(distance < 1e-5 * Math.max(1, ...answers.map(Math.abs)))) throw new Error(`${name}: off by ${distance}`);
  console.log(
    `| TensorFlow.js ${tf.version.tfjs} | ${name} | answers differ by at most ${distance.toExponential(1)} |`,
  );
}
