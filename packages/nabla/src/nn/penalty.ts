/** What large weights cost. */
import { type Described, given, type Kinds, makeFrom, maker } from "../base/described.ts";
import { flag, inRange, number, oneOf, texts, word } from "../base/fields.ts";
import type { Json } from "../base/json.ts";
import { isPenalized } from "../base/parameter-path.ts";
import { abs, add, maximum, multiply, sign, subtract } from "../graph/elementwise.ts";
import { sum } from "../graph/movement.ts";
import type { Operand, Tensor } from "../graph/tensor.ts";

export const REDUCTIONS = ["none", "examples"] as const;

export interface PenaltyOptions {
  /**
   * What the strength is divided by: nothing (default), so that it means the same for any amount of data, or the number
   * m of training examples, which gives the textbook's λ/(2m).
   */
  readonly reduction?: (typeof REDUCTIONS)[number];
  /** Parameters that are left alone, by last name or path (`embedding1.*`). Default: bias, scale and shift; `[]` penalises all. */
  readonly except?: readonly string[];
}

/** A penalty as data with its functions. */
export interface Penalty extends Described {
  /** Strengths by name, which may change while training. */
  readonly settings: Readonly<Record<string, number>>;
  /** What is fed for each setting: half the strength, divided as `reduction` says. */
  readonly fed: (setting: number, examples: number) => number;
  /** The cost that parameters add; `fed` gives the inputs for the settings. */
  readonly cost: (parameters: ReadonlyMap<string, Tensor>, fed: (setting: string) => Tensor) => Tensor;
  /**
   * For penalties that act behind the step and not through gradients: what becomes of a parameter's next value. `rate`
   * is that of the step.
   */
  readonly shrink?: (next: Tensor, path: string, fed: (setting: string) => Tensor, rate: Tensor) => Tensor;
}

export interface L1Options extends PenaltyOptions {
  /**
   * Takes λ/2 · rate off each weight's size behind the step, down to exactly 0, instead of adding to its gradient
   * (iterative soft thresholding: Beck and Teboulle 2009). Gradients alone only come near 0. It goes with gradient descent
   * and momentum; beside the long steps of Adam and its like it is weak. Default false.
   */
  readonly proximal?: boolean;
}

type Norm = (weights: Tensor) => Tensor;

/** The sum of squares of all elements: the square of the Frobenius norm. */
export function sumOfSquares(weights: Tensor): Tensor {
  return sum(multiply(weights, weights));
}

/** The sum of absolute values of all elements (not the matrix norm of the same name). */
export function sumOfSizes(weights: Tensor): Tensor {
  return sum(abs(weights));
}

const NORMS: Readonly<Record<string, Norm>> = { l1: sumOfSizes, l2: sumOfSquares };

function penalty(
  kind: string,
  recorded: Described["options"],
  settings: Readonly<Record<string, number>>,
  options: PenaltyOptions,
): Penalty {
  for (const [name, strength] of Object.entries(settings)) inRange(name, strength, { atLeast: 0 });
  const { reduction = "none", except } = options;
  oneOf("reduction", reduction, REDUCTIONS);
  return {
    kind,
    options: { ...recorded, ...given({ ...options }) },
    settings,
    fed: (strength, examples) => strength / 2 / (reduction === "examples" ? examples : 1),
    cost: (parameters, fed) => {
      const weights = [...parameters].filter(([path]) => isPenalized(path, except)).map(([, tensor]) => tensor);
      const total = (norm: Norm): Operand =>
        weights.map(norm).reduce<Operand>((all, one) => (all === 0 ? one : add(all, one)), 0);
      const parts = Object.keys(settings).map((name) => multiply(fed(name), total(NORMS[name] ?? sumOfSquares)));
      return parts.reduce((all, part) => add(all, part));
    },
  };
}

/** Adds λ/2 · Σ w², so that gradients gain λ·w. With gradient descent this is weight decay; with Adam it is not (see `adamW`). */
export function l2(strength: number, options: PenaltyOptions = {}): Penalty {
  return penalty("l2", { strength }, { l2: strength }, options);
}

/** Adds λ/2 · Σ |w|, so that gradients gain λ/2 · sign(w). The half is the textbook's, kept so that L1 and L2 read alike. */
export function l1(strength: number, { proximal, ...options }: L1Options = {}): Penalty {
  const made = penalty("l1", { strength, ...given({ proximal }) }, { l1: strength }, options);
  if (proximal !== true) return made;
  const shrink: Penalty["shrink"] = (next, path, fed, rate) =>
    isPenalized(path, options.except) ? softened(next, multiply(fed("l1"), rate)) : next;
  return { ...made, shrink };
}

/** x with `by` taken off its size: sign(x) · max(|x| - by, 0). */
export function softened(x: Tensor, by: Operand): Tensor {
  return multiply(sign(x), maximum(subtract(abs(x), by), 0));
}

/** Both at once (Zou and Hastie 2005). */
export function elastic(
  strengths: { readonly l1: number; readonly l2: number },
  options: PenaltyOptions = {},
): Penalty {
  const both = { l1: strengths.l1, l2: strengths.l2 };
  return penalty("elastic", both, both, options);
}

const common = { reduction: word(REDUCTIONS), except: texts };

/** Every penalty by the name that data calls it. */
export const penalties: Kinds<Penalty> = {
  l1: maker({ strength: number, proximal: flag, ...common }, ({ strength = 0, ...rest }) => l1(strength, rest)),
  l2: maker({ strength: number, ...common }, ({ strength = 0, ...rest }) => l2(strength, rest)),
  elastic: maker({ l1: number, l2: number, ...common }, ({ l1: first = 0, l2: second = 0, ...rest }) =>
    elastic({ l1: first, l2: second }, rest),
  ),
};

/** A penalty from data, as `{ kind: "l1", strength: 1e-4 }`; a number alone is the strength of L2, the usual one. */
export function penaltyFrom(data: Json, place?: string): Penalty {
  return makeFrom("penalty", penalties, typeof data === "number" ? { kind: "l2", strength: data } : data, place);
}
