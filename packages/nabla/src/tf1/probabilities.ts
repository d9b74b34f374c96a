/** Where a tensor comes from a softmax or sigmoid, for warnings about what is done with probabilities. */
import { Tensor } from "./graph.ts";
import type { Operand } from "./operands.ts";
import type { Recorded } from "./recorded.ts";

const PROBABILITIES = new Set(["softmax", "sigmoid"]);
/** What leaves probabilities what they are, 0 among them. */
const PASSING = ["identity", "reshape", "transpose", "squeeze", "expandDims", "at", "slice", "gather"];
/** What leaves them probabilities, and away from 0. */
const HOLDING = ["clipByValue", "dropout"];

/** The softmax or sigmoid that a tensor comes from; `isHeld` where it may be held away from 0 on the way. */
export function probabilityOf(x: Operand, { isHeld }: { readonly isHeld: boolean }): Recorded | undefined {
  const passing = new Set(isHeld ? [...PASSING, ...HOLDING] : PASSING);
  let entry: Recorded | undefined = x instanceof Tensor ? x : undefined;
  while (entry !== undefined && passing.has(entry.kind)) entry = entry.inputs[0];
  return entry !== undefined && PROBABILITIES.has(entry.kind) ? entry : undefined;
}

/** Warns where a logarithm is taken of what rounds to 0: a probability, or 1 less one. */
export function warnOfZero(x: Operand): void {
  if (!(x instanceof Tensor)) return;
  const rest = x.kind === "subtract" && x.inputs[0]?.kind === "constant" ? x.inputs[1] : undefined;
  const from = probabilityOf(rest instanceof Tensor ? rest : x, { isHeld: false });
  if (from === undefined) return;
  const what = rest === undefined ? `"${x.name}"` : `"${x.name}", 1 less a probability,`;
  x.graph.warnings.push(
    `log of ${what} is -Infinity where the ${from.kind} "${from.name}" rounds, and its gradient no number: use ${from.kind}CrossEntropyWithLogits on what goes into it, or tf.clipByValue(p, 1e-7, 1)`,
  );
}
