/** Uses what was added to the scratch copy whose sources lie in the folder that is named; prints what is wrong. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , folder = ""] = process.argv;
const load = (file: string) => import(pathToFileURL(join(folder, "packages/nabla/src", file)).href);
const nabla = await load("index.ts");
const testing = await load("testing/index.ts");
const tune = await load("tune/index.ts");
const complaints: string[] = [];
const expect = (holds: boolean, message: string): void => {
  if (!holds) complaints.push(message);
};

const inputs = nabla.ndarray(
  Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
  [8, 3],
);
for (const kind of ["softsign", "scaleBy"])
  complaints.push(...(await testing.layerComplaints(nabla.layerFrom(kind), [3])));
complaints.push(...(await testing.optimizerComplaints(nabla.optimizerFrom("signDescent"))));
expect(nabla.scheduleFrom({ kind: "halving", every: 2 }).factor({ epoch: 4 }) === 0.25, "halving is not a quarter");
complaints.push(...tune.samplerComplaints(tune.samplerFrom("middle")));
const numbers = nabla.constant(nabla.ndarray(Float32Array.of(-1.5, 0.2, 2), [3]));
for (const engine of [nabla.reference, nabla.wasm]) {
  const { data } = await nabla.value(nabla.ops.truncate(numbers), {}, { engine });
  expect(String([...data]) === "-1,0,2", `truncate gives ${[...data]} on ${engine.name}`);
}
// what was added trains, and is data that is read again
const targets = nabla.ndarray(
  Int32Array.from({ length: 8 }, (_, i) => i % 2),
  [8],
);
const model = nabla.chain(nabla.dense(4), nabla.softsign(), nabla.scaleBy(), nabla.dense(2));
const run = await nabla.fit({
  model: nabla.layerFrom(JSON.parse(JSON.stringify(nabla.toJson(model)))),
  loss: nabla.softmaxCrossEntropy(),
  optimizer: nabla.signDescent({ rate: 0.02 }),
  schedule: nabla.halving(),
  train: { inputs, targets, rows: 8 },
  epochs: 30,
});
expect(run.train.cost < (run.history[0]?.train.cost ?? 0), "the cost does not fall");
console.log(complaints.map((complaint) => `${complaint}\n`).join(""));
process.exitCode = complaints.length > 0 ? 1 : 0;
