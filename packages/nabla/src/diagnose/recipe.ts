/** From a diagnosis to what to try, each as a change of the job. */

import { describe } from "../base/described.ts";
import { isOf } from "../base/family.ts";
import type { Json } from "../base/json.ts";
import { count, shareText } from "../base/text.ts";
import { noise } from "../data/augment/values.ts";
import { adam } from "../optim/adam.ts";
import { rmsprop } from "../optim/rmsprop.ts";
import { againstDoubt } from "./advice.ts";
import { FLOOR_WORDS, floorCode, floorEvidence } from "./at-floor.ts";
import {
  dropped,
  hiddenUnits,
  leastKept,
  linear,
  looksUp,
  normalized,
  normalizes,
  recordOf,
  resized,
} from "./change-model.ts";
import { learnedByHeart, memorizes, stillFalling } from "./curves.ts";
import type { Diagnosis } from "./diagnose.ts";
import type { Evidence } from "./evidence-facts.ts";
import { type JobPatch, type JobPlan, strongerPenalty } from "./job-patch.ts";
import type { Effect } from "./paired.ts";
import { linearPeer } from "./peers.ts";
import { remedies } from "./remedies.ts";

/** One thing to try; plain data. */
export interface Action {
  readonly code: string;
  /** What in the numbers speaks for it. */
  readonly because: string;
  /** What to do, in words. */
  readonly description: string;
  /** The change of the job that does it; empty for what no change of it does. */
  readonly try: JobPatch;
}

const DIVERGED = "the cost diverged: the steps are too large";

/** What a recipe changes where no job is known: the defaults of a small network. */
const UNKNOWN: JobPlan = {
  model: { kind: "chain", layers: [{ kind: "dense", units: 32 }, { kind: "relu" }, { kind: "dense", units: 1 }] },
  loss: "softmaxCrossEntropy",
  optimizer: "gradientDescent",
  batch: 64,
  epochs: 50,
};

/**
 * What to try, the likeliest first. From a diagnosis alone exactly the actions of the textbook: against high bias a
 * bigger network, running longer, another optimizer, another model; against high variance more data, regularization,
 * another model. With evidence, causes that show in it come first, and the textbook's actions follow in the order that
 * curves and rows speak for.
 */
export function recipe(diagnosis: Diagnosis, evidence?: Evidence): readonly Action[] {
  const actions = actionsFor(diagnosis, evidence);
  if (evidence?.begun !== true) return actions;
  return actions.filter(({ try: { model, without } }) => model === undefined && without === undefined);
}

function actionsFor(diagnosis: Diagnosis, evidence: Evidence | undefined): readonly Action[] {
  const { errors, bias, variance, verdict } = diagnosis;
  const causes =
    evidence === undefined || verdict === "good"
      ? dataCauses(evidence)
      : remedies.flatMap((remedy) => actionOf(remedy, evidence));
  if (verdict === "diverged")
    return [...causes, ...againstBias(DIVERGED, evidence).filter(({ code }) => code === "bias/optimizer")];
  const against = bias === "high";
  const aboveHuman = `the train error of ${shareText(errors.train)} is far above ${errors.human > 0 ? `the human-level error of ${shareText(errors.human)}` : "0"}`;
  const aboveTrain = `the dev error of ${shareText(errors.dev)} is far above the train error of ${shareText(errors.train)}`;
  const byHeart = evidence === undefined ? undefined : learnedByHeart(evidence);
  if (against && byHeart !== undefined)
    return [
      ...causes,
      ...simplerActions(evidence),
      ...againstVariance(byHeart, evidence),
      ...againstBias(aboveHuman, evidence),
    ];
  return [
    ...causes,
    ...(variance === "high" ? simplerActions(evidence) : floorActions(evidence)),
    ...(against ? againstBias(aboveHuman, evidence) : []),
    ...(variance === "high" ? [...againstVariance(aboveTrain, evidence), ...floorActions(evidence)] : []),
    ...(evidence !== undefined && verdict === "not enough data to tell" ? againstDoubtOf(evidence) : []),
  ];
}

/** At the noise floor no change of the job helps. */
function floorActions(evidence: Evidence | undefined): readonly Action[] {
  const because = evidence?.peers === undefined ? undefined : floorEvidence(evidence.peers);
  return because === undefined ? [] : [{ code: floorCode, because, description: FLOOR_WORDS, try: {} }];
}

/** A network without hidden layers, where one was tried, is surely better on dev, and is the best of those tried. */
function simplerActions(evidence: Evidence | undefined): readonly Action[] {
  const tried = evidence?.peers === undefined ? undefined : linearPeer(evidence.peers);
  const model = evidence === undefined ? undefined : linear(evidence.plan.model);
  if (evidence?.peers === undefined || tried === undefined || model === undefined) return [];
  if (tried.effect.interval.from <= 0 || evidence.peers.others.some(({ error }) => error < tried.error)) return [];
  const because = `a linear model errs on dev by ${shareText(tried.error)} in place of ${shareText(evidence.peers.error)}`;
  return [{ code: "variance/simpler", because, description: "a linear model: no hidden layers", try: { model } }];
}

/** Nothing to change in the job: more rows decide, or the same rows measured in turn. */
function againstDoubtOf({ rows }: Evidence): readonly Action[] {
  const because = `${count(rows.train, "training row")} and ${count(rows.dev, "dev row")} leave open whether the errors differ by more than chance`;
  return againstDoubt(because).map(({ try: description, ...advice }) => ({ ...advice, description, try: {} }));
}

/** Leakage and drift make even a good verdict worthless. */
function dataCauses(evidence: Evidence | undefined): readonly Action[] {
  if (evidence === undefined) return [];
  return remedies
    .filter(({ code }) => code === "data/leakage" || code === "data/drift")
    .flatMap((remedy) => actionOf(remedy, evidence));
}

function actionOf({ code, words, shows, change }: (typeof remedies)[number], evidence: Evidence): readonly Action[] {
  const because = shows(evidence);
  return because === undefined ? [] : [{ code, because, description: words, try: change(evidence) }];
}

function againstBias(because: string, evidence: Evidence | undefined): readonly Action[] {
  const plan = evidence?.plan ?? UNKNOWN;
  const falling = evidence === undefined ? undefined : stillFalling(evidence);
  const early = evidence !== undefined && evidence.run.reason === "patience";
  const bigger: Action = {
    code: "bias/bigger",
    because: evidence === undefined ? because : `${because}, with ${hiddenUnits(plan.model)} hidden units`,
    description: "a bigger network: more units in each hidden layer",
    try: { model: resized(plan.model, 4, 32) },
  };
  const longer: Action = {
    code: "bias/longer",
    because: falling ?? because,
    description: "run longer",
    try: { epochs: Math.max(20, plan.epochs * 4), ...(early ? { patience: null } : {}) },
  };
  const optimizer: Action = {
    code: "bias/optimizer",
    because,
    description: "another optimizer",
    try: { optimizer: otherOptimizer(plan.optimizer, evidence) },
  };
  const model: Action = {
    code: "bias/model",
    because,
    description: normalizes(plan.model)
      ? "another architecture: one more layer"
      : "another architecture: batch norm after each hidden layer",
    try: { model: normalizes(plan.model) ? resized(plan.model, 1, 64) : normalized(resized(plan.model, 1, 32)) },
  };
  if (falling !== undefined) return [longer, bigger, optimizer, model];
  return doesBiggerHelp(evidence) ? [bigger, longer, optimizer, model] : [longer, optimizer, model, bigger];
}

/** Whether a bigger network is likelier to be better than not, where one was tried. */
function doesBiggerHelp(evidence: Evidence | undefined): boolean {
  const tried = evidence?.peers?.others.find(({ kind }) => kind === "bigger");
  return tried === undefined || tried.effect.gain > 0;
}

function otherOptimizer(optimizer: Json, evidence: Evidence | undefined): Json {
  const best = evidence?.rate?.best;
  const rate = best === undefined ? 0.003 : Number(Math.min(0.01, Math.max(0.001, best / 3)).toPrecision(2));
  return describe(isOf(adam, optimizer) ? rmsprop({ rate }) : adam({ rate }));
}

function againstVariance(because: string, evidence: Evidence | undefined): readonly Action[] {
  const plan = evidence?.plan ?? UNKNOWN;
  const few = evidence === undefined || evidence.rows.train < FEW;
  const memorized = evidence === undefined ? undefined : memorizes(evidence);
  const data: Action = {
    code: "variance/data",
    because:
      few && evidence !== undefined ? `${because}, and there are only ${evidence.rows.train} training rows` : because,
    description: "more training data",
    try: {},
  };
  const regularize: Action = {
    code: "variance/regularize",
    because: memorized ?? because,
    description: "regularization: a stronger penalty on weights",
    try: strongerPenalty(plan),
  };
  const model: Action = {
    code: "variance/model",
    because,
    description: "another architecture: fewer units in each hidden layer",
    try: { model: resized(plan.model, 0.25, 8) },
  };
  const gain = evidence?.peers?.penalized?.effect;
  const penalties = isWorthAPenalty(plan, gain) ? [regularize] : [];
  const ranked = few || (gain?.gain ?? 0) < 0 ? [data, ...penalties, model] : [...penalties, data, model];
  if (evidence === undefined) return ranked;
  const augment: Action = {
    code: "variance/augment",
    because,
    description: "data augmentation: noise on the inputs",
    try: { augment: moreNoise(plan) },
  };
  const noisy = looksUp(plan.model) ? [] : [augment];
  if (leastKept(plan.model) <= 0.5) return [...ranked, ...noisy];
  const dropout: Action = {
    code: "variance/dropout",
    because: memorized ?? because,
    description: "regularization: dropout",
    try: { model: dropped(plan.model, leastKept(plan.model) < 0.8 ? 0.5 : 0.7) },
  };
  return [...ranked.slice(0, -1), dropout, model, ...noisy];
}

/**
 * Whether a stronger penalty is advised: not where it was tried and is surely worse, and for a network with dropout or weight
 * decay not where it did no better when it was tried; see benchmarks/results/choices.md for what more of these does.
 */
function isWorthAPenalty(plan: JobPlan, tried: Effect | undefined): boolean {
  const { decay = 0 } = recordOf(plan.optimizer);
  const isHeld = leastKept(plan.model) < 1 || Number(decay) >= HOLDING;
  if (tried === undefined) return true;
  return isHeld ? tried.gain > 0 : tried.interval.to >= 0;
}

/** Weight decay from which on it holds weights down, and is no mere habit of an optimizer. */
const HOLDING = 0.1;

/** Fewer training rows than this and more would surely help. */
const FEW = 250;

function moreNoise({ augment = [] }: JobPlan): readonly Json[] {
  const own = augment.find((change) => isOf(noise, change));
  const others = augment.filter((change) => !isOf(noise, change));
  const deviation = own === undefined ? 0.1 : Math.min(1, 2 * Number(recordOf(own).deviation ?? 0.1));
  return [...others, describe(noise({ deviation }))];
}
