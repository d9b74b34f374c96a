import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { relu, softmax } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { conv2d } from "../../src/nn/convolution.ts";
import { dense } from "../../src/nn/dense.ts";
import { ensemble } from "../../src/nn/ensemble.ts";
import { flatten } from "../../src/nn/flatten.ts";
import { type GraphStep, graphLayer } from "../../src/nn/graph-layer.ts";
import type { Layer } from "../../src/nn/layer.ts";
import { initModel } from "../../src/nn/model.ts";
import { learningLayers, newHead, soleMember } from "../../src/nn/new-head.ts";
import { globalAveragePool, maxPool } from "../../src/nn/pooling.ts";
import { predict } from "../../src/train/trained.ts";

const backbone = (model: Layer, shape: readonly number[]) => {
  const { parameters, buffers } = initModel(model, shape, seedKey(4));
  return { model, weights: new Map([...parameters, ...buffers]), shape };
};
const step = (layer: Layer, of: number): GraphStep => ({ layer, of });
const softmaxSteps = (at: number, outputs: number): readonly GraphStep[] => [
  { op: "exp", of: [at], attributes: {} },
  { op: "sum", of: [at + 1], attributes: { axes: [1], keep: true } },
  { op: "broadcast", of: [at + 2], attributes: { shape: ["batch", outputs] } },
  { op: "divide", of: [at + 1, at + 3], attributes: {} },
];
const branch = (from: number): readonly GraphStep[] => [
  step(dense(4), from),
  step(relu(), from + 1),
  step(dense(3), from + 2),
];

const networks: readonly (readonly [
  string,
  Layer,
  readonly number[],
  { head: string; replaced: boolean; kept: readonly string[] },
])[] = [
  ["a chain", chain(dense(4), relu(), dense(3)), [5], { head: "dense2", replaced: true, kept: ["dense1"] }],
  [
    "a chain in a chain",
    chain(chain(dense(4), relu()), chain(dense(3))),
    [5],
    { head: "chain2.dense1", replaced: true, kept: ["chain1.dense1"] },
  ],
  [
    "a graph",
    graphLayer([step(conv2d(2), 0), step(flatten(), 1), step(dense(3), 2)]),
    [4, 4, 1],
    { head: "dense1", replaced: true, kept: ["conv2d1"] },
  ],
  [
    "a graph with probabilities",
    graphLayer([...branch(0), ...softmaxSteps(3, 3)]),
    [5],
    { head: "dense2", replaced: true, kept: ["dense1"] },
  ],
  [
    "a graph of members alike",
    graphLayer([
      ...branch(0),
      ...[step(dense(4), 0), step(relu(), 4), step(dense(3), 5)],
      { op: "add", of: [3, 6], attributes: {} },
    ]),
    [5],
    { head: "dense2", replaced: true, kept: ["dense1"] },
  ],
  [
    "a classifier of maps",
    chain(conv2d(3, { size: 1 }), globalAveragePool()),
    [4, 4, 1],
    { head: "conv2d1", replaced: true, kept: [] },
  ],
  ["features after an activation", chain(dense(4), relu()), [5], { head: "dense2", replaced: false, kept: ["dense1"] }],
  [
    "maps of features",
    chain(conv2d(2), batchNorm(), relu(), maxPool()),
    [4, 4, 1],
    { head: "dense1", replaced: false, kept: ["conv2d1", "batchNorm1"] },
  ],
  [
    "a graph of maps",
    graphLayer([step(conv2d(2), 0), step(relu(), 1)]),
    [4, 4, 1],
    { head: "dense1", replaced: false, kept: ["conv2d1"] },
  ],
  ["one layer that is no chain", dense(4), [5], { head: "dense1", replaced: true, kept: [] }],
  [
    "a gate beside its input",
    graphLayer([step(dense(4), 0), step(dense(4), 1), { op: "multiply", of: [1, 2], attributes: {} }]),
    [5],
    { head: "dense3", replaced: false, kept: ["dense1", "dense2"] },
  ],
];

test.each(networks)("%s gets a head of as many outputs, and keeps all other weights", async (_, model, shape, {
  head,
  replaced,
  kept,
}) => {
  const own = backbone(model, shape);
  const found = newHead(own, 7);
  expect([found.head, found.replaced]).toEqual([head, replaced]);
  expect(found.model.shapeOf(shape)).toEqual([7]);
  const layers = learningLayers({ model: found.model, shape });
  expect(layers.map(({ path }) => path).filter((path) => path !== head)).toEqual(kept);
  const drawn = initModel(found.model, shape, seedKey(9));
  const all = new Map([...drawn.parameters, ...drawn.buffers]);
  for (const [path, { shape: its }] of found.weights) expect([path, all.get(path)?.shape]).toEqual([path, its]);
  const missing = [...all.keys()].filter((path) => !found.weights.has(path));
  expect(missing.every((path) => path.startsWith(head === "" ? "" : `${head}.`))).toBe(true);
});

test("of a graph of members the first is kept by value, whatever its steps are called", async () => {
  const members = graphLayer([
    ...[step(dense(2), 0), step(dense(4), 0), step(relu(), 2), step(dense(3), 3)],
    ...softmaxSteps(4, 3),
  ]);
  const own = backbone(members, [5]);
  const { model, weights, head } = newHead(own, 3);
  // the first layer is needed by nothing: the second one is now called as it was
  expect([...weights.keys()].sort()).toEqual(["dense1.bias", "dense1.weights"]);
  expect(weights.get("dense1.weights")).toEqual(own.weights.get("dense2.weights"));
  const logits = own.weights;
  const trained = {
    model,
    loss: softmaxCrossEntropy(),
    shape: [5],
    weights: new Map([
      ...weights,
      [`${head}.weights`, logits.get("dense3.weights") ?? never()] as const,
      [`${head}.bias`, logits.get("dense3.bias") ?? never()] as const,
    ]),
  };
  const inputs = ndarray(Float32Array.from(normal(seedKey(2), 20)), [4, 5]);
  const { answers } = await predict(trained, inputs);
  const plain = chain(dense(4), relu(), dense(3), softmax());
  expect(plain.shapeOf([5])).toEqual([3]);
  const before = await predict({ ...own, loss: { ...softmaxCrossEntropy(), answer: (x) => x } }, inputs);
  expect([...answers.data].map((x) => x.toFixed(5))).toEqual([...before.answers.data].map((x) => x.toFixed(5)));
});

const never = (): never => {
  throw new Error("it has no such weights");
};

test("an ensemble is its first member, and layers that normalize go with the one before", () => {
  const member = chain(dense(4), batchNorm(), relu(), dense(3));
  const own = backbone(ensemble([member, member], { loss: softmaxCrossEntropy() }), [5]);
  const sole = soleMember(own);
  expect(sole.weights.get("dense1.weights")).toEqual(own.weights.get("member1.dense1.weights"));
  expect(newHead(own, 2).head).toBe("dense2");
  expect(learningLayers(sole)).toEqual([
    { path: "dense1", normalizes: false },
    { path: "batchNorm1", normalizes: true },
    { path: "dense2", normalizes: false },
  ]);
});

test("a network of several outputs has no head", () => {
  const several = { ...dense(2), shapeOf: () => ({ a: [1], b: [2] }) } as unknown as Layer;
  expect(() => newHead({ model: several, weights: new Map(), shape: [3] }, 2)).toThrow(/several/);
});
