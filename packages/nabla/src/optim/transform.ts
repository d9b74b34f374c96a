/**
 * A gradient transform turns gradients into better directions; an optimizer is a chain of them, whose result is
 * multiplied by the rate.
 */
import type { Size } from "../array/shape.ts";
import type { Described } from "../base/described.ts";
import { type About, family, type KindFunction } from "../base/family.ts";
import { type Fields, number, settingsOf, type Values } from "../base/field.ts";
import type { Range } from "../base/range.ts";
import { abs, less, select } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/tensor.ts";

/** Tensors by parameter path. */
export type Tensors = ReadonlyMap<string, Tensor>;

/** Numbers by name. */
export type Numbers = Readonly<Record<string, number>>;

/** What a transform builds with. */
export interface TransformScope {
  readonly parameters: Tensors;
  /** A number fed at every step, one of those that `numbers` gives. */
  number(name: string): Tensor;
  /** The transform's state for a parameter, one of `slots`. */
  slot(name: string, path: string): Tensor;
}

/** New directions and new state. */
export interface Transformed {
  readonly directions: Tensors;
  /** Next values of slots, by slot name and then parameter path. */
  readonly slots: Readonly<Record<string, Tensors>>;
}

/** A gradient transform as data with its functions. */
export interface GradientTransform extends Described {
  /** Numbers that may change while training, as `beta`. */
  readonly settings: Numbers;
  /** Their allowed ranges; any number where none is given. */
  readonly ranges?: Readonly<Record<string, Range>>;
  /** The state of each parameter: slot names with initial values. */
  readonly slots: Numbers;
  /** The shape of a slot where it is not the parameter's, as of a row of means. */
  readonly slotShape?: (slot: string, shape: Size, path: string) => Size;
  /**
   * What is fed at a step, counted from 1. Computed on the host in float64, since 1 - 0.999 and 1 - beta^t lose digits
   * in float32.
   */
  readonly numbers: (settings: Numbers, step: number) => Numbers;
  readonly apply: (directions: Tensors, scope: TransformScope) => Transformed;
  /** Whether each parameter's direction is scaled by what its own gradients were. */
  readonly adaptive?: boolean;
  /** Whether a parameter is frozen: its direction is 0 from the beginning on. */
  readonly freezes?: (path: string) => boolean;
  /** What becomes of a parameter after the step, as a bound on its length. */
  readonly project?: (next: Tensor, part: Pick<TransformedParameter, "path" | "number">) => Tensor;
}

/** One parameter's part of a transform. */
export interface TransformedParameter {
  readonly path: string;
  readonly parameter: Tensor;
  readonly number: (name: string) => Tensor;
  readonly slot: (name: string) => Tensor;
}

/** What a kind of transform gives; `N` are the numbers that may change while training. */
interface TransformBody<N> extends Pick<GradientTransform, "slots" | "slotShape" | "apply" | "project" | "freezes"> {
  readonly numbers: (settings: N, step: number) => Numbers;
  /** Settings that no field names, as one for each pattern of paths. */
  readonly settings?: Numbers;
  readonly ranges?: Readonly<Record<string, Range>>;
}

/** The values of fields that are numbers. */
type NumbersOf<F extends Fields> = {
  readonly [K in keyof Values<F> as Values<F>[K] extends number ? K : never]: number;
};

const declare = family<GradientTransform, TransformBody<Numbers>>((body, { kind, options, fields, values }) => {
  const { settings, ranges } = settingsOf(fields, values);
  return {
    ...body,
    kind,
    options,
    settings: { ...settings, ...body.settings },
    ranges: { ...ranges, ...body.ranges },
  };
});

/**
 * Declares a gradient transform. Fields that are adjustable are its settings; `numbers` gets their present values at
 * every step and gives what is fed.
 */
export function transform<const F extends Fields, const C extends About & Pick<GradientTransform, "adaptive">>(
  kind: string,
  fields: F,
  build: (values: Values<F>) => TransformBody<NumbersOf<F>>,
  about: C,
): KindFunction<GradientTransform, F, C> {
  const { adaptive = false } = about ?? {};
  const made = (values: Values<F>) => ({ ...(build(values) as unknown as TransformBody<Numbers>), adaptive });
  return declare<F, C>(kind, fields, made, about);
}

interface TransformRule<S extends string, N> {
  readonly slots?: Readonly<Record<S, number>>;
  readonly numbers?: (settings: N, step: number) => Numbers;
  readonly update: (
    direction: Tensor,
    part: TransformedParameter,
  ) => { readonly direction: Tensor } & Readonly<Record<NoInfer<S>, Tensor>>;
}

/**
 * A transform that treats each parameter alike and alone. `update` gives the direction and the next value of each slot.
 */
export function eachParameter<S extends string, N>({ slots, numbers, update }: TransformRule<S, N>): TransformBody<N> {
  const names = Object.keys(slots ?? {}) as S[];
  return {
    slots: slots ?? {},
    numbers: numbers ?? ((current) => current as Numbers),
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

/** The range of shares of the past in an average. */
export const betaRange = { atLeast: 0, below: 1 } as const;

/** The epsilon of Adam and its kin. */
export const adamEpsilon = number({
  atLeast: 0,
  default: 1e-8,
  source: "Kingma and Ba 2015, algorithm 1; Keras 1e-7, fastai 1e-5",
  adjustable: true,
  help: "added to the divisor, so that it is never 0",
});

/**
 * Below this a moment is set to 0: denormal numbers make arithmetic many times slower on common processors, and moments
 * of units that went silent decay into them. Far below what any epsilon lets through.
 */
const SMALLEST = 1e-30;

/** The number, or 0 where it is so small that it would only slow the machine down. */
export function flushed(x: Tensor): Tensor {
  return select(less(abs(x), SMALLEST), 0, x);
}

/** The same for numbers that are never negative, as sums of squares. */
export function flushedSquare(x: Tensor): Tensor {
  return select(less(x, SMALLEST), 0, x);
}
