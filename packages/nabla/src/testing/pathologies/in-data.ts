/** Faults in the data. */
import { fork, normal, seedKey } from "../../base/random.ts";
import { type Examples, takeExamples } from "../../data/examples.ts";
import { relu } from "../../nn/activations.ts";
import { chain } from "../../nn/chain.ts";
import { dense } from "../../nn/dense.ts";
import { gradientDescent } from "../../optim/gradient-descent.ts";
import { crossing, extended, halves, mapInputs, mislabelled, wheel } from "./grounds.ts";
import { type Pathology, planted } from "./pathology.ts";

const eight = (rows: number, seed: number) => wheel({ rows, seed }, 8);
const eightWide = chain(dense(64), relu(), dense(8));

/** Rows of a class thinned out to one in `every`. */
function thinned(examples: Examples, code: number, every: number): Examples {
  let seen = 0;
  const kept = Array.from({ length: examples.rows }, (_, row) => row).filter((row) => {
    if (examples.targets.data[row] !== code) return true;
    seen += 1;
    return seen % every === 0;
  });
  return takeExamples(examples, kept);
}

/** Faults of data. */
export const inData: readonly Pathology[] = [
  {
    name: "unnormalized: one input is a thousand times the other",
    right: ["data/scale"],
    plant: (seed) =>
      planted(seed, { optimizer: gradientDescent({ rate: 0.1 }) }, (rows, drawn) =>
        mapInputs(crossing({ rows, seed: drawn }), (x, i) => (i === 0 ? 1000 * x : x)),
      ),
  },
  {
    name: "unnormalized: inputs around 500",
    right: ["data/scale"],
    plant: (seed) =>
      planted(seed, { model: eightWide }, (rows, drawn) => mapInputs(eight(rows, drawn), (x) => x + 500)),
  },
  {
    name: "too little data: forty rows of thirty inputs",
    right: ["variance/data"],
    plant: (seed) =>
      planted(
        seed,
        { model: chain(dense(64), relu(), dense(2)), epochs: 60 },
        (rows, drawn) => halves({ rows, seed: drawn, features: 40 }, 0.1),
        { train: 40 },
      ),
  },
  {
    name: "overfitted: a wide network and eighteen inputs that say nothing",
    right: ["variance/regularize", "variance/dropout", "variance/data", "variance/simpler"],
    plant: (seed) =>
      planted(
        seed,
        { model: chain(dense(256), relu(), dense(2)), epochs: 60 },
        (rows, drawn) => crossing({ rows, seed: drawn, features: 20 }),
        { train: 500 },
      ),
  },
  {
    name: "label noise: four labels in ten drawn at random, and memorized",
    right: ["variance/regularize", "variance/simpler"],
    plant: (seed) => {
      const of = (rows: number, drawn: number): Examples => halves({ rows, seed: drawn, features: 24 }, 0.4);
      const { job, fresh } = planted(seed, { model: chain(dense(256), relu(), dense(2)), epochs: 100 }, of);
      const train = mislabelled(of(600, 10 * seed + 5), 0.4, 2, fork(seedKey(seed), "labels"));
      return { job: { ...job, train }, fresh };
    },
  },
  {
    name: "imbalanced: one row in twenty is of the class that matters",
    right: ["data/imbalance"],
    human: 0.1,
    plant: (seed) => {
      const even = (rows: number, drawn: number): Examples => {
        const parted = halves({ rows: rows * 2, seed: drawn, features: 4 }, 0);
        const shake = normal(fork(seedKey(drawn), "shake"), parted.inputs.data.length);
        return reshapedBy(parted, (x, at) => x + 0.45 * (shake[at] ?? 0));
      };
      const { job, fresh } = planted(seed, { model: chain(dense(16), relu(), dense(2)), epochs: 20 }, even, {
        train: 2400,
        dev: 2000,
      });
      const rare = (part: Examples): Examples => thinned(part, 1, 20);
      return { job: { ...job, train: rare(job.train as Examples), dev: rare(job.dev as Examples) }, fresh };
    },
  },
  {
    name: "leakage: a column that is the answer, but not on new rows",
    right: ["data/leakage"],
    plant: (seed) => {
      const of = (rows: number, drawn: number): Examples => eight(rows, drawn);
      const { job, fresh } = planted(seed, { model: eightWide }, of);
      const leak = (part: Examples): Examples => extended(part, (target) => target / 4);
      return {
        job: { ...job, train: leak(job.train as Examples), dev: leak(job.dev as Examples) },
        fresh: extended(fresh, (_, row) => (row % 8) / 4),
      };
    },
  },
  {
    name: "drift: dev rows turned and moved against the training rows",
    right: ["data/drift"],
    plant: (seed) => {
      const moved = (part: Examples): Examples => mapInputs(part, (x, i) => (i === 0 ? x + 2.5 : -x));
      const { job, fresh } = planted(seed, { model: eightWide }, eight);
      return { job: { ...job, dev: moved(job.dev as Examples) }, fresh: moved(fresh) };
    },
  },
];

function reshapedBy(examples: Examples, of: (x: number, at: number) => number): Examples {
  const { data, shape } = examples.inputs;
  const changed = Float32Array.from(data, (x, at) => of(x, at));
  return { ...examples, inputs: { ...examples.inputs, shape, data: changed } };
}
