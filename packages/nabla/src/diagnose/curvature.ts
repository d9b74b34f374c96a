/** What kind of point training has reached: a minimum, a saddle, or a plateau. */
import { castArray, type NdArray, ndarray } from "../array/ndarray.ts";
import { elementsOf, sizeOf } from "../array/shape.ts";
import { known } from "../base/error.ts";
import { seedKey } from "../base/random.ts";
import { inRange } from "../base/range.ts";
import type { Engine } from "../engine/contract.ts";
import { compile, type Feeds } from "../engine/program.ts";
import { float64Engine } from "../engine/wasm/engine.ts";
import { add, multiply } from "../graph/elementwise.ts";
import { grad } from "../graph/grad.ts";
import { input, isInput, nameOf } from "../graph/leaf.ts";
import { sum } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { walk } from "../graph/walk.ts";
import type { ByPath } from "../nn/model.ts";
import { type CostSpec, modelCost } from "../train/model-cost.ts";
import type { Advice } from "./advice.ts";
import { lanczos } from "./lanczos.ts";

/** A cost of float64 states. */
export interface CostSurface {
  readonly cost: Tensor;
  readonly parameters: ByPath<Tensor>;
  /** What inputs of the cost are fed; none by default. */
  readonly feeds?: Feeds;
}

/** Options of `curvature`. */
export interface CurvatureOptions {
  /** Hessian-vector products at most, each about two gradients. Default 30. */
  readonly steps?: number;
  /** Slope and curvature below this share of the cost are flat. Default 1e-3. */
  readonly flat?: number;
  /** The seed of the first direction; 1 by default. */
  readonly seed?: number;
  /** What computes. Default: WebAssembly in float64; float32 is faster. */
  readonly engine?: Engine;
}

/** What a point of the cost surface is, by the signs of its curvature. */
export type Point = "minimum" | "maximum" | "saddle" | "plateau";

/** The curvature of the cost at a point; plain data. */
export interface Curvature {
  /** Classified by curvature alone; `slope` says how far the point is from stationary. */
  readonly point: Point;
  readonly cost: number;
  /** The Euclidean norm of the gradient. */
  readonly slope: number;
  /** Approximate eigenvalues of the Hessian, ascending; all of them when `complete`. */
  readonly eigenvalues: readonly number[];
  readonly complete: boolean;
  /** The largest size of an eigenvalue divided by the smallest, of those that were found: how long the bowl is. */
  readonly condition: number;
  readonly summary: string;
  readonly advice: readonly Advice[];
}

/**
 * Probes the Hessian of a cost by Lanczos iteration. The matrix is never made: H·v is the gradient of the gradient along
 * v (Pearlmutter 1994). For a model the cost is the mean loss of the examples with penalties, in training mode.
 */
export async function curvature(
  what: CostSurface | CostSpec,
  { steps = 30, flat = 1e-3, seed = 1, engine = float64Engine() }: CurvatureOptions = {},
): Promise<Curvature> {
  inRange("steps", steps, { atLeast: 1, whole: true });
  inRange("flat", flat, { above: 0 });
  const {
    cost,
    parameters,
    feeds = {},
  }: CostSurface = "cost" in what ? what : modelCost(what, { seed, dtype: engine.wide ? "float64" : "float32" });
  const tensors = [...parameters.values()];
  const sizes = tensors.map(({ shape }) => elementsOf(sizeOf(shape)));
  const size = sizes.reduce((total, length) => total + length, 0);
  const directions = tensors.map(({ shape, dtype }, i) => input(`direction ${i}`, shape, dtype));
  const gradients = grad(cost, tensors);
  const along = gradients
    .map((gradient, i) => sum(multiply(gradient, known(directions[i], "direction"))))
    .reduce((total, one) => add(total, one));
  const turned = grad(along, tensors);
  const outputs = { cost, ...named("slope", gradients), ...named("turned", turned) };
  const inputs = [...new Set([...walk(Object.values(outputs)).filter(isInput), ...directions])];
  const needed = Object.fromEntries(
    Object.entries(feeds).filter(([name]) => inputs.some((one) => nameOf(one) === name)),
  );
  const program = await compile({ inputs, outputs }, { engine });
  const run = (vector: Float64Array): Promise<Record<string, NdArray>> =>
    program.run({ ...needed, ...parted(vector, tensors, sizes) });
  const still = await run(new Float64Array(size));
  const found = await lanczos(async (vector) => joined("turned", await run(vector), size), {
    size,
    steps,
    key: seedKey(seed),
  });
  const slope = Math.sqrt(joined("slope", still, size).reduce((total, x) => total + x * x, 0));
  const rounding = engine.wide ? 1e-8 : 1e-4;
  const here = still.cost?.data[0] ?? Number.NaN;
  return judged({ cost: here, slope, found, complete: steps >= size }, { flat, rounding });
}

function named(name: string, tensors: readonly Tensor[]): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(tensors.map((tensor, i) => [`${name} ${i}`, tensor]));
}

function parted(vector: Float64Array, tensors: readonly Tensor[], sizes: readonly number[]): Record<string, NdArray> {
  let from = 0;
  return Object.fromEntries(
    tensors.map(({ shape, dtype }, i) => {
      const to = from + (sizes[i] ?? 0);
      const part = castArray(ndarray(vector.slice(from, to), sizeOf(shape)), dtype);
      from = to;
      return [`direction ${i}`, part];
    }),
  );
}

function joined(name: string, results: Readonly<Record<string, NdArray>>, size: number): Float64Array {
  const all = new Float64Array(size);
  let from = 0;
  for (let i = 0; results[`${name} ${i}`] !== undefined; i++) {
    const { data } = known(results[`${name} ${i}`], name);
    all.set(data, from);
    from += data.length;
  }
  return all;
}

interface Probed {
  readonly cost: number;
  readonly slope: number;
  readonly found: Float64Array;
  readonly complete: boolean;
}

interface Limits {
  readonly flat: number;
  /** The curvature that rounding adds to a flat direction, relative to the steepest. */
  readonly rounding: number;
}

function judged({ cost, slope, found, complete }: Probed, { flat, rounding }: Limits): Curvature {
  const [least = 0, most = 0] = [found[0], found.at(-1)];
  const steepest = Math.max(Math.abs(least), Math.abs(most));
  const bound = flat * Math.abs(cost);
  const nothing = rounding * steepest;
  const point: Point =
    steepest <= bound && slope <= bound
      ? "plateau"
      : least >= -nothing
        ? "minimum"
        : most <= nothing
          ? "maximum"
          : "saddle";
  const smallest = Math.min(...Array.from(found, Math.abs));
  const range = `curvature from ${least.toPrecision(3)} to ${most.toPrecision(3)}, slope ${slope.toPrecision(3)}`;
  const name: Readonly<Record<Point, string>> = {
    plateau: "A plateau",
    minimum: "A minimum, or on the way to one",
    maximum: "A maximum",
    saddle: "A saddle",
  };
  return {
    point,
    cost,
    slope,
    eigenvalues: [...found],
    complete,
    condition: steepest / smallest,
    summary: `${name[point]}: ${range}.`,
    advice: adviceFor(point, range),
  };
}

function adviceFor(point: Point, because: string): readonly Advice[] {
  if (point === "minimum") return [];
  const adaptive = "adam() or rmsprop(), whose steps do not shrink with the gradient";
  const away =
    point === "plateau" ? "a larger learning rate, or another initialization of the weights" : "noise: a smaller batch";
  return [
    { code: `${point}/adaptive`, because, try: adaptive },
    { code: `${point}/away`, because, try: away },
  ];
}
