/** What the parts of a file say of the job, for the options that are chosen by it. */
import {
  balancedLoss,
  compact,
  jointHeads,
  type NdArray,
  numberFeatures,
  orderedFeatures,
  outputsFor,
  type Preparation,
  soleTargets,
  targetScaling,
  textFeatures,
  weightsIn,
} from "nabla";
import { isImbalanced } from "nabla/diagnose";
import type { Facts, Subject } from "./choice.ts";
import type { Parts, PreparedParts } from "./parts.ts";

/** The facts of parts that were prepared. */
export function factsOf(
  { task, policy, rows }: Pick<Parts, "task" | "policy" | "rows">,
  { preparation, begun, train }: Pick<PreparedParts, "preparation" | "begun" | "train">,
): Facts {
  const { classes, inputs, targets } = train;
  const { target } = preparation;
  return {
    subject: (name) => subjectOf(preparation, targets, name),
    ...compact({ horizon: preparation.series?.recipe.horizon, begun, past: orderedFeatures(preparation) }),
    task,
    heads: (options) => (target.kind === "several" ? jointHeads(target, targets, options) : []),
    balanced: (loss) => balancedLoss(loss, targets, compact({ classes: classes?.length, weights: weightsIn(train) })),
    split: policy.fractions,
    rows: rows.train,
    outputs: target.kind === "several" ? (targets.shape[1] ?? 1) : (classes?.length ?? 1),
    shape: inputs.shape.slice(1),
    texts: textFeatures(preparation),
    numbers: numberFeatures(preparation).filter((at) => differs(inputs, at)),
  };
}

/** The target that is named, or the only one; of several without a name none. */
function subjectOf(preparation: Preparation, targets: NdArray, name: string | undefined): Subject | undefined {
  const all = soleTargets(preparation);
  const place = all.length === 1 ? 0 : all.findIndex((one) => one.name === name);
  const target = all[place];
  if (target === undefined) return undefined;
  const unit = targetScaling(target) as Subject["unit"];
  if (target.kind !== "classes") return { unit };
  const { classes } = target;
  // of several targets classes stand side by side with the others, one column each
  const from = all.slice(0, place).reduce((sum, one) => sum + outputsFor(one), 0);
  const width = targets.shape[1] ?? 1;
  const counts = classes.map((_, code) => {
    let count = 0;
    if (targets.dtype === "int32") for (const own of targets.data) count += Number(own === code);
    else for (let i = from + code; i < targets.data.length; i += width) count += Math.round(targets.data[i] ?? 0);
    return count;
  });
  return { unit, classes, counts, isImbalanced: isImbalanced(counts.filter((count) => count > 0)) };
}

/** Fewer different values are levels rather than measurements. */
const DIFFERENT = 10;

/** Whether an input has so many different values, in inputs [rows, features]. */
function differs({ data, shape }: NdArray, at: number): boolean {
  const seen = new Set<number>();
  for (let i = at; i < data.length && seen.size < DIFFERENT; i += Number(shape[1])) seen.add(data[i] ?? 0);
  return seen.size === DIFFERENT;
}
