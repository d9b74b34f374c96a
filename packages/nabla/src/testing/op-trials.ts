/** Every op on its trials: what the gradient check and the comparison of engines run. */
import type { DType } from "../array/dtype.ts";
import { castArray, type NdArray, ndarray } from "../array/ndarray.ts";
import { elementsOf, sizeOf } from "../array/shape.ts";
import { known, NablaError } from "../base/error.ts";
import { fork, seedKey, uniform53 } from "../base/random.ts";
import type { Engine } from "../engine/contract.ts";
import { compile } from "../engine/program.ts";
import { reference } from "../engine/reference/reference.ts";
import { add, multiply } from "../graph/elementwise.ts";
import { grad } from "../graph/grad.ts";
import { constant, input, state } from "../graph/leaf.ts";
import { cast, sum } from "../graph/movement.ts";
import { make } from "../graph/op.ts";
import * as ops from "../graph/ops.ts";
import type { AnyOp, Tensor, TrialInputs } from "../graph/tensor.ts";
import { checkGradients } from "./gradient-check.ts";
import { type GradientReport, placeOf } from "./gradient-report.ts";

/** One op on one of its trials. */
export interface OpTrial {
  readonly name: string;
  readonly op: AnyOp;
  readonly trial: TrialInputs<object>;
}

/** All trials of all ops, in the order of their names. */
export function opTrials(): readonly OpTrial[] {
  const all = Object.values(ops).filter((value): value is typeof value & AnyOp => "opName" in value);
  return all.flatMap((op: AnyOp) =>
    op.definition.trials.map((trial, i) => ({ name: `${op.opName} ${i + 1}`, op, trial })),
  );
}

/** The arrays of a trial; sizes are filled with seeded numbers. */
function arraysOf({ name, trial: { inputs, from = -1, to = 1 } }: OpTrial): readonly NdArray[] {
  return inputs.map((given, i) => {
    if ("data" in given) return given;
    const draws = uniform53(fork(seedKey(1), `${name} ${i}`), elementsOf(given));
    return ndarray(
      draws.map((u) => from + (to - from) * u),
      given,
    );
  });
}

function isFloat({ dtype }: { readonly dtype: string }): boolean {
  return dtype === "float32" || dtype === "float64";
}

/** Checks the gradient rule of an op by central differences; `order` 2 checks the rule's own gradient. Undefined where the op has no slopes. */
export async function checkOpGradient(trial: OpTrial, order: 1 | 2): Promise<GradientReport | undefined> {
  const tensors = arraysOf(trial).map((array, i) => (isFloat(array) ? state(`input${i + 1}`, array) : constant(array)));
  const parameters = new Map(tensors.filter(isFloat).map((tensor, i) => [`input${i + 1}`, tensor]));
  const output = make(trial.op, tensors, { ...trial.trial.attributes });
  if (parameters.size === 0 || !isFloat(output)) return undefined;
  const weigh = (x: Tensor, name: string): Tensor => {
    const weights = ndarray(uniform53(fork(seedKey(2), name), elementsOf(sizeOf(x.shape))), sizeOf(x.shape));
    return sum(multiply(cast(x, { dtype: "float64" }), constant(weights)));
  };
  const first = weigh(output, "output");
  if (order === 1) return checkGradients({ cost: first, parameters });
  const slopes = grad(first, [...parameters.values()]).map((slope, i) => weigh(slope, `slope ${i}`));
  const second = slopes.reduce((all, slope) => add(all, slope));
  return checkGradients({ cost: second, parameters });
}

/** What is wrong with an op's gradient rule, by trial, order and input; a rule that fails is wrong too. Empty when nothing is. */
export async function opComplaints(op: AnyOp): Promise<readonly string[]> {
  const complaints: string[] = [];
  for (const [i, trial] of op.definition.trials.entries()) {
    const name = `${op.opName} ${i + 1}`;
    for (const order of [1, 2] as const) {
      try {
        const report = await checkOpGradient({ name, op, trial }, order);
        const wrong = report?.parameters.filter(({ error }) => !(error <= 1e-7)) ?? [];
        for (const parameter of wrong)
          complaints.push(`${name}: the gradient of order ${order} is wrong at ${placeOf(parameter)}`);
      } catch (error) {
        if (!(error instanceof NablaError)) throw error;
        complaints.push(`${name}: the gradient of order ${order} fails: ${error.message}`);
      }
    }
  }
  return complaints;
}

/** How far an engine's result lies from the reference's: the largest |difference| / max(1, |value|). */
export async function engineDifference(engine: Engine, trial: OpTrial): Promise<number> {
  const arrays = arraysOf(trial).map((array) => (isFloat(array) ? castArray(array, "float32") : array));
  return (await compareOn(engine, trial, arrays)).difference;
}

/** A result of an engine beside the reference's. */
export interface Comparison {
  readonly dtype: DType;
  /** The largest |difference| / max(1, |value|); infinite where only one of them is NaN or where shapes differ. */
  readonly difference: number;
}

/** Runs an op on arrays by an engine and by the reference. */
export async function compareOn(
  engine: Engine,
  { op, trial }: Pick<OpTrial, "op" | "trial">,
  arrays: readonly NdArray[],
): Promise<Comparison> {
  const inputs = arrays.map((array, i) => input(`input${i + 1}`, array.shape, array.dtype));
  const output = make(op, inputs, { ...trial.attributes });
  const feeds = Object.fromEntries(arrays.map((array, i) => [`input${i + 1}`, array]));
  const run = async (on: Engine): Promise<NdArray> =>
    known((await (await compile({ inputs, outputs: { output } }, { engine: on })).run(feeds)).output, "output");
  // the reference computes in float64, so it is fed the very float32 numbers
  const [expected, received] = [await run(reference), await run(engine)];
  const sameSize = expected.data.length === received.data.length && String(expected.shape) === String(received.shape);
  const difference = sameSize ? distance(expected, received) : Number.POSITIVE_INFINITY;
  return { dtype: received.dtype, difference };
}

function distance(expected: NdArray, received: NdArray): number {
  let worst = 0;
  for (const [i, value] of expected.data.entries()) {
    const other = received.data[i] ?? Number.NaN;
    if (Object.is(value, other) || value === other) continue;
    const off = Math.abs(other - value) / Math.max(1, Math.abs(value));
    worst = Math.max(worst, Number.isNaN(off) ? Number.POSITIVE_INFINITY : off);
  }
  return worst;
}
