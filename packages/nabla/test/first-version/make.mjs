/**
 * Makes `fixtures/first-version`: `node --conditions=nabla-source make.mjs <checkout of that version, installed>`. Every
 * kind of layer, initializer, loss, penalty, optimizer, schedule, average, augmentation, sampler and pruner is made from
 * plain data and used; what came of it is written down. Run once: what later versions must still read does not change.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const root = resolve(process.argv[2] ?? "");
const load = async (path) => await import(pathToFileURL(join(root, "packages/nabla/src", path)).href);
const nabla = await load("index.ts");
const { modelToJson, writeSafetensors } = await load("exchange/index.ts");
const { pruners, samplers, studyFrom } = await load("tune/index.ts");
const here = (name) => new URL(`../fixtures/first-version/${name}`, import.meta.url);

let state = 5;
const draw = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const floats = (shape, make) =>
  nabla.ndarray(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, make), shape);
const codes = (rows, make) => nabla.ndarray(Int32Array.from({ length: rows }, make), [rows]);
const between = () => draw() * 2 - 1;
const rows = floats([48, 4], between);
const sum = (row) => rows.data.subarray(row * 4, row * 4 + 4).reduce((a, b) => a + b, 0);
const data = new Map([
  ["rows", rows],
  ["rows.classes", codes(48, (_, row) => (sum(row) < -0.5 ? 0 : sum(row) < 0.5 ? 1 : 2))],
  ["rows.binary", floats([48, 1], (_, row) => Number(sum(row) > 0))],
  ["rows.numbers", floats([48, 1], (_, row) => sum(row) + draw() / 4)],
  ["images", floats([24, 6, 6, 1], draw)],
  ["images.classes", codes(24, (_, row) => row % 3)],
  ["series", floats([24, 8, 2], between)],
  ["series.classes", codes(24, (_, row) => row % 3)],
  ["words", floats([24, 5], () => Math.floor(draw() * 7))],
  ["words.classes", codes(24, (_, row) => row % 3)],
]);

const dense = (units, more = {}) => ({ kind: "dense", units, ...more });
const base = {
  ...{ data: "rows", targets: "classes", layers: [dense(5), "tanh", dense(3)], loss: "softmaxCrossEntropy" },
  ...{ optimizer: { kind: "momentum", rate: 0.05 }, batch: 16, epochs: 2, seed: 3 },
};
const numbers = { targets: "numbers", layers: [dense(5), "tanh", dense(1)] };
const image = { data: "images", layers: ["flatten", dense(3)] };
const inNetwork = (...layers) => ({ layers: [dense(5), ...layers, dense(3)] });
const layers = {
  batchNorm: inNetwork({ kind: "batchNorm", momentum: 0.8, epsilon: 0.001 }, "relu"),
  layerNorm: inNetwork({ kind: "layerNorm", epsilon: 0.001 }, "elu"),
  dropout: inNetwork("gelu", { kind: "dropout", keep: 0.8 }),
  activations: inNetwork("sigmoid", dense(4, { bias: false }), { kind: "leakyRelu", slope: 0.2 }, "identity", {
    ...{ kind: "elu", alpha: 0.7 },
  }),
  softmax: inNetwork("softmax"),
  residual: inNetwork({ kind: "residual", layers: [dense(5), "relu"] }, { kind: "chain", layers: ["tanh"] }),
  convolutions: {
    data: "images",
    layers: [
      { kind: "conv2d", filters: 4, size: [3, 3], padding: "same" },
      "relu",
      { kind: "maxPool", size: [2, 2] },
      { kind: "conv2d", filters: 4, size: [2, 2], groups: 2, dilation: [1, 1], bias: false },
      { kind: "spatialDropout", keep: 0.9 },
      { kind: "averagePool", size: [2, 2], stride: [1, 1] },
      "flatten",
      dense(3),
    ],
  },
  strides: {
    data: "images",
    layers: [{ kind: "conv2d", filters: 3, stride: [2, 2], padding: "valid" }, "relu", "globalAveragePool", dense(3)],
  },
  series: { data: "series", layers: [{ kind: "conv1d", filters: 4, size: [3] }, "relu", "flatten", dense(3)] },
  embedding: { data: "words", layers: [{ kind: "embedding", count: 7, units: 3 }, "flatten", dense(3)] },
  ensemble: {
    layers: [
      {
        ...{ kind: "ensemble", loss: "softmaxCrossEntropy", of: "answers" },
        members: [dense(3), { kind: "chain", layers: [dense(4), "relu", dense(3)] }],
      },
    ],
  },
  graph: {
    layers: [
      {
        kind: "graph",
        steps: [
          { layer: dense(3), of: 0 },
          { parameter: "weights", shape: [4, 3], init: "he", learned: true },
          { op: "matmul", of: [0, 2], attributes: {} },
          { op: "add", of: [1, 3], attributes: {} },
        ],
      },
    ],
  },
};
const first = (init) => ({ layers: [dense(4, { init }), "tanh", dense(3)] });
const initializers = {
  he: first({ kind: "he", distribution: "uniform" }),
  xavier: first("xavier"),
  lecun: first({ kind: "lecun", distribution: "truncatedNormal" }),
  varianceScaling: first({ kind: "varianceScaling", scale: 0.5, fan: "average", distribution: "normal" }),
  normal: first({ kind: "normal", mean: 0.1, deviation: 0.2 }),
  truncatedNormal: first({ kind: "truncatedNormal", mean: -0.1, deviation: 0.2 }),
  uniform: first({ kind: "uniform", from: -0.2, to: 0.3 }),
  constant: first({ kind: "constant", value: 0.25 }),
  zeros: first("zeros"),
  ones: first("ones"),
  orthogonal: first({ kind: "orthogonal", gain: 1.2 }),
  identity: first({ kind: "identity", gain: 0.9 }),
};
const losses = {
  smoothed: { loss: { kind: "softmaxCrossEntropy", smoothing: 0.1 } },
  binary: { targets: "binary", layers: [dense(5), "tanh", dense(1)], loss: "sigmoidCrossEntropy" },
  squared: { ...numbers, loss: "squaredError" },
  absolute: { ...numbers, loss: "absoluteError" },
  huber: { ...numbers, loss: { kind: "huber", delta: 0.5 } },
};
const penalties = {
  l1: { penalty: { kind: "l1", strength: 0.01, proximal: true } },
  l2: { penalty: { kind: "l2", strength: 0.01, reduction: "examples", except: ["dense2"] } },
  strength: { penalty: 0.02 },
  elastic: { penalty: { kind: "elastic", l1: 0.001, l2: 0.01 } },
};
const optimized = (optimizer) => ({ optimizer });
const sequence = (...links) => optimized({ kind: "sequence", rate: 0.01, links });
const optimizers = {
  gradientDescent: optimized({ kind: "gradientDescent", rate: 0.1 }),
  momentum: optimized({ kind: "momentum", rate: 0.05, beta: 0.8, form: "heavyBall", nesterov: true }),
  rmsprop: optimized({ kind: "rmsprop", rate: 0.01, momentum: 0.5, centered: true }),
  adam: optimized({ kind: "adam", rate: 0.02, beta1: 0.8, beta2: 0.99, epsilon: 1e-6 }),
  adamW: optimized({ kind: "adamW", rate: 0.02, decay: 0.02 }),
  nadam: optimized("nadam"),
  amsgrad: optimized("amsgrad"),
  adamax: optimized("adamax"),
  adadelta: optimized("adadelta"),
  lion: optimized("lion"),
  lamb: optimized({ kind: "lamb", rate: 0.01 }),
  adagrad: optimized({ kind: "adagrad", rate: 0.05, initial: 0.1 }),
  accumulate: optimized({ kind: "accumulate", every: 2, optimizer: { kind: "adam", rate: 0.01 } }),
  byNorm: sequence({ kind: "clipGlobalNorm", most: 0.5 }, "adam", { kind: "decay", strength: 0.01 }),
  byValue: sequence({ kind: "clipValue", most: 0.1 }, "momentum", { kind: "maxNorm", most: 2 }),
  byTrust: sequence({ kind: "clipNorm", most: 0.4 }, "rms", "trust", { kind: "groups", factors: { dense1: 0.5 } }),
};
const scheduled = (schedule) => ({ schedule, epochs: 4 });
const schedules = {
  constant: scheduled("constant"),
  inverseTime: scheduled({ kind: "inverseTime", decay: 0.5 }),
  exponential: scheduled({ kind: "exponential", base: 0.8, per: "step" }),
  squareRoot: scheduled({ kind: "squareRoot", k: 0.7 }),
  staircase: scheduled({ kind: "staircase", factor: 0.5, every: 2 }),
  multiStep: scheduled({ kind: "multiStep", at: [1, 3], factor: 0.3 }),
  cosine: scheduled({ kind: "cosine", floor: 0.1, per: "epoch" }),
  warmRestarts: scheduled({ kind: "warmRestarts", period: 1, growth: 2 }),
  cyclic: scheduled({ kind: "cyclic", cycles: 2 }),
  oneCycle: scheduled({ kind: "oneCycle", rise: 0.3, start: 0.1, end: 0.01 }),
  onPlateau: scheduled({ kind: "onPlateau", factor: 0.5, patience: 1, least: 0.2 }),
  byHand: scheduled({ kind: "byHand", factors: [1, 0.5, 0.25, 0.5] }),
  warmup: scheduled({ kind: "warmup", epochs: 2, schedule: "cosine" }),
};
const others = {
  movingAverage: { average: { kind: "movingAverage", keep: 0.8 } },
  tailAverage: { average: { kind: "tailAverage", from: 0.5 }, epochs: 4 },
  mixup: { mixup: 0.3 },
  inOrder: { shuffle: false, patience: 1, epochs: 5 },
};
const augmented = (...augment) => ({ ...image, augment });
const augmentations = {
  moves: augmented({ kind: "flip", axis: "horizontal" }, { kind: "shift", by: 1 }, { kind: "rotate", degrees: 20 }),
  sizes: augmented({ kind: "crop", least: 0.7 }, { kind: "scale", by: 1.2 }),
  elastic: augmented({ kind: "elasticDistortion", alpha: 2, sigma: 2 }),
  values: augmented({ kind: "brightness", by: 0.1, contrast: 0.2 }, { kind: "cutout", size: 0.4, probability: 0.8 }),
  noise: { augment: [{ kind: "noise", deviation: 0.2 }] },
};

const chosen = (name, make, from) => (from === undefined ? {} : { [name]: make(from) });
function jobOf(job) {
  const { data: inputs, targets, layers: inner, batch, epochs, seed, mixup, shuffle, patience } = job;
  const examples = { inputs: data.get(inputs), targets: data.get(`${inputs}.${targets}`) };
  const dev = Uint32Array.from({ length: 12 }, (_, i) => i);
  const train = { rows: examples.inputs.shape[0], ...examples };
  return {
    model: nabla.layerFrom({ kind: "chain", layers: inner }),
    loss: nabla.lossFrom(job.loss),
    optimizer: nabla.optimizerFrom(job.optimizer),
    ...chosen("penalty", nabla.penaltyFrom, job.penalty),
    ...chosen("schedule", nabla.scheduleFrom, job.schedule),
    ...chosen("average", nabla.averagingFrom, job.average),
    augment: (job.augment ?? []).map((change) => nabla.augmentationFrom(change)),
    ...{ train, dev: nabla.takeExamples(train, dev), batch, epochs, seed },
    ...(mixup === undefined ? {} : { mixup }),
    ...(shuffle === undefined ? {} : { shuffle }),
    ...(patience === undefined ? {} : { patience }),
  };
}

function hashOf(weights) {
  const hash = createHash("sha256");
  for (const [path, { data: values, shape }] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash
      .update(`${path} ${shape.join()}\n`)
      .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest("hex");
}

const factsOf = ({ trained, history, epochs, steps, journal }) => ({
  weights: hashOf(trained.weights),
  history: history.map(({ seconds: _, train, dev, ...epoch }) => ({
    ...epoch,
    train: { cost: train.cost, error: train.error, rows: train.rows },
    dev: { cost: dev.cost, error: dev.error, rows: dev.rows },
  })),
  ...{ epochs, steps, journal },
});

const families = { layers, initializers, losses, penalties, optimizers, schedules, others, augmentations };
const jobs = {};
const models = {};
const kept = new Map();
for (const [family, samples] of Object.entries(families))
  for (const [name, sample] of Object.entries(samples)) {
    const job = { ...base, ...sample };
    const made = jobOf(job);
    const run = await nabla.fit(made);
    const { model, loss, optimizer } = made;
    const described = { model: nabla.toJson(model), loss: nabla.describe(loss), optimizer: nabla.describe(optimizer) };
    jobs[`${family}: ${name}`] = { job, described, facts: factsOf(run) };
    if (family !== "layers") continue;
    const { inputs } = nabla.takeExamples(made.train, [0, 1, 2]);
    const { answers } = await nabla.predict(run.trained, inputs);
    models[name] = { json: modelToJson({ trained: run.trained }), data: job.data, answers: [...answers.data] };
    for (const [path, array] of run.trained.weights) kept.set(`${name}/${path}`, array);
  }

// a training with everything that has a state, and a change on the way; its checkpoint lies within an epoch
const longJob = {
  ...base,
  layers: [dense(6), { kind: "batchNorm" }, "relu", { kind: "dropout", keep: 0.9 }, dense(3)],
  optimizer: { kind: "adam", rate: 0.02 },
  penalty: { kind: "l2", strength: 0.001 },
  schedule: { kind: "onPlateau", factor: 0.5, patience: 1 },
  average: { kind: "movingAverage", keep: 0.8 },
  ...{ batch: 10, epochs: 5 },
};
const training = nabla.train(jobOf(longJob));
let [change, checkpoint, end] = [undefined, undefined, undefined];
while (end === undefined) {
  const { value: event } = await training.next(change);
  change = undefined;
  if (event.kind === "end") end = event;
  else if (event.kind !== "start" && event.step === 6) change = { settings: { rate: 0.05, batch: 12 } };
  else if (event.kind === "progress" && event.step === 9) {
    const { arrays, place } = event.checkpoint();
    const copies = [...arrays].map(([path, { data: values, shape, dtype }]) => [
      path,
      nabla.ndarray(values.slice(), shape, dtype),
    ]);
    checkpoint = writeSafetensors(new Map(copies), { place: JSON.stringify(place) });
  }
}
if (checkpoint === undefined) throw new Error("the training has no step 9 within an epoch");

const space = {
  rate: { logUniform: [0.001, 1] },
  units: { integer: [2, 40] },
  beta: { oneMinusLog: [0.9, 0.999] },
  keep: { uniform: [0.5, 1] },
  width: { logInteger: [4, 256] },
  activation: { choice: ["relu", "tanh", "elu"] },
  optimizer: { branch: { adam: { beta2: { uniform: [0.9, 0.999] } }, lion: {} } },
  hidden: { repeat: { count: { integer: [1, 3] }, of: { integer: [2, 8] } } },
};
const searches = [
  [{ kind: "random" }, { kind: "none" }],
  [
    { kind: "grid", levels: 2 },
    { kind: "median", startup: 2, warmup: 1 },
  ],
  [{ kind: "sobol" }, { kind: "asha", reduction: 2, least: 1 }],
  [
    { kind: "coarseToFine", stage: 4, shrink: 0.5, explore: 0.2 },
    { kind: "hyperband", reduction: 2, least: 1, most: 4 },
  ],
  [{ kind: "tpe", startup: 3, candidates: 8 }, "median"],
  [{ kind: "gp", startup: 3, points: 16 }, "asha"],
  [{ kind: "cmaEs", spread: 0.3 }, "hyperband"],
];
const studies = [];
for (const [sampler, pruner] of searches) {
  const definition = { kind: "study", goal: "minimize", seed: 6, round: 4, space, sampler, pruner };
  const study = studyFrom(definition);
  await study.run(12, ({ number, values: { rate, units, keep }, report }) => {
    for (let step = 1; step <= 4; step++) {
      if (report(step, (rate - 0.1) ** 2 + units / 40 + keep / step) !== undefined) return;
    }
    if (number === 5) throw new Error("a trial that fails");
  });
  studies.push({ definition, trials: study.trials, record: study.record() });
}

const used = JSON.stringify([jobs, longJob, studies]);
const { losses: lossKinds, penalties: penaltyKinds, optimizers: optimizerKinds, schedules: scheduleKinds } = nabla;
const tables = { lossKinds, penaltyKinds, optimizerKinds, scheduleKinds, layers: nabla.layers, links: nabla.links };
const more = { initializers: nabla.initializers, averagings: nabla.averagings, changes: nabla.augmentations };
for (const [table, kinds] of Object.entries({ ...tables, ...more, samplers, pruners }))
  for (const kind of Object.keys(kinds))
    if (!used.includes(`"${kind}"`)) throw new Error(`${table}: ${kind} is not used`);

writeFileSync(here("data.safetensors"), writeSafetensors(data));
writeFileSync(here("models.safetensors"), writeSafetensors(kept));
writeFileSync(here("checkpoint.safetensors"), checkpoint);
const expected = { jobs, models, long: { job: longJob, facts: factsOf(end) }, studies };
writeFileSync(here("expected.json"), `${JSON.stringify(expected)}\n`);
