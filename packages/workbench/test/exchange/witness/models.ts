/** Networks of every layer, with random weights, and inputs for them: what the witnesses of each format are asked about. */
import {
  attention,
  averagePool,
  batchNorm,
  chain,
  conv1d,
  conv2d,
  dense,
  dropout,
  elu,
  embedding,
  embeddingBag,
  ensemble,
  featureBranch,
  flatten,
  focal,
  gelu,
  globalAveragePool,
  identity,
  initModel,
  type Layer,
  type Loss,
  layerNorm,
  leakyRelu,
  maxPool,
  type NdArray,
  ndarray,
  periodic,
  positionalEncoding,
  recurrent,
  relu,
  residual,
  seedKey,
  sigmoid,
  sigmoidCrossEntropy,
  sigmoidFocal,
  softmax,
  softmaxCrossEntropy,
  spatialDropout,
  squaredError,
  type Trained,
  tanh,
  transformerBlock,
  uniform,
} from "nabla";

interface Sample {
  readonly model: Layer;
  readonly loss: Loss;
  readonly shape: readonly number[];
  /** Inputs are whole numbers below this. */
  readonly codes?: number;
}

/** By name; together they hold every layer that nabla has but the ones that a file of another tool made. */
export const samples: Readonly<Record<string, Sample>> = {
  rows: {
    model: chain(dense(7), batchNorm(), relu(), dropout({ keep: 0.8 }), dense(5), tanh(), dense(3)),
    loss: softmaxCrossEntropy(),
    shape: [4],
  },
  bends: {
    model: chain(
      dense(6),
      leakyRelu({ slope: 0.2 }),
      dense(6),
      elu(),
      layerNorm(),
      gelu(),
      dense(6),
      sigmoid(),
      identity(),
      dense(1),
    ),
    loss: squaredError(),
    shape: [5],
  },
  images: {
    model: chain(
      conv2d(4, { size: [3, 2], stride: [2, 1] }),
      relu(),
      maxPool({ size: 3, stride: 2, padding: "same" }),
      spatialDropout({ keep: 0.9 }),
      conv2d(6, { padding: "valid", size: 2, dilation: 1, bias: false }),
      batchNorm(),
      averagePool({ size: [1, 2] }),
      flatten(),
      dense(4),
      softmax(),
      dense(2),
    ),
    loss: softmaxCrossEntropy(),
    shape: [8, 7, 3],
  },
  codes: {
    model: chain(
      embedding({ count: 9, units: 4 }),
      conv1d(5, { dilation: 2 }),
      maxPool({ size: 2 }),
      globalAveragePool(),
      dense(1),
    ),
    loss: sigmoidCrossEntropy(),
    shape: [10],
    codes: 9,
  },
  sums: {
    model: chain(dense(6), residual(dense(6), relu(), dense(6)), relu(), residual(dense(6)), dense(2)),
    loss: squaredError(),
    shape: [3],
  },
  positions: {
    model: chain(dense(4), tanh(), layerNorm(), dense(3, { bias: false }), relu(), flatten(), dense(2)),
    loss: squaredError(),
    shape: [3, 5],
  },
  waves: {
    model: chain(periodic({ count: 3, deviation: 0.4, inputs: [3, 0, 1] }), dense(4), relu(), dense(2)),
    loss: squaredError(),
    shape: [4],
  },
  words: {
    model: chain(embeddingBag({ count: 8, units: 3, from: 1, length: 4 }), dense(2)),
    loss: softmaxCrossEntropy(),
    shape: [6],
    codes: 9,
  },
  sentences: {
    model: chain(
      embedding({ count: 9, units: 4, padding: 0 }),
      positionalEncoding({ mask: true }),
      attention({ heads: 2, mask: true }),
      transformerBlock({ heads: 2, mask: true, units: 5 }),
      globalAveragePool({ mask: true }),
      dense(3),
    ),
    loss: softmaxCrossEntropy(),
    shape: [7],
    codes: 9,
  },
  steps: {
    model: chain(
      featureBranch({ from: 2, length: 4, layers: [embedding({ count: 9, units: 2 }), recurrent(3)] }),
      dense(2),
    ),
    loss: squaredError(),
    shape: [7],
    codes: 9,
  },
  directions: {
    model: chain(recurrent(4, { returns: "all", direction: "both" }), recurrent(3, { cell: "lstm" }), dense(2)),
    loss: squaredError(),
    shape: [5, 3],
  },
  blocks: {
    model: chain(
      embedding({ count: 9, units: 4 }),
      positionalEncoding({ form: "learned" }),
      transformerBlock({ heads: 2, causal: true, units: 5, keep: 0.9 }),
      positionalEncoding(),
      attention({ heads: 1 }),
      recurrent(3, { direction: "backward" }),
      dense(3),
    ),
    loss: focal(),
    shape: [5],
    codes: 9,
  },
  sides: { model: chain(dense(3), tanh(), dense(1)), loss: sigmoidFocal(), shape: [4] },
  ensemble: {
    model: ensemble([chain(dense(5), relu(), dense(3)), dense(3)], { loss: softmaxCrossEntropy() }),
    loss: softmaxCrossEntropy(),
    shape: [4],
  },
};

/** A sample with weights that are all over the place, statistics too. */
export function trainedSample({ model, loss, shape }: Sample): Trained {
  const variables = initModel(model, shape, seedKey(3));
  let seed = 100;
  const drawn = ({ shape }: NdArray, from: number, to: number): NdArray => {
    const count = shape.reduce((product, length) => product * length, 1);
    return ndarray(
      Float32Array.from(uniform(seedKey(seed++), count), (share) => from + (to - from) * share),
      shape,
    );
  };
  const weights = new Map([
    ...[...variables.parameters].map(([path, array]) => [path, drawn(array, -0.8, 0.8)] as const),
    ...[...variables.buffers].map(
      ([path, array]) => [path, path.endsWith("variance") ? drawn(array, 0.3, 1.5) : drawn(array, -0.5, 0.5)] as const,
    ),
  ]);
  return { model, loss, weights, shape };
}

/** Some inputs [rows, ...shape]. */
export function inputsFor({ shape, codes }: Sample, rows: number): NdArray {
  const count = rows * shape.reduce((product, length) => product * length, 1);
  const of = (share: number): number => (codes === undefined ? 4 * share - 2 : Math.floor(codes * share));
  return ndarray(Float32Array.from(uniform(seedKey(7), count), of), [rows, ...shape]);
}
