/** Faults in how a network is trained. */
import { noise } from "../../data/augment/values.ts";
import { relu } from "../../nn/activations.ts";
import { chain } from "../../nn/chain.ts";
import { dense } from "../../nn/dense.ts";
import { dropout } from "../../nn/dropout.ts";
import { l2 } from "../../nn/penalty.ts";
import { absoluteError, squaredError } from "../../nn/regression-losses.ts";
import { adam } from "../../optim/adam.ts";
import { gradientDescent } from "../../optim/gradient-descent.ts";
import { momentum } from "../../optim/momentum.ts";
import { exponential } from "../../optim/schedule.ts";
import { bursts, hill, wheel } from "./grounds.ts";
import { type Pathology, planted } from "./pathology.ts";

const eight = (rows: number, seed: number) => wheel({ rows, seed }, 8);
const eightWide = chain(dense(32), relu(), dense(8));
const hilly = (rows: number, seed: number) => hill({ rows, seed });

/** Faults of trainings. */
export const inTraining: readonly Pathology[] = [
  {
    name: "too short: one epoch of nineteen steps",
    right: ["bias/longer"],
    plant: (seed) => planted(seed, { model: eightWide, epochs: 1, optimizer: adam({ rate: 0.005 }) }, eight),
  },
  {
    name: "too short: three epochs on a curved surface",
    right: ["bias/longer"],
    plant: (seed) =>
      planted(seed, { model: chain(dense(32), relu(), dense(1)), loss: squaredError(), epochs: 3 }, hilly),
  },
  {
    name: "rate too low: Adam at 0.00001",
    right: ["rate/low"],
    plant: (seed) => planted(seed, { model: eightWide, optimizer: adam({ rate: 1e-5 }) }, eight),
  },
  {
    name: "rate too low: gradient descent at 0.0003",
    right: ["rate/low"],
    plant: (seed) => planted(seed, { optimizer: gradientDescent({ rate: 3e-4 }) }),
  },
  {
    name: "rate too high: gradient descent diverges at 5",
    right: ["rate/high"],
    plant: (seed) =>
      planted(
        seed,
        { model: chain(dense(32), relu(), dense(1)), loss: squaredError(), optimizer: gradientDescent({ rate: 5 }) },
        hilly,
      ),
  },
  {
    name: "rate too high: Adam oscillates at 8",
    right: ["rate/high"],
    plant: (seed) => planted(seed, { model: eightWide, optimizer: adam({ rate: 8 }) }, eight),
  },
  {
    name: "rate too high: momentum at 40",
    right: ["rate/high"],
    plant: (seed) => planted(seed, { model: eightWide, optimizer: momentum({ rate: 40 }) }, eight),
  },
  {
    name: "decayed: a rate that halves every third step",
    right: ["rate/decayed"],
    plant: (seed) =>
      planted(
        seed,
        { model: eightWide, schedule: exponential({ base: 0.3 }), optimizer: adam({ rate: 0.003 }) },
        eight,
      ),
  },
  {
    name: "over-regularized: an L2 penalty of 1",
    right: ["penalty/less"],
    plant: (seed) => planted(seed, { penalty: l2(1) }),
  },
  {
    name: "over-regularized: an L2 penalty of 0.4",
    right: ["penalty/less"],
    plant: (seed) => planted(seed, { model: eightWide, penalty: l2(0.4) }, eight),
  },
  {
    name: "dropout keeps one unit in twenty",
    right: ["dropout/less"],
    plant: (seed) => planted(seed, { model: chain(dense(32), relu(), dropout({ keep: 0.05 }), dense(8)) }, eight),
  },
  {
    name: "augmented beyond recognition: noise of three deviations",
    right: ["augment/less"],
    plant: (seed) => planted(seed, { model: eightWide, augment: [noise({ deviation: 3 })] }, eight),
  },
  {
    name: "batch too large: all rows in one step",
    right: ["batch/smaller"],
    plant: (seed) => planted(seed, { model: eightWide, batch: 600, optimizer: adam({ rate: 0.003 }) }, eight),
  },
  {
    name: "batch of one row",
    right: ["batch/larger"],
    plant: (seed) =>
      planted(
        seed,
        { model: chain(dense(32), relu(), dense(8)), batch: 1, epochs: 8, optimizer: momentum({ rate: 0.7 }) },
        eight,
        { train: 300 },
      ),
  },
  {
    name: "wrong loss: the absolute error of bursts learns their median, which is 0",
    right: ["loss/mean"],
    human: 0.7,
    plant: (seed) =>
      planted(
        seed,
        { model: chain(dense(16), relu(), dense(1)), loss: absoluteError(), optimizer: adam({ rate: 0.003 }) },
        (rows, drawn) => bursts({ rows, seed: drawn }),
        { train: 1000, dev: 600 },
      ),
  },
];
