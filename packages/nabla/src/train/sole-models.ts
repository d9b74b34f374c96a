/** A model of several targets seen as one model for each, so that whoever knows one target knows all. */

import { wrongArgument } from "../array/check-array.ts";
import { type NdArray, ndarray } from "../array/ndarray.ts";
import { known } from "../base/error.ts";
import { isRecord } from "../base/value-type.ts";
import type { Examples } from "../data/examples.ts";
import { type Preparation, type SoleTarget, soleTargets, taskOf } from "../data/preparation.ts";
import { jointTarget } from "../data/prepare.ts";
import type { LossHead } from "../nn/loss.ts";
import { checkTrained } from "./check-job.ts";
import { learnedPath } from "./objective.ts";
import type { Trained } from "./trained.ts";

/** What a model answers to one of its targets. */
export interface SoleModel {
  readonly name: string;
  readonly target: SoleTarget;
  /** Its part of the whole, from 0 to 1. */
  readonly share: number;
  /** The same network, of which only this target is asked. */
  readonly trained: Trained;
  readonly preparation: Preparation;
  /** Examples of all targets as those of this one: codes for classes, as a model of one target has them. */
  readonly examples: (all: Examples) => Examples;
}

/** The targets of a model one by one; of a model of one target itself. */
export function soleModels(trained: Trained, preparation: Preparation): readonly SoleModel[] {
  checkTrained("soleModels", trained);
  if (!isRecord(preparation) || !isRecord(preparation.target))
    throw wrongArgument("soleModels › preparation", "what prepare.fit gives", preparation);
  const targets = soleTargets(preparation);
  const { heads } = trained.loss;
  if (heads === undefined) {
    const target = known(targets[0], "the target");
    return [{ name: target.name, target, share: 1, trained, preparation, examples: (all) => all }];
  }
  return targets.map((target, i) => soleModel(target, known(heads[i], target.name), { trained, preparation }));
}

/**
 * What each of several targets counted at the end of a training that weighed them by their uncertainty, in their order; undefined
 * for any other model.
 */
export function targetShares(trained: Trained): readonly number[] | undefined {
  checkTrained("targetShares", trained);
  const { loss, weights } = trained;
  const { learned } = loss;
  const found = learned === undefined ? undefined : weights.get(learnedPath(undefined, learned));
  return found === undefined ? undefined : learned?.shares(found.data);
}

function soleModel(
  target: SoleTarget,
  head: LossHead,
  { trained, preparation }: { readonly trained: Trained; readonly preparation: Preparation },
): SoleModel {
  const { classes: _, ...whole } = trained;
  const classes = target.kind === "classes" ? { classes: target.classes } : {};
  const own = target.kind === "labels" ? jointTarget([target]) : target;
  return {
    name: target.name,
    target,
    share: head.share,
    trained: { ...whole, ...classes, loss: head.loss },
    preparation: { ...preparation, task: taskOf(own), target: own },
    examples: ({ classes: __, targets, ...rest }) => {
      const part = head.targets(targets);
      return { ...rest, ...classes, targets: target.kind === "classes" ? codesIn(part) : part };
    },
  };
}

/** The class of each row of shares. */
function codesIn({ data, shape }: NdArray): NdArray {
  const [rows = 0, classes = 1] = shape;
  const codes = Int32Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let code = 1; code < classes; code++)
      if ((data[row * classes + code] ?? 0) > (data[row * classes + best] ?? 0)) best = code;
    return best;
  });
  return ndarray(codes, [rows]);
}
