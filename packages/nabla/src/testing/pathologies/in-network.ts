/** Faults in the architecture of a network and its initialization. */
import { compact } from "../../base/compact.ts";
import { relu, sigmoid, softmax, tanh } from "../../nn/activations.ts";
import { chain } from "../../nn/chain.ts";
import { dense } from "../../nn/dense.ts";
import { constantInitializer, type Initializer, normalInitializer, zerosInitializer } from "../../nn/initializer.ts";
import type { Layer } from "../../nn/layer.ts";
import { squaredError } from "../../nn/regression-losses.ts";
import { gradientDescent } from "../../optim/gradient-descent.ts";
import { crossing, hill, mapInputs, wheel } from "./grounds.ts";
import { type Pathology, planted } from "./pathology.ts";

const eight = (rows: number, seed: number) => wheel({ rows, seed }, 8);
const hilly = (rows: number, seed: number) => hill({ rows, seed });

/** Hidden layers of one kind, all begun by hand. */
function deep(layers: number, bend: () => Layer, init?: Initializer): Layer {
  const options = compact({ init });
  const hidden = Array.from({ length: layers }, () => [dense(24, options), bend()]).flat();
  return chain(...hidden, dense(2, options));
}

/** Faults of networks. */
export const inNetwork: readonly Pathology[] = [
  {
    name: "a linear model on exclusive or",
    right: ["bias/bigger"],
    plant: (seed) => planted(seed, { model: chain(dense(2)) }),
  },
  {
    name: "too small: one hidden unit for eight classes",
    right: ["bias/bigger"],
    plant: (seed) => planted(seed, { model: chain(dense(1), relu(), dense(8)), epochs: 60 }, eight),
  },
  {
    name: "too small: one hidden unit for a curved surface",
    right: ["bias/bigger"],
    plant: (seed) =>
      planted(seed, { model: chain(dense(1), relu(), dense(1)), loss: squaredError(), epochs: 120 }, hilly),
  },
  {
    name: "symmetric: all weights start as 0.5",
    right: ["init/symmetric"],
    plant: (seed) => planted(seed, { model: deep(1, relu, constantInitializer(0.5)) }),
  },
  {
    name: "symmetric: all weights start as 0",
    right: ["init/symmetric"],
    plant: (seed) => planted(seed, { model: deep(2, tanh, zerosInitializer()) }),
  },
  {
    name: "exploding: six layers of weights of deviation 2",
    right: ["init/scale"],
    plant: (seed) =>
      planted(seed, {
        model: deep(6, relu, normalInitializer({ deviation: 2 })),
        optimizer: gradientDescent({ rate: 0.05 }),
      }),
  },
  {
    name: "vanishing: six layers of weights of deviation 0.01",
    right: ["init/scale"],
    plant: (seed) =>
      planted(seed, {
        model: deep(6, relu, normalInitializer({ deviation: 0.01 })),
        optimizer: gradientDescent({ rate: 0.1 }),
      }),
  },
  {
    name: "vanishing gradients: eight layers of sigmoids",
    right: ["activation/rectifier"],
    plant: (seed) => planted(seed, { model: deep(8, sigmoid), optimizer: gradientDescent({ rate: 0.1 }) }),
  },
  {
    name: "dead rectifiers: negative weights on positive inputs",
    right: ["init/scale"],
    plant: (seed) =>
      planted(seed, { model: deep(2, relu, normalInitializer({ mean: -1, deviation: 0.1 })) }, (rows, drawn) =>
        mapInputs(crossing({ rows, seed: drawn }), (x) => 1 / (1 + Math.exp(-2 * x))),
      ),
  },
  {
    name: "saturated: sigmoids after weights of deviation 30",
    right: ["init/scale"],
    plant: (seed) =>
      planted(seed, {
        model: deep(2, sigmoid, normalInitializer({ deviation: 30 })),
        optimizer: gradientDescent({ rate: 0.05 }),
      }),
  },
  {
    name: "saturated: tanh after weights of deviation 20",
    right: ["init/scale"],
    plant: (seed) =>
      planted(seed, {
        model: deep(3, tanh, normalInitializer({ deviation: 20 })),
        optimizer: gradientDescent({ rate: 0.05 }),
      }),
  },
  {
    name: "wrong output: a softmax before a loss that takes logits",
    right: ["output/activation"],
    plant: (seed) =>
      planted(
        seed,
        { model: chain(dense(32), relu(), dense(8), softmax()), optimizer: gradientDescent({ rate: 0.1 }) },
        eight,
      ),
  },
  {
    name: "wrong output: a rectifier on numbers of either sign",
    right: ["output/activation"],
    plant: (seed) => planted(seed, { model: chain(dense(32), relu(), dense(1), relu()), loss: squaredError() }, hilly),
  },
];
