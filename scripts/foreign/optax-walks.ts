/** Optimizers and schedules of optax: every parameter after every step, and every rate, in float64. */
import { type NdArray, ndarray } from "../../packages/nabla/src/array/ndarray.ts";
import { NablaError } from "../../packages/nabla/src/base/error.ts";
import type { Json } from "../../packages/nabla/src/base/json.ts";
import { add, multiply, subtract } from "../../packages/nabla/src/graph/elementwise.ts";
import { constant } from "../../packages/nabla/src/graph/leaf.ts";
import { sum } from "../../packages/nabla/src/graph/movement.ts";
import type { Tensor } from "../../packages/nabla/src/graph/tensor.ts";
import { optimizerFrom } from "../../packages/nabla/src/optim/optimizers.ts";
import { scheduleFrom } from "../../packages/nabla/src/optim/schedules.ts";
import { type Cost, walk } from "../../packages/nabla/test/optim/walk.ts";
import type { Outcome } from "./outcome.ts";

interface Flat {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Arrays = Readonly<Record<string, Flat>>;

/** One walk as `optax_walks.py` prints it. */
interface OptaxWalk {
  readonly optimizer: Json;
  readonly start: Arrays;
  readonly steep: Arrays;
  readonly goal: Arrays;
  readonly steps: readonly Readonly<Record<string, readonly number[]>>[];
}

/** One schedule as `optax_walks.py` prints it. */
interface OptaxSchedule {
  readonly schedule: Json;
  readonly rates: readonly number[];
}

export type OptaxCase = { readonly name: string } & (OptaxWalk | OptaxSchedule);

/** The largest difference from optax, relative to numbers above 1. */
const TOLERANCE = 1e-8;

const EPOCHS = { epochs: 10, stepsPerEpoch: 4 };

/** Runs one case; undefined for what nabla does not claim to have. */
export async function runOptaxCase(test: OptaxCase): Promise<Outcome | undefined> {
  try {
    if ("schedule" in test) return test.schedule === null ? undefined : followRates(test);
    return test.optimizer === null ? undefined : await followWalk(test);
  } catch (error) {
    if (!(error instanceof NablaError)) return { result: "wrong", reason: String(error).slice(0, 200) };
    return { result: "refused", reason: `${error.code}: ${error.message}` };
  }
}

function followRates({ schedule, rates }: OptaxSchedule): Outcome {
  const { factor } = scheduleFrom(schedule);
  const found = rates.map((_, step) => factor({ ...EPOCHS, step, epoch: Math.floor(step / EPOCHS.stepsPerEpoch) }));
  return judged(found, rates, "a rate");
}

async function followWalk({ optimizer, start, steep, goal, steps }: OptaxWalk): Promise<Outcome> {
  const cost: Cost = (parameters) =>
    [...parameters].map(([path, w]) => bowl(w, arrayOf(steep, path), arrayOf(goal, path))).reduce((a, b) => add(a, b));
  const from = new Map(Object.keys(start).map((path) => [path, arrayOf(start, path)]));
  const found = await walk(optimizerFrom(optimizer), from, cost, steps.length);
  for (const [number, expected] of steps.entries())
    for (const [path, values] of Object.entries(expected)) {
      const outcome = judged(found[number]?.get(path) ?? [], values, `${path} after step ${number + 1}`);
      if (outcome.result !== "passed") return outcome;
    }
  return { result: "passed" };
}

/** steep (w - goal)^2 / 2 + w^4 / 40, summed. */
function bowl(w: Tensor, steep: NdArray, goal: NdArray): Tensor {
  const off = subtract(w, constant(goal));
  const square = multiply(w, w);
  return sum(
    add(multiply(multiply(constant(steep), multiply(off, off)), 0.5), multiply(multiply(square, square), 0.025)),
  );
}

function arrayOf(arrays: Arrays, path: string): NdArray {
  const { shape = [], data = [] } = arrays[path] ?? {};
  return ndarray(Float64Array.from(data), shape);
}

function judged(found: readonly number[], expected: readonly number[], what: string): Outcome {
  const worst = Math.max(
    ...expected.map((want, i) => Math.abs((found[i] ?? Number.NaN) - want) / Math.max(1, Math.abs(want))),
  );
  return worst <= TOLERANCE ? { result: "passed" } : { result: "wrong", reason: `${what} differs by ${worst}` };
}
