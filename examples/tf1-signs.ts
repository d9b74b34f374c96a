/**
 * The notes' network of three layers in TensorFlow 1's way, from W1 to the accuracies. They tell hand signs for 0 to 5
 * apart by 12,288 pixels; here the images are the handwritten digits from 0 to 5, so the last layer has their six units.
 * Run it from a clone: node --conditions=nabla-source examples/tf1-signs.ts
 */
import { modelFolders, readTable } from "@nabla/workbench";
import {
  applyPreparation,
  batchCount,
  batches,
  type Examples,
  identityCodes,
  prepare,
  seedKey,
  split,
  takeTable,
} from "nabla";
import * as tf from "nabla/tf1";

const table = await readTable(new URL("data/digits.csv", import.meta.url).pathname, { target: "digit" });
const codes = table.target === undefined ? [] : [...identityCodes(table.target)];
const signs = takeTable(
  table,
  codes.flatMap((code, row) => (code < 6 ? [row] : [])),
);
const parts = split(signs, { seed: 7, fractions: { train: 0.8, dev: 0.2, test: 0 } });
const preparation = prepare.fit(parts.train);
const [train, test] = [parts.train, parts.dev].map((part) => applyPreparation(preparation, part)) as [
  Examples,
  Examples,
];
const pixels = train.inputs.shape[1] ?? 0;

tf.resetDefaultGraph();
const X = tf.placeholder(tf.float32, [null, pixels], { name: "X" });
const Y = tf.placeholder(tf.int32, [null], { name: "Y" });

const weights = (name: string, shape: readonly [number, number]) =>
  tf.getVariable(name, shape, { initializer: tf.contrib.layers.xavierInitializer({ seed: 1 }) });
const bias = (name: string, units: number) => tf.getVariable(name, [units, 1], { initializer: tf.zerosInitializer() });
const [W1, b1] = [weights("W1", [25, pixels]), bias("b1", 25)];
const [W2, b2] = [weights("W2", [12, 25]), bias("b2", 12)];
const [W3, b3] = [weights("W3", [6, 12]), bias("b3", 6)];

const Z1 = tf.add(tf.matmul(W1, X, { transposeB: true }), b1);
const A1 = tf.nn.relu(Z1);
const Z2 = tf.expr`${W2} @ ${A1} + ${b2}`;
const A2 = tf.nn.relu(Z2);
const Z3 = tf.expr`${W3} @ ${A2} + ${b3}`; // forward propagation stops here: the loss takes logits

const logits = tf.transpose(Z3);
const labels = tf.oneHot(Y, 6);
const cost = tf.reduceMean(tf.nn.softmaxCrossEntropyWithLogits({ logits, labels }));
const optimizer = tf.train.adamOptimizer(0.001).minimize(cost);
const correct = tf.equal(tf.argMax(logits, 1), Y);
const accuracy = tf.reduceMean(tf.cast(correct, tf.float32));
const init = tf.globalVariablesInitializer();

await using session = tf.session();
await session.run(init);
const size = 32;
const count = batchCount(train.rows, { size, last: "drop" });
for (let epoch = 0; epoch <= 100; epoch++) {
  let epochCost = 0;
  for (const batch of batches(train, { size, key: seedKey(3), epoch, last: "drop" })) {
    const [, batchCost] = await session.run(
      [optimizer, cost],
      [
        [X, batch.inputs],
        [Y, batch.targets],
      ],
    );
    epochCost += batchCost / count;
  }
  if (epoch % 20 === 0) console.log(`Cost after epoch ${epoch}: ${epochCost.toFixed(6)}`);
}
for (const [name, part] of Object.entries({ Train: train, Test: test })) {
  const share = await session.run(accuracy, { X: part.inputs, Y: part.targets });
  console.log(`${name} Accuracy: ${share.toFixed(4)} of ${part.rows} images`);
}
const saver = tf.train.saver({ folders: modelFolders, varList: tf.trainableVariables() });
console.log(`Parameters saved in ${await saver.save(session, ".nabla/models/signs")}`);
