// A network on a table, as a program: node train.ts
import { readTable, saveTrained } from "@nabla/workbench";
import { adam, applyPreparation, cosine, fit, network, prepare, softmaxCrossEntropy, split } from "nabla";
import { diagnose } from "nabla/diagnose";

const table = await readTable("penguins.csv", { target: "species" });
const parts = split(table, { seed: 1 });
const preparation = prepare.fit(parts.train); // scaled, one-hot and imputed by what the training part holds
const run = await fit({
  model: network({ hidden: [32], outputs: 3 }),
  loss: softmaxCrossEntropy(),
  optimizer: adam({ rate: 0.01 }),
  schedule: cosine(),
  train: applyPreparation(preparation, parts.train),
  dev: applyPreparation(preparation, parts.dev),
  epochs: 60,
});
console.log(diagnose(run).summary);
await saveTrained("penguins-by-program", { trained: run.trained, preparation });
