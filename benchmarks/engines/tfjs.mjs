/**
 * TensorFlow.js on WebAssembly, one thread (it starts none in Node). It has no kernels there for some gradients of
 * convolution: those are computed by its JavaScript backend, values copied there and back, where the whole would fail.
 */
import { createInterface } from "node:readline";
import { load } from "../peers/load.mjs";
import { serve } from "../protocol.ts";
import { readWorkload } from "./read-workload.mjs";

/** Of a workload that repeats models only so many are timed. */
const MODELS = 2;

let tf;
let read;
let timed;

async function start() {
  tf = await load("@tensorflow/tfjs");
  tf.enableProdMode();
  await load("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend("wasm");
  await tf.ready();
  // the backend registers itself with kernels that it lacks: whatever only JavaScript has is bridged
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend("cpu")) {
    if (tf.getKernel(kernelName, "wasm") === undefined)
      tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc: bridged(kernelFunc) });
  }
}

function bridged(kernelFunc) {
  const cpu = tf.findBackend("cpu");
  return ({ inputs, attrs, backend }) => {
    const there = {};
    for (const [name, tensor] of Object.entries(inputs)) {
      const values = backend.readSync(tensor.dataId);
      there[name] = { ...tensor, shape: tensor.shape, dtype: tensor.dtype, dataId: undefined };
      there[name].dataId = cpu.write(values, tensor.shape, tensor.dtype);
    }
    const results = kernelFunc({ inputs: there, attrs, backend: cpu });
    const back = [results].flat().map(({ dataId, shape, dtype }) => {
      const values = cpu.readSync(dataId);
      cpu.disposeData(dataId, true);
      return { dataId: backend.write(values, shape, dtype), shape, dtype };
    });
    for (const { dataId } of Object.values(there)) if (cpu.data.has(dataId)) cpu.disposeData(dataId, true);
    return Array.isArray(results) ? back : back[0];
  };
}

function trainerOf({ workload, inputs, targets, weights }, own) {
  const { units, rows, loss, optimizer, rate, regular, convolutions } = workload;
  const variables = {};
  const statistics = {};
  for (const [name, { data, shape }] of Object.entries(weights)) {
    const scale = Math.sqrt(2 / shape[0]);
    variables[name] = tf.variable(
      own && shape.length > 1 ? tf.randomNormal(shape, 0, scale) : tf.tensor(data.slice(), shape),
    );
  }
  for (let layer = 1; regular !== undefined && layer < units.length - 1; layer++) {
    variables[`scale${layer}`] = tf.variable(tf.ones([units[layer]]));
    variables[`shift${layer}`] = tf.variable(tf.zeros([units[layer]]));
    statistics[`mean${layer}`] = tf.variable(tf.zeros([units[layer]]), false);
    statistics[`variance${layer}`] = tf.variable(tf.ones([units[layer]]), false);
  }
  const x = tf.tensor(inputs.data, inputs.shape);
  const y =
    loss === "softmax"
      ? tf.cast(tf.oneHot(tf.tensor1d(targets.data, "int32"), units.at(-1)), "float32")
      : tf.tensor2d(Float32Array.from(targets.data), [rows, 1]);
  const update = optimizer === "adam" ? tf.train.adam(rate, 0.9, 0.999, 1e-8) : tf.train.sgd(rate);
  const toward = (variable, newest) => variable.assign(tf.add(tf.mul(variable, 0.9), tf.mul(newest, 0.1)));

  function normalized(values, layer) {
    const { mean, variance } = tf.moments(values, 0);
    toward(statistics[`mean${layer}`], mean);
    toward(statistics[`variance${layer}`], tf.mul(variance, rows / (rows - 1)));
    return tf.batchNorm(values, mean, variance, variables[`shift${layer}`], variables[`scale${layer}`], 1e-5);
  }

  function cost() {
    let values = x;
    for (let i = 1; i <= (convolutions?.filters.length ?? 0); i++) {
      values = tf.conv2d(values, variables[`conv2d${i}.weights`], 1, "same");
      values = tf.maxPool(tf.relu(tf.add(values, variables[`conv2d${i}.bias`])), 2, 2, "valid");
    }
    if (convolutions !== undefined) values = tf.reshape(values, [rows, units[0]]);
    for (let layer = 1; layer < units.length; layer++) {
      values = tf.matMul(values, variables[`dense${layer}.weights`]);
      const bias = variables[`dense${layer}.bias`];
      if (bias !== undefined) values = tf.add(values, bias);
      if (layer === units.length - 1) break;
      if (regular !== undefined) values = normalized(values, layer);
      values = tf.relu(values);
      if (regular !== undefined) values = tf.dropout(values, 1 - regular.keep);
    }
    return loss === "softmax" ? tf.losses.softmaxCrossEntropy(y, values) : tf.losses.sigmoidCrossEntropy(y, values);
  }

  return {
    step: () => {
      const value = update.minimize(cost, true);
      const [number] = value.dataSync();
      value.dispose();
      return number;
    },
    end: () => {
      update.dispose();
      tf.dispose([x, y, variables, statistics]);
    },
  };
}

await serve(
  {
    prepare: async (_, folder) => {
      await start();
      read = await readWorkload(folder);
      timed = trainerOf(read, false);
      return `TensorFlow.js ${tf.version_core}`;
    },
    scaled: () => (read.workload.repeated === undefined ? 1 : read.workload.repeated.models / MODELS),
    step: async () => {
      if (read.workload.repeated === undefined) timed.step();
      else
        for (let model = 0; model < MODELS; model++) {
          const one = trainerOf(read, true);
          for (let step = 0; step < read.workload.repeated.steps; step++) one.step();
          one.end();
        }
    },
    begin: async () => {
      const fresh = trainerOf(read, false);
      return async () => fresh.step();
    },
  },
  createInterface({ input: process.stdin }),
  (line) => process.stdout.write(`${line}\n`),
);
