/** What every loss and every penalty must do. */
import { type NdArray, ndarray } from "../array/ndarray.ts";
import { describe } from "../base/described.ts";
import { normal, seedKey } from "../base/random.ts";
import { value } from "../engine/program.ts";
import { reference } from "../engine/reference/reference.ts";
import { constant, state } from "../graph/leaf.ts";
import { mean } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Loss } from "../nn/loss.ts";
import type { Penalty } from "../nn/penalty.ts";
import { checkGradients } from "./gradient-check.ts";
import { firstDifference } from "./meaning-check.ts";

const ROWS = 6;
const WIDTH = 3;

/** The loss of one example with the outputs z and the target y (a class code, or numbers), as the textbook writes it. */
export type LossMeaning = (z: Float64Array, y: ArrayLike<number>, options: Loss["options"]) => number;

/**
 * What is wrong with a loss on six rows of three outputs; empty when nothing is. Its numbers are compared with
 * `meaning`, and with nothing where that is left out.
 */
export async function lossComplaints(
  loss: Loss,
  { meaning }: { readonly meaning?: LossMeaning } = {},
): Promise<readonly string[]> {
  const outputs = ndarray(normal(seedKey(3), ROWS * WIDTH), [ROWS, WIDTH]);
  const targets = targetsFor(loss);
  const z = state("outputs", outputs);
  const each = loss.loss(z, constant(targets));
  const complaints: string[] = [];
  if (String(each.shape) !== String([ROWS]))
    return [`the losses of ${loss.kind} have the shape [${each.shape}], one number a row is [${ROWS}]`];
  if (meaning !== undefined) {
    const width = targets.data.length / ROWS;
    const row = (data: ArrayLike<number>, i: number, count: number): Float64Array =>
      Float64Array.from({ length: count }, (_, k) => data[i * count + k] ?? 0);
    const expected = Array.from({ length: ROWS }, (_, i) =>
      meaning(row(outputs.data, i, WIDTH), row(targets.data, i, width), loss.options),
    );
    const message = firstDifference(await value(each, {}, { engine: reference }), expected);
    if (message !== undefined) complaints.push(`the loss is not ${JSON.stringify(describe(loss))}: ${message}`);
  }
  const { learned } = loss;
  const own =
    learned && state("learned", ndarray(normal(seedKey(5), learned.initial.data.length), learned.initial.shape));
  const minimized = learned && own ? learned.loss(z, constant(targets), own) : each;
  const costs = { "": each, " with what it learns": minimized };
  for (const [which, cost] of Object.entries(costs)) {
    const parameters = new Map([
      ["outputs", z],
      ...(own === undefined || cost === each ? [] : [["learned", own] as const]),
    ]);
    const report = await checkGradients({ cost: mean(cost), parameters });
    if (report.verdict !== "right")
      complaints.push(`the gradients of ${loss.kind}${which} are ${report.verdict}:\n${report.table}`);
    if (minimized === each) break;
  }
  return complaints;
}

/** Targets that a loss takes: numbers, class codes, or a zero or one for each output. */
function targetsFor({ task, learnsOn, admit }: Loss): NdArray {
  const numbers = normal(seedKey(4), ROWS * WIDTH);
  // counts, 0 among them
  if (learnsOn === "mean")
    return ndarray(
      numbers.map((draw) => Math.max(0, Math.round(2 * draw))),
      [ROWS, WIDTH],
    );
  if (task === "regression") return ndarray(numbers, [ROWS, WIDTH]);
  const codes = ndarray(Int32Array.of(0, 2, 1, 1, 0, 2), [ROWS]);
  try {
    admit([ROWS, WIDTH], codes);
    return codes;
  } catch {
    return ndarray(
      Float64Array.from({ length: ROWS * WIDTH }, (_, i) => i % 2),
      [ROWS, WIDTH],
    );
  }
}

/** What is wrong with a penalty: its cost, what it leaves alone, its gradients; empty when nothing is. */
export async function penaltyComplaints(penalty: Penalty): Promise<readonly string[]> {
  const [weights, bias] = [normal(seedKey(5), 6), normal(seedKey(6), 3)];
  const parameters = new Map([
    ["dense1.weights", state("dense1.weights", ndarray(weights, [2, 3]))],
    ["dense1.bias", state("dense1.bias", ndarray(bias, [3]))],
  ]);
  const m = 10;
  const fed = (name: string): Tensor =>
    constant(ndarray(Float64Array.of(penalty.fed(penalty.settings[name] ?? 0, m)), []));
  const cost = penalty.cost(parameters, fed);
  const { options } = penalty;
  const included = [...weights, ...(Array.isArray(options.except) && !options.except.includes("bias") ? bias : [])];
  const sums: Readonly<Record<string, number>> = {
    l1: included.reduce((sum, w) => sum + Math.abs(w), 0),
    l2: included.reduce((sum, w) => sum + w * w, 0),
  };
  const share = options.reduction === "examples" ? 2 * m : 2;
  const complaints: string[] = [];
  const known = Object.keys(penalty.settings).every((name) => name in sums);
  const expected = Object.entries(penalty.settings).reduce(
    (all, [name, by]) => all + (by * (sums[name] ?? 0)) / share,
    0,
  );
  const message = known ? firstDifference(await value(cost, {}, { engine: reference }), [expected]) : undefined;
  if (message !== undefined) complaints.push(`the cost is not that of ${penalty.kind}: ${message}`);
  const report = await checkGradients({ cost, parameters });
  if (report.verdict !== "right")
    complaints.push(`the gradients of ${penalty.kind} are ${report.verdict}:\n${report.table}`);
  return complaints;
}
