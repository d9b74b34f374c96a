/** What a network's outputs are by the loss that it was trained with, as plain loops. */
import { NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { sigmoidOf } from "../engine/reference/sigmoid.ts";
import { damagedNetwork, kindOf, type SavedLayer } from "./plain-layer.ts";

/** Turns outputs into predictions and back, in place. */
export interface PlainAnswers {
  /** Outputs to the prediction: probabilities of classes, or the numbers as they are. */
  readonly answer: (outputs: Float64Array) => void;
  /** The prediction to outputs that give it. */
  readonly outputFor: (answers: Float64Array) => void;
}

/** Shares of e^x that sum to 1. */
export function toShares(x: Float64Array): void {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < x.length; i++) top = Math.max(top, x[i] as number);
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i] = Math.exp((x[i] as number) - top);
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) / total;
}

function each(of: (x: number) => number): (x: Float64Array) => void {
  return (x) => {
    for (let i = 0; i < x.length; i++) x[i] = of(x[i] as number);
  };
}

/** As losses take it: shares that round to 0 stay finite. */
function logOf(share: number): number {
  return Math.log(Math.max(share, 1e-30));
}

const shares: PlainAnswers = { answer: toShares, outputFor: each(logOf) };

const probabilities: PlainAnswers = { answer: each(sigmoidOf), outputFor: each((y) => logOf(y) - logOf(1 - y)) };

const numbers: PlainAnswers = { answer: () => undefined, outputFor: () => undefined };

const rates: PlainAnswers = { answer: each(Math.exp), outputFor: each(logOf) };

/** Each loss by the name that data calls it, with its options and where it stands. */
const byLoss: { readonly [loss: string]: (options: SavedLayer["options"], path: string) => PlainAnswers } = {
  softmaxCrossEntropy: () => shares,
  focal: () => shares,
  sigmoidCrossEntropy: () => probabilities,
  sigmoidFocal: () => probabilities,
  squaredError: () => numbers,
  absoluteError: () => numbers,
  huber: () => numbers,
  quantile: () => numbers,
  poisson: () => rates,
  joint: ({ heads }, path) => jointAnswers(heads, path),
};

/** What a saved loss makes of outputs. Throws `predict/loss` for a loss that is not among these, `model/damaged`. */
export function plainAnswers(loss: Json, path = "loss"): PlainAnswers {
  const { kind, options } = kindOf(loss, path);
  const found = Object.hasOwn(byLoss, kind) ? byLoss[kind] : undefined;
  if (found !== undefined) return found(options, path);
  const message = `nabla/predict does not know what a network trained with the loss ${JSON.stringify(kind)} answers`;
  throw new NablaError(
    "predict/loss",
    message,
    "open it with readModelFile of nabla/exchange and rowModel of nabla/answers",
  );
}

/** Each head's part of the outputs by its own loss. */
function jointAnswers(heads: Json | undefined, path: string): PlainAnswers {
  if (!Array.isArray(heads)) throw damagedNetwork(path, "has no heads");
  let from = 0;
  const parts = heads.map((head, i) => {
    const { outputs, loss } = head as { readonly [name: string]: Json };
    const place = `${path}.heads[${i}]`;
    if (typeof outputs !== "number") throw damagedNetwork(place, "does not say how many outputs it has");
    const own = { of: plainAnswers(loss ?? null, place), from, to: from + outputs };
    from = own.to;
    return own;
  });
  const inParts =
    (what: keyof PlainAnswers) =>
    (x: Float64Array): void => {
      for (const part of parts) part.of[what](x.subarray(part.from, part.to));
    };
  return { answer: inParts("answer"), outputFor: inParts("outputFor") };
}
