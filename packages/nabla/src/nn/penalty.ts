/** What large weights cost. */
import type { Described } from "../base/described.ts";
import { logUniform } from "../base/domain.ts";
import { family, type Kinds, kindReaders } from "../base/family.ts";
import { boolean, list, number, settingsOf, word } from "../base/field.ts";
import type { Json } from "../base/json.ts";
import { EXEMPT, isPenalized } from "../base/parameter-path.ts";
import { kindType, numberType, textType, type ValueType } from "../base/value-type.ts";
import { abs, add, maximum, multiply, sign, subtract } from "../graph/elementwise.ts";
import { sum } from "../graph/movement.ts";
import type { Operand, Tensor } from "../graph/tensor.ts";

/** A penalty as data with its functions. */
export interface Penalty extends Described {
  /** Strengths by name, which may change while training. */
  readonly settings: Readonly<Record<string, number>>;
  /** What is fed for each setting: half the strength, divided according to `reduction`. */
  readonly fed: (setting: number, examples: number) => number;
  /** The cost that parameters add; `fed` gives the inputs for the settings. */
  readonly cost: (parameters: ReadonlyMap<string, Tensor>, fed: (setting: string) => Tensor) => Tensor;
  /**
   * For penalties that act after the step and not through gradients: what becomes of a parameter's next value. `rate`
   * is that of the step.
   */
  readonly shrink?: (next: Tensor, path: string, fed: (setting: string) => Tensor, rate: Tensor) => Tensor;
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

/** Declares a penalty. Its strengths are the fields that may change while training. */
const penalty = family<Penalty, Omit<Penalty, keyof Described | "settings">>(
  (body, { kind, options, fields, values }) => ({
    ...body,
    kind,
    options,
    settings: settingsOf(fields, values).settings,
  }),
);

const strength = { atLeast: 0, adjustable: true } as const;
const common = {
  reduction: word(["none", "examples"], {
    default: "none",
    source: "so that a strength means the same for any amount of data",
    help: "divide the strength by nothing, or by the number of training examples (the textbook's λ/(2m))",
  }),
  except: list(textType, {
    default: EXEMPT,
    source: "they shift and scale only",
    help: "parameters left alone, by last name or path (`embedding1.*`)",
  }),
};

interface Common {
  readonly reduction: "none" | "examples";
  readonly except: readonly string[];
}

/** The parts that all penalties share: one norm, with its strength, for each setting. */
function byNorms(names: readonly string[], { reduction, except }: Common): Pick<Penalty, "fed" | "cost"> {
  return {
    fed: (setting, examples) => setting / 2 / (reduction === "examples" ? examples : 1),
    cost: (parameters, fed) => {
      const weights = [...parameters].filter(([path]) => isPenalized(path, except)).map(([, tensor]) => tensor);
      const total = (norm: Norm): Operand =>
        weights.map(norm).reduce<Operand>((all, one) => (all === 0 ? one : add(all, one)), 0);
      const parts = names.map((name) => multiply(fed(name), total(NORMS[name] ?? sumOfSquares)));
      return parts.reduce((all, part) => add(all, part));
    },
  };
}

/**
 * Adds λ/2 · Σ w², so that gradients gain λ·w. With gradient descent this is weight decay; with Adam it is not (see
 * `adamW`).
 */
export const l2 = penalty(
  "l2",
  {
    strength: number({ ...strength, setting: "l2", search: logUniform(1e-6, 0.1), help: "λ, the strength" }),
    ...common,
  },
  (options) => byNorms(["l2"], options),
  { help: "λ/2 · Σ w²: large weights cost", args: ["strength"] },
);

/**
 * Adds λ/2 · Σ |w|, so that gradients gain λ/2 · sign(w). The half follows the textbook, so that L1 and L2 have the
 * same form. `proximal` takes λ/2 · rate off each weight's size after the step instead, down to exactly 0 (iterative
 * soft thresholding: Beck and Teboulle 2009); gradients alone only come near 0. It goes with gradient descent and
 * momentum; with the long steps of Adam and its like it is weak.
 */
export const l1 = penalty(
  "l1",
  {
    strength: number({ ...strength, setting: "l1", search: logUniform(1e-6, 0.1), help: "λ, the strength" }),
    proximal: boolean({
      default: false,
      source: "gradients suit every optimizer",
      help: "shrink weights after the step, to exact zeros, instead of through gradients",
    }),
    ...common,
  },
  ({ proximal, ...options }) => {
    const made = byNorms(["l1"], options);
    if (!proximal) return made;
    const shrink: Penalty["shrink"] = (next, path, fed, rate) =>
      isPenalized(path, options.except) ? softened(next, multiply(fed("l1"), rate)) : next;
    return { ...made, shrink };
  },
  { help: "λ/2 · Σ |w|: drives weights to zero", args: ["strength"] },
);

/** x with `by` taken off its size: sign(x) · max(|x| - by, 0). */
export function softened(x: Tensor, by: Operand): Tensor {
  return multiply(sign(x), maximum(subtract(abs(x), by), 0));
}

/** Both at once (Zou and Hastie 2005). */
export const elastic = penalty(
  "elastic",
  {
    l1: number({ ...strength, default: 0, source: "none", help: "the strength of L1" }),
    l2: number({ ...strength, default: 0, source: "none", help: "the strength of L2" }),
    ...common,
  },
  (options) => byNorms(["l1", "l2"], options),
  { help: "L1 and L2 at once" },
);

/** Every penalty by the name that data calls it. */
export const penalties: Kinds<Penalty> = { l1, l2, elastic };

const kinds = kindType<Penalty>("penalty", "cost");
const strengths = numberType({ atLeast: 0 });
const families = /* @__PURE__ */ kindReaders({ penalty: penalties });

/** The values of an option that holds a penalty; a number alone is the strength of L2, the usual one. */
export const penaltyType: ValueType<Penalty> = {
  ...kinds,
  schema: { anyOf: [strengths.schema, kinds.schema] },
  parse: (text) => (text.trim() === "" || Number.isNaN(Number(text)) ? kinds.parse(text) : Number(text)),
  read: (data, reading) => (typeof data === "number" ? l2(strengths.read(data, reading)) : kinds.read(data, reading)),
};

/** A penalty from data, as `{ kind: "l1", strength: 1e-4 }`; a number alone is the strength of L2. */
export function penaltyFrom(data: Json, place = "penalty"): Penalty {
  return penaltyType.read(data, { place, keys: [], families });
}
