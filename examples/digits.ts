/**
 * The library from end to end, on images of handwritten digits: read, divide, standardize, train, look, answer, save.
 * Run it from a clone: node --conditions=nabla-source examples/digits.ts
 */
import { readTable, saveTrained } from "@nabla/workbench";
import {
  adam,
  applyPreparation,
  chain,
  cosine,
  dense,
  dropout,
  predict,
  prepare,
  relu,
  rows,
  softmaxCrossEntropy,
  split,
  train,
} from "nabla";
import { diagnose } from "nabla/diagnose";

const table = await readTable(new URL("data/digits.csv", import.meta.url).pathname, { target: "digit" });
const parts = split(table, { seed: 7 });
console.log(`${parts.policy.reason}; ${parts.train.rows} rows to learn from`);

// Everything that is learned about the columns is learned from the training part.
const preparation = prepare.fit(parts.train);
const job = {
  model: chain(dense(64), relu(), dropout({ keep: 0.8 }), dense(10)),
  loss: softmaxCrossEntropy(),
  optimizer: adam({ rate: 0.005 }),
  schedule: cosine(),
  train: applyPreparation(preparation, parts.train),
  dev: applyPreparation(preparation, parts.dev),
  batch: 32,
  epochs: 40,
  seed: 7,
};

// The loop is yours: `fit(job)` would drain these events and give the result.
const training = train(job);
for await (const event of training) {
  if (event.kind === "epoch" && event.epoch % 10 === 0) {
    console.log(`epoch ${event.epoch}: cost ${event.cost.toFixed(4)}, dev error ${event.dev?.error.toFixed(4)}`);
  }
}
const run = await training.result();
console.log(diagnose(run).summary);
const { answers, classes } = await predict(run.trained, rows(job.dev.inputs, 0, 5));
console.log(
  `the first five of dev are ${classes?.data.join(" ")}, and were ${job.dev.targets.data.slice(0, 5).join(" ")}`,
);
console.log(`surest: ${Math.max(...answers.data.slice(0, 10)).toFixed(3)}`);
await saveTrained(".nabla/models/example", { trained: run.trained, preparation });
