/** Losses in which rare classes count as much as frequent ones. */
import { checkArray, wrongArgument } from "../array/check-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import type { RowWeights } from "../base/statistics/weighted.ts";
import { isRecord } from "../base/value-type.ts";
import { type JointHead, joint } from "./joint-loss.ts";
import type { Loss } from "./loss.ts";
import { losses, lossFrom } from "./losses.ts";

/** What classes are counted by. */
export interface BalanceOptions {
  /** How many classes there are, where targets are their codes; left out for targets that are no classes. */
  readonly classes?: number | undefined;
  /** How much each row counts; by default all count alike. */
  readonly weights?: RowWeights | undefined;
}

/**
 * What a row of each class counts so that all classes count alike: rows / (classes · rows of the class), as scikit-learn's
 * `class_weight="balanced"` (King and Zeng 2001), and 1 for a class without rows. Targets are codes int32 [rows], or
 * shares [rows, classes].
 */
export function classWeights(targets: NdArray, { classes, weights }: BalanceOptions = {}): readonly number[] {
  checkArray("classWeights › targets", targets);
  const isCode = targets.dtype === "int32";
  const [rows = 0] = targets.shape;
  const width = isCode ? (classes ?? highest(targets.data) + 1) : (targets.shape[1] ?? 1);
  const counts = new Float64Array(width);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    total += weight;
    if (isCode) {
      const code = targets.data[row] ?? 0;
      counts[code] = (counts[code] ?? 0) + weight;
    } else for (let i = 0; i < width; i++) counts[i] = (counts[i] ?? 0) + weight * (targets.data[row * width + i] ?? 0);
  }
  const seen = counts.reduce((sum, count) => sum + Number(count > 0), 0);
  return Array.from(counts, (count) => (count > 0 ? total / (seen * count) : 1));
}

function highest(codes: ArrayLike<number>): number {
  let most = -1;
  for (let i = 0; i < codes.length; i++) most = Math.max(most, codes[i] ?? -1);
  return most;
}

/**
 * The same loss with weights by which all classes of these targets count alike; of labels the present and the absent rows of
 * each, and of several targets each head of classes or labels. Throws `loss/weights` where the loss knows no classes:
 * `balancedLoss(softmaxCrossEntropy(), train.targets)`.
 */
export function balancedLoss(loss: Loss, targets: NdArray, options: BalanceOptions = {}): Loss {
  if (!isRecord(loss) || typeof loss.kind !== "string") throw wrongArgument("balancedLoss › loss", "a loss", loss);
  checkArray("balancedLoss › targets", targets);
  const found =
    loss.heads === undefined ? balancedAlone(loss, targets, options) : balancedHeads(loss, targets, options);
  if (found !== undefined) return found;
  const message = `the loss ${loss.kind} knows no classes whose weights could be balanced`;
  throw new NablaError("loss/weights", message, "leave the balance out, or choose a loss of classes");
}

function balancedAlone(loss: Loss, targets: NdArray, options: BalanceOptions): Loss | undefined {
  const fields = losses[loss.kind]?.fields ?? {};
  const given = loss.options as { readonly [option: string]: Json };
  const remade = (changed: { readonly [option: string]: Json }): Loss =>
    lossFrom({ ...given, ...changed, kind: loss.kind });
  if ("weights" in fields) return remade({ weights: classWeights(targets, options) });
  if (!("positive" in fields && "negative" in fields)) return undefined;
  const sides = labelWeights(targets, options);
  return remade({ positive: sides.map(([, present]) => present), negative: sides.map(([absent]) => absent) });
}

/** What an absent and a present row of each label count. */
function labelWeights(targets: NdArray, { weights }: BalanceOptions): readonly (readonly [number, number])[] {
  const [rows = 0] = targets.shape;
  const width = targets.data.length / Math.max(1, rows);
  return Array.from({ length: width }, (_, i) => {
    let [present, total] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const weight = weights?.[row] ?? 1;
      total += weight;
      present += weight * (targets.data[row * width + i] ?? 0);
    }
    // a label that all rows have, or none, has nothing to balance
    return present > 0 && present < total ? [total / (2 * (total - present)), total / (2 * present)] : [1, 1];
  });
}

function balancedHeads(loss: Loss, targets: NdArray, options: BalanceOptions): Loss | undefined {
  if (!joint.is(loss)) return undefined;
  const { heads, ...others } = joint.valuesOf(loss);
  const balanced = heads.map((head, i): JointHead | undefined => {
    const own = loss.heads?.[i];
    const made = own && balancedAlone(head.loss, own.targets(targets), options);
    if (made === undefined) return undefined;
    // the best constant answer to classes that count alike is the same for all of them
    const answers = "weights" in (losses[head.loss.kind]?.fields ?? {}) ? Math.max(2, head.outputs) : 2;
    return { ...head, loss: made, usualLoss: Math.log(answers) };
  });
  if (balanced.every((head) => head === undefined)) return undefined;
  return joint(
    heads.map((head, i) => balanced[i] ?? head),
    others,
  );
}
