/** A transform turns gradients into better directions; an optimizer is a chain of transforms, whose result is taken times the rate. */
import type { Described } from "../base/described.ts";
import { inRange, type Range } from "../base/fields.ts";
import { abs, less, select } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/tensor.ts";
import { SMALLEST } from "./defaults.ts";

/** Tensors by parameter path. */
export type Tensors = ReadonlyMap<string, Tensor>;

/** Numbers by name. */
export type Numbers = Readonly<Record<string, number>>;

/** The share of the past in an average. */
export const BETA: Range = { atLeast: 0, below: 1 };
export const POSITIVE: Range = { above: 0 };
export const NOT_NEGATIVE: Range = { atLeast: 0 };

/** Settings with what they may become; they begin within it. Throws `options/range`. */
export function limited<const N extends string>(
  settings: Readonly<Record<N, number>>,
  ranges: Readonly<Record<NoInfer<N>, Range>>,
): Pick<GradientTransform, "settings"> & Required<Pick<GradientTransform, "ranges">> {
  for (const name of Object.keys(settings) as N[]) inRange(name, settings[name], ranges[name]);
  return { settings, ranges };
}

/** What a transform builds with. */
export interface TransformScope {
  readonly parameters: Tensors;
  /** A number fed at every step, one of those that `numbers` gives. */
  number(name: string): Tensor;
  /** What the transform remembers for a parameter, one of `slots`. */
  slot(name: string, path: string): Tensor;
}

/** New directions and new memory. */
export interface Transformed {
  readonly directions: Tensors;
  /** Next values of slots, by slot name and then parameter path. */
  readonly slots: Readonly<Record<string, Tensors>>;
}

/** A transform as data with its functions. */
export interface GradientTransform extends Described {
  /** Numbers that may change while training, as `beta`. */
  readonly settings: Numbers;
  /** What they may become; any number where nothing is said. */
  readonly ranges?: Readonly<Record<string, Range>>;
  /** What is remembered for each parameter, in the parameter's shape, and the number it begins as. */
  readonly slots: Numbers;
  /**
   * What is fed at a step, counted from 1. Computed on the host in float64, since 1 - 0.999 and 1 - beta^t lose digits
   * in float32.
   */
  readonly numbers: (settings: Numbers, step: number) => Numbers;
  readonly apply: (directions: Tensors, scope: TransformScope) => Transformed;
  /** What becomes of a parameter behind the step, as a bound on its length. */
  readonly project?: (next: Tensor, part: Pick<TransformedParameter, "path" | "number">) => Tensor;
}

/** One parameter's part of a transform. */
export interface TransformedParameter {
  readonly path: string;
  readonly parameter: Tensor;
  readonly number: (name: string) => Tensor;
  readonly slot: (name: string) => Tensor;
}

interface TransformRule<S extends string> {
  readonly kind: string;
  readonly options?: Described["options"];
  readonly settings?: Numbers;
  readonly ranges?: Readonly<Record<string, Range>>;
  readonly slots?: Readonly<Record<S, number>>;
  readonly numbers?: (settings: Numbers, step: number) => Numbers;
  readonly update: (
    direction: Tensor,
    part: TransformedParameter,
  ) => { readonly direction: Tensor } & Readonly<Record<NoInfer<S>, Tensor>>;
}

/** A transform that treats each parameter alike and alone. `update` gives the direction and the next value of each slot. */
export function eachParameter<S extends string = never>({
  kind,
  options = {},
  settings = {},
  ranges = {},
  slots,
  numbers,
  update,
}: TransformRule<S>): GradientTransform {
  const names = Object.keys(slots ?? {}) as S[];
  return {
    kind,
    options,
    settings,
    ranges,
    slots: slots ?? {},
    numbers: numbers ?? ((current) => current),
    apply: (given, scope) => {
      const directions = new Map<string, Tensor>();
      const next = Object.fromEntries(names.map((name) => [name, new Map<string, Tensor>()]));
      for (const [path, direction] of given) {
        const parameter = scope.parameters.get(path) ?? direction;
        const made = update(direction, {
          path,
          parameter,
          number: (name) => scope.number(name),
          slot: (name) => scope.slot(name, path),
        });
        directions.set(path, made.direction);
        for (const name of names) next[name]?.set(path, made[name]);
      }
      return { directions, slots: next };
    },
  };
}

/** The number, or 0 where it is so small that it would only slow the machine down. */
export function flushed(x: Tensor): Tensor {
  return select(less(abs(x), SMALLEST), 0, x);
}

/** The same for numbers that are never negative, as sums of squares. */
export function flushedSquare(x: Tensor): Tensor {
  return select(less(x, SMALLEST), 0, x);
}
