/** Are gradients right? Central differences in float64 against what `grad` says. */
import type { NdArray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import { fork, permutation, seedKey } from "../base/random.ts";
import { compile, type Feeds, type Program } from "../engine/program.ts";
import { reference } from "../engine/reference/reference.ts";
import { grad } from "../graph/grad.ts";
import { isInput, nameOf } from "../graph/leaf.ts";
import type { Tensor } from "../graph/tensor.ts";
import { walk } from "../graph/walk.ts";
import { isKink } from "./kink.ts";

/** A cost and the states that it is to be differentiated by, all float64. */
export interface GradientSpec {
  readonly cost: Tensor;
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly feeds?: Feeds;
}

export interface GradientOptions {
  /** Half the distance between the two points of a difference. Default 1e-5, where float64 loses least. */
  readonly step?: number;
  /** Numbers checked in each parameter, drawn by `seed` where there are more. Default 100. */
  readonly most?: number;
  readonly seed?: number;
}

/** 1e-7 and below is right, 1e-5 probably right, 1e-3 suspicious, above wrong. */
export type GradientVerdict = "right" | "probably right" | "suspicious" | "wrong";

/** What was found of one parameter. */
export interface ParameterCheck {
  readonly path: string;
  /** |a - n| / (|a| + |n|) with Euclidean norms of analytic and numeric slopes; 0 where both vanish. */
  readonly error: number;
  readonly checked: number;
  /** Numbers at a kink, as a rectifier has one at 0: no slope there is right or wrong, so they are left out. */
  readonly kinks: number;
}

/** What a check found. */
export interface GradientReport {
  readonly verdict: GradientVerdict;
  /** The error over all parameters as one vector. */
  readonly error: number;
  readonly kinks: number;
  /** By parameter, the worst first. */
  readonly parameters: readonly ParameterCheck[];
  /** The same as text, a line a parameter. */
  readonly table: string;
}

/** Checks the gradients of a cost. Throws `gradient/random` when the same feeds give two different costs. */
export async function checkGradients(
  { cost, parameters, feeds = {} }: GradientSpec,
  options: GradientOptions = {},
): Promise<GradientReport> {
  const { step = 1e-5, most = 100, seed = 1 } = options;
  const tensors = [...parameters.values()];
  const inputs = walk([cost]).filter(isInput);
  const needed = Object.fromEntries(
    Object.entries(feeds).filter(([name]) => inputs.some((one) => nameOf(one) === name)),
  );
  const gradients = Object.fromEntries(grad(cost, tensors).map((gradient, i) => [String(i), gradient]));
  const program = await compile({ inputs, outputs: { cost } }, { engine: reference });
  const analytic = await (await compile({ inputs, outputs: gradients }, { share: program })).run(needed);
  const costNow = async (): Promise<number> => (await program.run(needed)).cost?.data[0] ?? Number.NaN;
  const base = await costNow();
  if (base !== (await costNow())) {
    throw new NablaError(
      "gradient/random",
      "the same feeds gave two different costs, so there is no slope to check",
      "freeze the randomness",
    );
  }
  const found: Sums[] = [];
  for (const [i, [path, tensor]] of [...parameters].entries()) {
    const slope = new Slope(program, tensor, costNow);
    const indices = permutation(fork(seedKey(seed), path), slope.length).subarray(0, most);
    found.push(await compare(path, { slope, indices, analytic: analytic[String(i)], base, step }));
  }
  return report(found);
}

interface Sums {
  readonly path: string;
  readonly checked: number;
  readonly kinks: number;
  /** Sums of squares: of differences, of analytic and of numeric slopes. */
  readonly difference: number;
  readonly analytic: number;
  readonly numeric: number;
}

/** The cost as a function of one number of one state. */
class Slope {
  readonly #program: Program;
  readonly #tensor: Tensor;
  readonly #value: NdArray;
  readonly #cost: () => Promise<number>;

  constructor(program: Program, tensor: Tensor, cost: () => Promise<number>) {
    this.#program = program;
    this.#tensor = tensor;
    this.#value = program.states.includes(tensor)
      ? program.read(tensor)
      : { dtype: "float64", shape: [0], data: new Float64Array(0) };
    this.#cost = cost;
  }

  get length(): number {
    return this.#value.data.length;
  }

  /** The cost with number `index` moved by `by`. */
  async at(index: number, by: number): Promise<number> {
    const { data } = this.#value;
    const kept = data[index] ?? 0;
    data[index] = kept + by;
    this.#program.write(this.#tensor, this.#value);
    const cost = await this.#cost();
    data[index] = kept;
    this.#program.write(this.#tensor, this.#value);
    return cost;
  }
}

interface Comparison {
  readonly slope: Slope;
  readonly indices: Uint32Array;
  readonly analytic: NdArray | undefined;
  readonly base: number;
  readonly step: number;
}

/** Where the two slopes of a number differ by more than this share, a kink may be the reason. */
const DOUBTFUL = 1e-6;

async function compare(path: string, { slope, indices, analytic, base, step }: Comparison): Promise<Sums> {
  let [kinks, difference, analyticSum, numericSum] = [0, 0, 0, 0];
  // What rounding of the cost alone does to a difference quotient.
  const noise = (8 * Number.EPSILON * Math.max(1, Math.abs(base))) / step;
  for (const index of indices) {
    const a = analytic?.data[index] ?? 0;
    const n = ((await slope.at(index, step)) - (await slope.at(index, -step))) / (2 * step);
    const off = Math.abs(a - n);
    if (
      off > noise &&
      off > DOUBTFUL * (Math.abs(a) + Math.abs(n)) &&
      (await isKink((by) => slope.at(index, by), { base, step }))
    ) {
      kinks += 1;
      continue;
    }
    // written so that NaN stays NaN and fails
    difference += off <= noise ? 0 : off * off;
    analyticSum += a * a;
    numericSum += n * n;
  }
  return { path, checked: indices.length - kinks, kinks, difference, analytic: analyticSum, numeric: numericSum };
}

function relative({ difference, analytic, numeric }: Omit<Sums, "path" | "checked" | "kinks">): number {
  if (difference === 0) return 0;
  const error = Math.sqrt(difference) / (Math.sqrt(analytic) + Math.sqrt(numeric));
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

function report(found: readonly Sums[]): GradientReport {
  const total = (key: "difference" | "analytic" | "numeric" | "kinks"): number =>
    found.reduce((sum, one) => sum + one[key], 0);
  const error = relative({ difference: total("difference"), analytic: total("analytic"), numeric: total("numeric") });
  const parameters = found
    .map((sums) => ({ path: sums.path, error: relative(sums), checked: sums.checked, kinks: sums.kinks }))
    .sort((a, b) => b.error - a.error);
  // One bad small parameter must not hide behind a large good one.
  const worst = Math.max(error, ...parameters.map((parameter) => parameter.error));
  const verdict = worst <= 1e-7 ? "right" : worst <= 1e-5 ? "probably right" : worst <= 1e-3 ? "suspicious" : "wrong";
  const width = Math.max(9, ...parameters.map(({ path }) => path.length));
  const lines = parameters.map(
    ({ path, error: own, checked, kinks }) =>
      `${path.padEnd(width)}  ${own.toExponential(1)}  ${String(checked).padStart(7)}  ${String(kinks).padStart(5)}`,
  );
  const table = [`${"parameter".padEnd(width)}  error    checked  kinks`, ...lines].join("\n");
  return { verdict, error, kinks: total("kinks"), parameters, table };
}
