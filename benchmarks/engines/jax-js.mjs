/** jax-js on WebAssembly, one thread (it starts none in Node), the whole step under one jit. */
import { createInterface } from "node:readline";
import { load } from "../peers/load.mjs";
import { serve } from "../protocol.ts";
import { readWorkload } from "./read-workload.mjs";

/** Of a workload that repeats models only so many are timed. */
const MODELS = 2;

const BETA1 = 0.9;
const BETA2 = 0.999;

let jax;
let read;
let compiled;
let timed;

/** [3, 3, in, out] as [out, in, 3, 3], or [rows, side, side, 1] as [rows, 1, side, side]. */
function channelsFirst({ data, shape }, axes) {
  return jax.numpy.transpose(jax.numpy.array(data).reshape(shape), axes);
}

/** Parameters, running statistics, moments, the count of steps and a key for dropout. */
function begin({ workload: { units, optimizer, regular }, weights }, seed) {
  const { numpy: np, random } = jax;
  const parameters = {};
  for (const [name, { data, shape }] of Object.entries(weights)) {
    const drawn = seed > 1 && shape.length > 1;
    if (drawn) parameters[name] = random.normal(random.key(seed), shape).mul(Math.sqrt(2 / shape[0]));
    else if (shape.length === 4) parameters[name] = channelsFirst({ data, shape }, [3, 2, 0, 1]);
    else parameters[name] = np.array(data).reshape(shape);
  }
  const statistics = {};
  for (let layer = 1; regular !== undefined && layer < units.length - 1; layer++) {
    parameters[`scale${layer}`] = np.ones([units[layer]]);
    parameters[`shift${layer}`] = np.zeros([units[layer]]);
    statistics[`mean${layer}`] = np.zeros([units[layer]]);
    statistics[`variance${layer}`] = np.ones([units[layer]]);
  }
  const zeros = () =>
    Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, np.zeros(shape)]));
  return {
    parameters,
    statistics,
    ...(optimizer === "adam" ? { first: zeros(), second: zeros(), count: np.array(0) } : {}),
    ...(regular === undefined ? {} : { key: random.key(seed) }),
  };
}

/** jax-js counts references: what is used again is passed as `.ref`. */
function stepOf({ units, rows, loss, optimizer, rate, regular, convolutions }) {
  const { numpy: np, nn, lax, random, tree, jit, valueAndGrad } = jax;

  function normalized(values, { parameters, statistics, next }, layer) {
    const mean = values.ref.mean(0);
    const centered = values.sub(mean.ref);
    const variance = np.square(centered.ref).mean(0);
    const toward = (name, newest) => statistics[name].mul(0.9).add(lax.stopGradient(newest).mul(0.1));
    next[`mean${layer}`] = toward(`mean${layer}`, mean);
    next[`variance${layer}`] = toward(`variance${layer}`, variance.ref.mul(rows / (rows - 1)));
    const scale = parameters[`scale${layer}`].div(np.sqrt(variance.add(1e-5)));
    return centered.mul(scale).add(parameters[`shift${layer}`]);
  }

  function cost(parameters, statistics, keys, inputs, targets) {
    const next = {};
    let values = inputs;
    for (let i = 1; i <= (convolutions?.filters.length ?? 0); i++) {
      values = lax.conv(values, parameters[`conv2d${i}.weights`], [1, 1], "SAME");
      values = nn.relu(values.add(parameters[`conv2d${i}.bias`].reshape([1, convolutions.filters[i - 1], 1, 1])));
      values = lax.reduceWindow(values, np.max, [2, 2], [2, 2]);
    }
    if (convolutions !== undefined) values = np.transpose(values, [0, 2, 3, 1]).reshape([rows, units[0]]);
    for (let layer = 1; layer < units.length; layer++) {
      values = np.matmul(values, parameters[`dense${layer}.weights`]);
      const bias = parameters[`dense${layer}.bias`];
      if (bias !== undefined) values = values.add(bias);
      if (layer === units.length - 1) break;
      if (regular !== undefined) values = normalized(values, { parameters, statistics, next }, layer);
      values = nn.relu(values);
      if (regular !== undefined) {
        const mask = random.bernoulli(keys[layer - 1], regular.keep, [rows, units[layer]]);
        values = np.where(mask, values.div(regular.keep), 0);
      }
    }
    if (loss === "softmax")
      return [
        nn
          .logSoftmax(values, -1)
          .mul(targets)
          .sum()
          .mul(-1 / rows),
        next,
      ];
    const large = np.maximum(values.ref, 0).sub(values.ref.mul(targets));
    return [large.add(np.log1p(np.exp(np.absolute(values).mul(-1)))).mean(), next];
  }

  function adam({ parameters, first, second, count }, gradients) {
    const next = count.add(1);
    const correct1 = np.power(BETA1, next.ref).mul(-1).add(1);
    const correct2 = np.power(BETA2, next.ref).mul(-1).add(1);
    const result = { parameters: {}, first: {}, second: {}, count: next };
    for (const name of Object.keys(parameters)) {
      const gradient = gradients[name];
      const m = first[name].mul(BETA1).add(gradient.ref.mul(1 - BETA1));
      const v = second[name].mul(BETA2).add(np.square(gradient).mul(1 - BETA2));
      result.first[name] = m.ref;
      result.second[name] = v.ref;
      const change = m.div(correct1.ref).div(np.sqrt(v.div(correct2.ref)).add(1e-8));
      result.parameters[name] = parameters[name].sub(change.mul(rate));
    }
    tree.dispose([correct1, correct2]);
    return result;
  }

  function descend({ parameters }, gradients) {
    const moved = Object.keys(parameters).map((name) => [name, parameters[name].sub(gradients[name].mul(rate))]);
    return { parameters: Object.fromEntries(moved) };
  }

  return jit((state, inputs, targets) => {
    const { parameters, statistics, key, ...rest } = state;
    let keys = [];
    if (key !== undefined) {
      const split = random.split(key, units.length - 1);
      keys = Array.from({ length: units.length - 1 }, (_, i) => split.ref.slice(i));
      split.dispose();
    }
    const following = keys.pop();
    const run = valueAndGrad(cost, { hasAux: true });
    const [[value, next], gradients] = run(tree.ref(parameters), statistics, keys, inputs, targets);
    const changed = (optimizer === "adam" ? adam : descend)({ parameters, ...rest }, gradients);
    return [{ ...changed, statistics: next, ...(following === undefined ? {} : { key: following }) }, value];
  });
}

function trainerOf(seed) {
  const { numpy: np, nn, tree } = jax;
  const { workload, inputs, targets } = read;
  let state = begin(read, seed);
  const x =
    workload.convolutions === undefined
      ? np.array(inputs.data).reshape(inputs.shape)
      : channelsFirst(inputs, [0, 3, 1, 2]);
  const y =
    workload.loss === "softmax"
      ? nn.oneHot(np.array(targets.data, { dtype: np.int32 }), workload.units.at(-1))
      : np.array(Float32Array.from(targets.data)).reshape([workload.rows, 1]);
  return {
    step: async () => {
      const [next, value] = compiled(state, x.ref, y.ref);
      state = next;
      const [number] = await value.data();
      return number;
    },
    end: () => tree.dispose([state, x, y]),
  };
}

await serve(
  {
    prepare: async (_, folder) => {
      jax = await load("@jax-js/jax");
      await jax.init("wasm");
      jax.defaultDevice("wasm");
      read = await readWorkload(folder);
      compiled = stepOf(read.workload);
      timed = trainerOf(1);
      return "jax-js 0.1.25";
    },
    scaled: () => (read.workload.repeated === undefined ? 1 : read.workload.repeated.models / MODELS),
    step: async () => {
      if (read.workload.repeated === undefined) await timed.step();
      else
        for (let model = 0; model < MODELS; model++) {
          const one = trainerOf(model + 2);
          for (let step = 0; step < read.workload.repeated.steps; step++) await one.step();
          one.end();
        }
    },
    begin: async () => {
      const fresh = trainerOf(1);
      return () => fresh.step();
    },
  },
  createInterface({ input: process.stdin }),
  (line) => process.stdout.write(`${line}\n`),
);
