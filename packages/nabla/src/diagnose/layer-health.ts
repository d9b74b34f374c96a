/** What passes through each layer of a network, forward and backward. */
import type { NdArray } from "../array/ndarray.ts";
import { deviationOf, normOf } from "../array/spread.ts";
import { compact } from "../base/compact.ts";

/** What was measured of one layer. */
export interface LayerHealth {
  /** As in the parameters' paths: `dense1`, `residual3.tanh1`. */
  readonly path: string;
  /** Its place in the order of computing, from 1. */
  readonly index: number;
  /** The standard deviation of all numbers that it gives. */
  readonly deviation: number;
  /** That deviation divided by the one of what comes in: about 1 in a network that carries its signal. */
  readonly gain: number;
  /** The Euclidean norm of the cost's gradient by what the layer gives. */
  readonly gradient: number;
  /** The norm of the gradient at what comes in, divided by that: what the layer does to a gradient on its way back. */
  readonly gradientGain: number;
  /** The share of units that give 0 for every row. */
  readonly dead: number;
  /** The share of numbers at a bound where the slope is less than 2% of the steepest; undefined for layers without bounds. */
  readonly saturated?: number;
}

/** Where an activation has next to no slope, with the distance at which the slope is 2% of its largest. */
const BOUNDS: Readonly<Record<string, { readonly at: readonly number[]; readonly within: number }>> = {
  sigmoid: { at: [0, 1], within: 0.005 },
  tanh: { at: [-1, 1], within: 0.01 },
};

/** An array by path: what a layer gives, and the cost's gradient by it. */
export interface Passed {
  readonly path: string;
  readonly given: NdArray;
  readonly gradient: NdArray;
}

/** Measures layers in the order of computing; `outside` is what the network is fed. */
export function measureLayers(passed: readonly Passed[], outside: Omit<Passed, "path">): readonly LayerHealth[] {
  const of = (one: Omit<Passed, "path">) => ({ deviation: deviationOf(one.given), norm: normOf(one.gradient) });
  const measured = new Map(passed.map((one) => [one.path, of(one)]));
  const first = of(outside);
  return passed.map((one, i) => {
    const { deviation, norm } = measured.get(one.path) ?? first;
    const before = measured.get(feederOf(one.path, passed) ?? "") ?? first;
    const saturated = saturationOf(one);
    return compact({
      path: one.path,
      index: i + 1,
      deviation,
      gain: deviation / before.deviation,
      gradient: norm,
      gradientGain: before.norm / norm,
      dead: deadShare(one.given),
      saturated,
    });
  });
}

/** The layer that feeds another: the one before it in its own chain, or what feeds the chain. */
function feederOf(path: string, passed: readonly Passed[]): string | undefined {
  const parent = path.includes(".") ? path.slice(0, path.lastIndexOf(".")) : "";
  const prefix = parent === "" ? "" : `${parent}.`;
  const siblings = passed.filter((one) => one.path.startsWith(prefix) && !one.path.slice(prefix.length).includes("."));
  const at = siblings.findIndex((one) => one.path === path);
  if (at > 0) return siblings[at - 1]?.path;
  return parent === "" ? undefined : feederOf(parent, passed);
}

function deadShare({ data, shape }: NdArray): number {
  const units = shape.at(-1) ?? 1;
  const alive = new Uint8Array(units);
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) alive[i % units] = 1;
  return alive.reduce((count, lives) => count + 1 - lives, 0) / units;
}

function saturationOf({ path, given: { data } }: Passed): number | undefined {
  // layers are named for their kind and number
  const bounds = BOUNDS[/([A-Za-z]+)\d*$/.exec(path)?.[1] ?? ""];
  if (bounds === undefined) return undefined;
  let count = 0;
  for (let i = 0; i < data.length; i++)
    if (bounds.at.some((bound) => Math.abs((data[i] ?? 0) - bound) < bounds.within)) count += 1;
  return count / data.length;
}
