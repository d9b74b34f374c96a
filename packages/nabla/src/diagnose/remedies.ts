/**
 * What may hold training back, as a table: how each cause shows, and the change of the job that fixes it. Rows
 * are in the order they are checked: what makes all other numbers wrong comes first.
 */
import { meanOf, populationVariance } from "../base/statistics/summary.ts";

import { initializerFrom } from "../nn/initializers.ts";
import { lossFrom } from "../nn/losses.ts";
import { penaltyFrom } from "../nn/penalty.ts";
import { optimizerFrom } from "../optim/optimizers.ts";
import { classCounts, isImbalanced } from "../train/deciding/class-balance.ts";
import { lowerRate } from "../train/divergence.ts";
import {
  activatedBy,
  dropped,
  hasOwnInit,
  isBatchNorm,
  isBounded,
  layersOf,
  leastKept,
  looksUp,
  outputActivation,
  recordOf,
  scaledInputs,
  withDefaultInit,
  withoutActivations,
} from "./change-model.ts";
import { stillFalling } from "./curves.ts";
import type { Evidence } from "./evidence-facts.ts";
import type { JobPatch, JobPlan } from "./job-patch.ts";

/** One cause: `shows` returns the evidence for it, or nothing. */
export interface Remedy {
  readonly code: string;
  /** What to do, in words. */
  readonly words: string;
  readonly shows: (evidence: Evidence) => string | undefined;
  readonly change: (evidence: Evidence) => JobPatch;
}

/** The rate that the plan's optimizer has. */
function rateOf({ optimizer }: JobPlan): number {
  const { rate } = recordOf(optimizer);
  if (typeof rate !== "number") throw new Error("internal: an optimizer without a learning rate");
  return rate;
}

/** The optimizer at another rate. */
function atRate({ optimizer }: JobPlan, rate: number): JobPatch {
  return { optimizer: { ...recordOf(optimizer), rate: Number(rate.toPrecision(2)) } };
}

const when = (holds: boolean, message: () => string): string | undefined => (holds ? message() : undefined);
const times = (x: number): string => Number(x.toPrecision(2)).toString();
const highBias = ({ diagnosis: { bias } }: Evidence): boolean => bias !== "low";
const finding = ({ atInit }: Evidence, ...codes: readonly string[]): string | undefined =>
  atInit.findings.find(({ code }) => codes.includes(code))?.because;

/** Causes in the data. */
const inData: readonly Remedy[] = [
  ...(["data/leakage", "data/drift"] as const).map(
    (code): Remedy => ({
      code,
      words:
        code === "data/leakage"
          ? "leave out the columns that leak the target"
          : "give train and dev the same distribution: shuffle them together and split again",
      // parts that differ do no harm where dev is as good as train
      shows: ({ data, diagnosis: { variance } }) =>
        code === "data/drift" && variance === "low" ? undefined : data.find((found) => found.code === code)?.because,
      change: ({ data }) =>
        code === "data/drift" ? { mix: true } : { without: data.flatMap(({ without: left = [] }) => left) },
    }),
  ),
  {
    code: "data/scale",
    words: "standardize the inputs, with the mean and deviation of the training rows",
    shows: (evidence) => {
      const { spread, offset, deviation, flat } = evidence.inputs;
      const odd = (flat && spread > 100) || offset > 30 || deviation > 30 || (deviation > 0 && deviation < 0.03);
      return when(
        odd &&
          !looksUp(evidence.plan.model) &&
          highBias(evidence) &&
          !isBatchNorm(layersOf(evidence.plan.model)[0] ?? null),
        () =>
          `inputs have very different scales: standard deviations differ by a factor of ${times(spread)}, the largest is ${times(deviation)}, and means are up to ${times(offset)} standard deviations from 0`,
      );
    },
    change: ({ plan }) => ({ model: scaledInputs(plan.model) }),
  },
];

/** Causes in the architecture of the network and its initialization. */
const inNetwork: readonly Remedy[] = [
  {
    code: "output/activation",
    words: "end the network with its last dense layer: the loss expects logits or unbounded numbers",
    shows: (evidence) =>
      when(
        highBias(evidence) && outputActivation(evidence.plan.model) !== undefined,
        () => `the network ends with ${outputActivation(evidence.plan.model)}, which the loss does not expect`,
      ),
    change: ({ plan }) => ({ model: withoutActivations(plan.model) }),
  },
  {
    code: "init/symmetric",
    words: "initialize the weights at random: he() before relu, xavier() before tanh and sigmoid",
    shows: ({ plan }) =>
      when(
        layersOf(plan.model).some(({ init }) => init !== undefined && initializerFrom(init).alike === true),
        () =>
          "all units of a layer start with the same weights, get the same gradients, and stay the same forever (symmetry is not broken)",
      ),
    change: ({ plan }) => ({ model: withDefaultInit(plan.model) }),
  },
  {
    code: "init/scale",
    words: "initialize the weights so that variance is preserved: he() before relu, xavier() before tanh and sigmoid",
    shows: (evidence) => {
      if (!highBias(evidence) || !hasOwnInit(evidence.plan.model)) return undefined;
      const because = finding(
        evidence,
        ...["health/exploding-activations", "health/vanishing-activations", "health/dead", "health/saturated"],
        ...["health/exploding-gradients", "health/vanishing-gradients"],
      );
      if (because !== undefined) return because;
      const gain = Math.max(
        ...evidence.atInit.layers.map(({ deviation }) => deviation / (evidence.atInit.inputs || 1)),
      );
      return when(gain > 30, () => `at initialization the outputs are ${times(gain)} times as large as the inputs`);
    },
    change: ({ plan }) => ({ model: withDefaultInit(plan.model) }),
  },
  {
    code: "activation/rectifier",
    words: "relu in place of sigmoid and tanh",
    shows: (evidence) => {
      const bounded = layersOf(evidence.plan.model).filter(isBounded).length;
      if (!highBias(evidence) || bounded === 0) return undefined;
      const because = finding(
        evidence,
        "health/vanishing-gradients",
        "health/vanishing-activations",
        "health/saturated",
      );
      return (
        because ??
        when(bounded > 3, () => `gradients pass through ${bounded} saturating activations, each with a slope below 1`)
      );
    },
    change: ({ plan }) => ({ model: withDefaultInit(activatedBy(plan.model, "relu")) }),
  },
];

/** Causes in how it is trained. */
const inTraining: readonly Remedy[] = [
  {
    code: "loss/mean",
    words: "the squared error, whose minimum is the mean",
    shows: (evidence) => {
      const { train } = evidence.rowResults;
      if (!highBias(evidence) || train.task !== "regression" || lossFrom(evidence.plan.loss).learns !== "median")
        return undefined;
      const targets = Float64Array.from(train.targets.data);
      const [mean, answered] = [meanOf(targets), meanOf(train.answers)];
      const deviation = Math.sqrt(populationVariance(targets));
      return when(
        Math.abs(mean - answered) > 0.15 * deviation,
        () =>
          `predictions are biased by ${times(Math.abs(mean - answered) / deviation)} standard deviations of the targets: the loss fits their median, not their mean`,
      );
    },
    change: () => ({ loss: { kind: "squaredError" } }),
  },
  {
    code: "batch/larger",
    words: "a larger batch size: gradients with less noise",
    shows: (evidence) =>
      when(
        highBias(evidence) && evidence.run.reason !== "diverged" && evidence.plan.batch < 8 && evidence.rows.train > 64,
        () => `a batch size of ${evidence.plan.batch} makes gradients too noisy to converge`,
      ),
    change: () => ({ batch: 32 }),
  },
  {
    code: "rate/high",
    words: "a lower learning rate",
    shows: (evidence) => {
      const { run, rate, atEnd, atInit } = evidence;
      if (run.reason === "diverged") return "the cost diverged: the steps are too large";
      if (!highBias(evidence)) return undefined;
      if (rate !== undefined && rate.now > 1.5 * rate.highest)
        return `the learning rate ${times(rate.now)} is above ${times(rate.highest)}, where the cost rises in a learning rate range test`;
      const died = atEnd.findings.find(
        ({ code }) => code === "health/dead" && !atInit.findings.some((early) => early.code === code),
      );
      return died === undefined ? undefined : `${died.because}, but not at initialization`;
    },
    change: ({ plan, rate, run }) => {
      const now = rateOf(plan);
      if (run.reason === "diverged") return atRate(plan, lowerRate(optimizerFrom(plan.optimizer)));
      return atRate(plan, rate === undefined ? now / 10 : Math.min(now / 3, goodRate(rate)));
    },
  },
  {
    code: "rate/low",
    words: "a higher learning rate",
    shows: (evidence) => {
      const { rate } = evidence;
      if (!highBias(evidence) || evidence.run.reason === "diverged") return undefined;
      const hardly = hardlyMoved(evidence);
      if (hardly !== undefined && (rate === undefined || rate.now < rate.highest / FAR_BELOW)) return hardly;
      if (rate === undefined || rate.now >= rate.best / 25 || !slow(evidence)) return undefined;
      return `the learning rate ${times(rate.now)} is far below ${times(rate.best)}, where the cost falls fastest in a learning rate range test`;
    },
    change: ({ plan, rate }) => atRate(plan, rate === undefined ? 30 * rateOf(plan) : goodRate(rate)),
  },
  {
    code: "rate/decayed",
    words: "a schedule that decays more slowly",
    shows: (evidence) => {
      const { history } = evidence.run;
      const first = history[0]?.rate ?? 0;
      const stood = history.filter(({ rate }) => rate < first / 100).length;
      return when(
        highBias(evidence) && history.length > 4 && stood > history.length / 3,
        () => `for ${stood} of ${history.length} epochs the learning rate was below a hundredth of its initial value`,
      );
    },
    change: () => ({ schedule: null }),
  },
  {
    code: "penalty/less",
    words: "a weaker penalty",
    shows: (evidence) => {
      const strength = strengthOf(evidence.plan);
      return when(
        highBias(evidence) && strength >= 0.02,
        () => `a penalty of ${times(strength)} holds the weights near 0, and not even the training rows are fitted`,
      );
    },
    change: ({ plan }) => (plan.penalty !== undefined && strengthOf(plan) > 0.3 ? { penalty: null } : weaker(plan)),
  },
  {
    code: "dropout/less",
    words: "less dropout",
    shows: (evidence) => {
      const keep = leastKept(evidence.plan.model);
      return when(
        highBias(evidence) && keep <= 0.5,
        () => `dropout keeps only ${times(keep * 100)}% of the units, and not even the training rows are fitted`,
      );
    },
    change: ({ plan }) => ({ model: dropped(plan.model, leastKept(plan.model) < 0.3 ? 1 : 0.8) }),
  },
  {
    code: "augment/less",
    words: "weaker augmentation",
    shows: (evidence) =>
      when(
        highBias(evidence) && ((evidence.plan.augment ?? []).length > 0 || (evidence.plan.mixup ?? 0) > 0),
        () => "augmentation changes the training rows so much that they cannot be fitted",
      ),
    change: () => ({ augment: [], mixup: null }),
  },
  {
    code: "data/imbalance",
    words: "oversample rare classes, so that all classes are equally frequent",
    shows: (evidence) => {
      const { train } = evidence.rowResults;
      const { diagnosis } = evidence;
      if (train.targets.dtype !== "int32" || diagnosis.verdict === "good") return undefined;
      const counts = [...classCounts(train.targets.data).values()];
      return when(
        isImbalanced(counts),
        () =>
          `the rarest class has ${Math.min(...counts)} of ${train.mistakes.length} rows, and is sacrificed for the others`,
      );
    },
    change: () => ({ balance: true }),
  },
  {
    code: "batch/smaller",
    words: "a smaller batch size: more steps per epoch",
    shows: (evidence) => {
      const { plan, stepsPerEpoch, run, rows } = evidence;
      return when(
        highBias(evidence) && stepsPerEpoch <= 4 && Math.min(plan.batch, rows.train) >= 128 && run.steps < 400,
        () =>
          `a batch size of ${Math.min(plan.batch, rows.train)} leaves only ${run.steps} steps in ${run.epochs} epochs`,
      );
    },
    change: () => ({ batch: 32 }),
  },
];

/** Hardly anything was learned, or it is still being learned. */
function slow(evidence: Evidence): boolean {
  const { history } = evidence.run;
  const [first, last] = [history[0]?.train.cost ?? 0, history.at(-1)?.train.cost ?? 0];
  return last > 0.8 * first || stillFalling(evidence) !== undefined;
}

/** A rate to start with: below the steepest, which single batches make uncertain, and not far below the highest. */
function goodRate({ best, highest }: NonNullable<Evidence["rate"]>): number {
  return Math.max(best / 3, highest / 30);
}

/** A rate is low that is so many times below the highest that still lowers the cost. */
const FAR_BELOW = 150;
/** Weights that moved by less than the first share of their length, and in a step by less than the second, hardly moved. */
const [STILL, STILL_IN_A_STEP] = [0.1, 1e-4];

/**
 * Weights that hardly moved in many steps: an update is usually about a thousandth of the weights that it changes, and
 * this is far below.
 */
function hardlyMoved({ moved, run: { steps } }: Evidence): string | undefined {
  const perStep = moved / Math.max(1, steps);
  if (moved >= STILL || perStep >= STILL_IN_A_STEP) return undefined;
  return `in ${steps} steps the weights moved by ${times(100 * moved)}% of their length, ${times(100 * perStep)}% a step, where 0.1% is usual`;
}

/** Decay within an optimizer is multiplied by the rate, so that this much of it holds weights back as a penalty of 1 does. */
const DECAY = 50;

/** The strength of the penalty, or of decay within the optimizer. */
function strengthOf({ penalty, optimizer }: JobPlan): number {
  const { decay = 0 } = recordOf(optimizer);
  const strengths = penalty === undefined ? [] : Object.values(penaltyFrom(penalty).settings);
  return Math.max(0, ...[...strengths, Number(decay) / DECAY].filter(Number.isFinite));
}

function weaker({ penalty, optimizer }: JobPlan): JobPatch {
  if (penalty === undefined) return { optimizer: { ...recordOf(optimizer), decay: 0 } };
  const numbers = Object.entries(recordOf(penalty)).map(([name, value]) => [
    name,
    typeof value === "number" ? value / 30 : value,
  ]);
  return { penalty: Object.fromEntries(numbers) };
}

/** Every remedy, in the order in which they are considered. */
export const remedies: readonly Remedy[] = [...inData, ...inNetwork, ...inTraining];
