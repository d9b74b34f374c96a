/** The heads of a network for several targets, scaled by what answering the same to every row comes to. */

import { checkArray, wrongArgument } from "../array/check-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import { meanOf, populationVariance } from "../base/statistics/summary.ts";
import { count } from "../base/text.ts";
import { isRecord } from "../base/value-type.ts";
import { type JointTarget, outputsFor, type SoleTarget } from "../data/preparation.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "./classification-losses.ts";
import type { JointHead } from "./joint-loss.ts";
import type { Loss } from "./loss.ts";
import { squaredError } from "./regression-losses.ts";

/** How several targets are learned together. */
export interface HeadOptions {
  /** What each target counts, in their order. Default: all alike. */
  readonly weights?: readonly number[] | undefined;
  /** The loss of numbers, or of classes; default the usual one of each: squared error, cross-entropy. */
  readonly loss?: Loss | undefined;
}

/**
 * A head for each target, by the targets of the training part: `joint(jointHeads(preparation.target, train.targets))`. Throws
 * `loss/weights` where there is not one weight a target, `loss/task` for a loss of which no target is.
 */
export function jointHeads(
  several: JointTarget,
  learned: NdArray,
  { weights, loss }: HeadOptions = {},
): readonly JointHead[] {
  if (!isRecord(several) || !Array.isArray(several.targets))
    throw wrongArgument("jointHeads › target", "several targets, as prepare.fit gives them", several);
  checkArray("jointHeads › learned", learned);
  const { targets } = several;
  if (weights !== undefined && weights.length !== targets.length) {
    const message = `there are ${count(targets.length, "target")}, and ${count(weights.length, "weight")}`;
    throw new NablaError("loss/weights", message, "give one weight for each target, in their order, such as 2,1");
  }
  let from = 0;
  const heads = targets.map((target, i): JointHead => {
    const outputs = outputsFor(target);
    const shares = meansOf(learned, from, outputs);
    const own = lossOf(target, loss);
    const constant = own.learnsOn === "mean" ? usualCount(learned, from) : usual(target, shares);
    from += outputs;
    return { target: target.name, outputs, loss: own, weight: weights?.[i] ?? 1, ...constant };
  });
  if (loss !== undefined && heads.every((head) => head.loss !== loss)) {
    const message = `the loss ${loss.kind} is for ${loss.task}, and no target is`;
    throw new NablaError("loss/task", message, "choose another loss, or leave it out");
  }
  return heads;
}

const usualLosses: { readonly [K in SoleTarget["kind"]]: Loss } = {
  number: squaredError(),
  classes: softmaxCrossEntropy(),
  labels: sigmoidCrossEntropy(),
};

/** The loss that was asked for where it is of the same sort of targets, else the usual one. */
function lossOf({ kind }: SoleTarget, asked: Loss | undefined): Loss {
  const own = usualLosses[kind];
  if (asked === undefined) return own;
  // labels and classes have losses of their own: only the same kind does for labels
  return asked.task === own.task && (kind !== "labels" || asked.kind === own.kind) ? asked : own;
}

/** The mean of each of some columns. */
function meansOf({ data, shape }: NdArray, from: number, columns: number): readonly number[] {
  const [rows = 0, width = 1] = shape;
  return Array.from({ length: columns }, (_, i) => {
    let total = 0;
    for (let row = 0; row < rows; row++) total += data[row * width + from + i] ?? 0;
    return total / Math.max(1, rows);
  });
}

/** Loss and error of the best constant answer; 1 where it is never wrong, so that nothing is divided by 0. */
function usual({ kind }: SoleTarget, shares: readonly number[]): Pick<JointHead, "usualLoss" | "usualError"> {
  const positive = (value: number): number => (value > 0 ? value : 1);
  if (kind === "number") return { usualLoss: 1, usualError: 1 };
  if (kind === "classes") {
    const entropy = shares.reduce((total, share) => total + surprise(share), 0);
    return { usualLoss: positive(entropy), usualError: positive(1 - Math.max(...shares)) };
  }
  const mean = (each: (share: number) => number): number =>
    shares.reduce((total, share) => total + each(share), 0) / shares.length;
  return {
    usualLoss: positive(mean((share) => surprise(share) + surprise(1 - share))),
    usualError: positive(mean((share) => Math.min(share, 1 - share))),
  };
}

/** The same of a column of numbers from 0 that are learned as parts of their mean: the deviance of that mean, and the variance. */
function usualCount({ data, shape }: NdArray, column: number): Pick<JointHead, "usualLoss" | "usualError"> {
  const [rows = 0, width = 1] = shape;
  const values = Float64Array.from({ length: rows }, (_, row) => data[row * width + column] ?? 0);
  const mean = meanOf(values);
  const deviance = 2 * meanOf(values.map((value) => (value > 0 ? value * Math.log(value / mean) : 0)));
  const variance = populationVariance(values);
  return { usualLoss: deviance > 0 ? deviance : 1, usualError: variance > 0 ? variance : 1 };
}

function surprise(share: number): number {
  return share > 0 ? -share * Math.log(share) : 0;
}
