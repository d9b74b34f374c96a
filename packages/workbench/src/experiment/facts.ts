/** What the parts of a file say of the job, for the options that are chosen by it. */
import { balancedLoss, compact, jointHeads, type NdArray, numberFeatures, textFeatures, weightsIn } from "nabla";
import type { Facts } from "./choice.ts";
import type { Parts, PreparedParts } from "./parts.ts";

/** The facts of parts that were prepared. */
export function factsOf(
  { task, policy, rows }: Pick<Parts, "task" | "policy" | "rows">,
  { preparation, begun, train }: Pick<PreparedParts, "preparation" | "begun" | "train">,
): Facts {
  const { classes, inputs, targets } = train;
  const { target } = preparation;
  return {
    ...compact({ horizon: preparation.series?.recipe.horizon, begun }),
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

/** Fewer different values are levels rather than measurements. */
const DIFFERENT = 10;

/** Whether an input has so many different values, in inputs [rows, features]. */
function differs({ data, shape }: NdArray, at: number): boolean {
  const seen = new Set<number>();
  for (let i = at; i < data.length && seen.size < DIFFERENT; i += Number(shape[1])) seen.add(data[i] ?? 0);
  return seen.size === DIFFERENT;
}
