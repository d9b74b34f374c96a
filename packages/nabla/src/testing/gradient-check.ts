/** Are gradients right? Central differences in float64 against the result of `grad`. */
import { elementsOf, type Size, sizeOf } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { fork, seedKey } from "../base/random.ts";
import { inRange } from "../base/range.ts";
import { compile, type Feeds } from "../engine/program.ts";
import { float64Engine } from "../engine/wasm/engine.ts";
import { grad } from "../graph/grad.ts";
import { isInput, nameOf } from "../graph/leaf.ts";
import type { Tensor } from "../graph/tensor.ts";
import { walk } from "../graph/walk.ts";
import { type GradientReport, reportOf, type Sums, type Worst } from "./gradient-report.ts";
import { isKink } from "./kink.ts";
import { CostLine, type Line, linesFor, slopeAlong } from "./line.ts";
import { indicesOf } from "./parameter-vector.ts";

/** A cost and the states that it is to be differentiated by, all float64. */
export interface GradientSpec {
  readonly cost: Tensor;
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** What is fed at every run; a function is called again for each. */
  readonly feeds?: Feeds | (() => Feeds);
}

/** Options of `checkGradients`. */
export interface GradientOptions {
  /** Half the distance between the two points of a difference. Default 1e-5, where float64 loses least. */
  readonly step?: number;
  /** Numbers checked in each parameter, drawn by `seed` where there are more. Default 100. */
  readonly most?: number;
  /**
   * The fast way for large models: so many random directions in each parameter in place of its single numbers. A wrong
   * number shows in nearly every direction, and the parameter is still named. Default: single numbers.
   */
  readonly directions?: number;
  /** The seed of the numbers that are compared; 1 by default. */
  readonly seed?: number;
}

/** Checks the gradients of a cost. Throws `gradient/random` when the same feeds give two different costs, `gradient/not-finite`. */
export async function checkGradients(
  { cost, parameters, feeds = {} }: GradientSpec,
  options: GradientOptions = {},
): Promise<GradientReport> {
  const { step = 1e-5, most = 100, directions, seed = 1 } = options;
  inRange("step", step, { above: 0 });
  inRange("most", most, { atLeast: 1, whole: true });
  if (directions !== undefined) inRange("directions", directions, { atLeast: 1, whole: true });
  const tensors = [...parameters.values()];
  const inputs = walk([cost]).filter(isInput);
  const fed = (): Feeds => {
    const all = typeof feeds === "function" ? feeds() : feeds;
    return Object.fromEntries(Object.entries(all).filter(([name]) => inputs.some((one) => nameOf(one) === name)));
  };
  const fixed = typeof feeds === "function" ? undefined : fed();
  const gradients = Object.fromEntries(grad(cost, tensors).map((gradient, i) => [String(i), gradient]));
  const program = await compile({ inputs, outputs: { cost } }, { engine: float64Engine() });
  const analytic = await (await compile({ inputs, outputs: gradients }, { share: program })).run(fixed ?? fed());
  let runs = 0;
  const costNow = async (): Promise<number> => {
    runs += 1;
    return (await program.run(fixed ?? fed())).cost?.data[0] ?? Number.NaN;
  };
  const base = await costNow();
  refuseChance(base, await costNow());
  const found: Sums[] = [];
  for (const [i, [path, tensor]] of [...parameters].entries()) {
    const ground = await CostLine.open(program, tensor, costNow);
    const lines = linesFor(ground.length, fork(seedKey(seed), path), { most, directions });
    const gradient = analytic[String(i)]?.data ?? [];
    found.push(await compare(path, { ground, lines, gradient, shape: sizeOf(tensor.shape), base, step }));
  }
  const numbers = tensors.reduce((sum, { shape }) => sum + elementsOf(sizeOf(shape)), 0);
  return reportOf(found, { runs, numbers });
}

function refuseChance(first: number, second: number): void {
  if (!Number.isFinite(first)) {
    const message = `the cost is ${first}, so there is no slope to check`;
    throw new NablaError(
      "gradient/not-finite",
      message,
      "start from smaller weights, or train with a smaller learning rate first",
    );
  }
  if (first === second) return;
  throw new NablaError(
    "gradient/random",
    `J is not deterministic: the same parameters gave the costs ${first} and ${second}, so there is no slope to check`,
    "freeze the randomness: feed the same random numbers at every run",
  );
}

interface Comparison {
  readonly ground: CostLine;
  readonly lines: Iterable<Line>;
  readonly gradient: ArrayLike<number>;
  readonly shape: Size;
  readonly base: number;
  readonly step: number;
}

/** Where the two slopes of a number differ by more than this share, a kink may be the reason. */
const DOUBTFUL = 1e-6;

async function compare(path: string, { ground, lines, gradient, shape, base, step }: Comparison): Promise<Sums> {
  let [count, kinks, difference, analyticSum, numericSum, furthest] = [0, 0, 0, 0, 0, 0];
  let worst: Worst | undefined;
  // What rounding of the cost alone does to a difference quotient.
  const noise = (8 * Number.EPSILON * Math.max(1, Math.abs(base))) / step;
  for (const line of lines) {
    count += 1;
    const a = slopeAlong(line, gradient);
    const n = ((await ground.at(line, step)) - (await ground.at(line, -step))) / (2 * step);
    const off = Math.abs(a - n);
    if (
      off > noise &&
      off > DOUBTFUL * (Math.abs(a) + Math.abs(n)) &&
      (await isKink((by) => ground.at(line, by), { base, step }))
    ) {
      kinks += 1;
      continue;
    }
    // written so that NaN stays NaN and fails
    difference += off <= noise ? 0 : off * off;
    analyticSum += a * a;
    numericSum += n * n;
    if (!(off <= Math.max(noise, furthest))) {
      furthest = off;
      const index = line.indices.length === 1 ? { index: indicesOf(line.indices[0] ?? 0, shape) } : {};
      worst = { ...index, analytic: a, numeric: n };
    }
  }
  ground.restore();
  return { path, checked: count - kinks, kinks, difference, analytic: analyticSum, numeric: numericSum, worst };
}
