import { wrongArgument } from "../array/check-array.ts";
import type { DType } from "../array/dtype.ts";
import { filled, type NdArray } from "../array/ndarray.ts";
import { sizeOf } from "../array/shape.ts";
import type { Described } from "../base/described.ts";
import { logUniform } from "../base/domain.ts";
import { known, NablaError } from "../base/error.ts";
import { type About, family, type KindFunction } from "../base/family.ts";
import { type Field, type Fields, field, list, number, type Values, wholeNumber } from "../base/field.ts";
import { numbered } from "../base/parameter-path.ts";
import type { Range } from "../base/range.ts";
import { isRecord, kindType } from "../base/value-type.ts";
import { multiply, subtract } from "../graph/elementwise.ts";
import { input, state } from "../graph/leaf.ts";
import type { Tensor } from "../graph/tensor.ts";
import { accumulation } from "./accumulation.ts";
import type { GradientTransform, Numbers, Tensors } from "./transform.ts";

/** An optimizer as data with its transforms: w becomes w - rate · (the last transform's direction). */
export interface Optimizer extends Described {
  readonly rate: number;
  readonly transforms: readonly GradientTransform[];
  /** Steps whose gradients are averaged into one update; see `accumulate`. Default 1. */
  readonly every?: number;
  /** Whether each parameter's step is scaled by what its own gradients were, as Adam's. */
  readonly adaptive?: boolean;
}

const declare = family<Optimizer, readonly GradientTransform[]>((transforms, { kind, options, values }) => ({
  kind,
  options,
  transforms,
  rate: values.rate as number,
  adaptive: transforms.some(({ adaptive }) => adaptive),
}));

/** Declares an optimizer; a kind gives its transforms from all options but the rate, which every optimizer has. */
export function optimizer<const F extends Fields & { readonly rate: Field<number> }, const C extends About>(
  kind: string,
  fields: F,
  build: (options: Omit<Values<F>, "rate">) => readonly GradientTransform[],
  about: C,
): KindFunction<Optimizer, F, C> {
  return declare<F, C>(
    kind,
    fields,
    (values) => {
      const { rate: _, ...options } = values as Values<F> & { readonly rate: number };
      return build(options);
    },
    about,
  );
}

/** The learning rate; its default is a starting point, and it is the first hyperparameter to tune. */
export function rate(value: number, source: string) {
  return number({ ...RATE_INFO, default: value, source });
}

const RATE_INFO = { above: 0, adjustable: true, search: logUniform(1e-4, 1), help: "the learning rate" } as const;

/** Custom gradient transforms, one after the other; in code, call `chainTransforms`. */
export const transformChain = optimizer(
  "sequence",
  {
    rate: number(RATE_INFO),
    transforms: list(kindType<GradientTransform>("transform", "slots"), {
      formerly: "links",
      help: "what turns gradients into directions, one after the other",
    }),
  },
  ({ transforms }) => transforms,
  { help: "gradient transforms of your own choice" },
);

/** Transforms one after the other: `chainTransforms({ rate: 0.01 }, decay({ strength: 0.1 }), scaleByMomentum())`. */
export function chainTransforms(
  options: { readonly rate: number },
  ...transforms: readonly GradientTransform[]
): Optimizer {
  return transformChain({ ...options, transforms });
}

/**
 * Averages the gradients of `every` steps into one update: `accumulate(adam(), 4)` on batches of 64 updates as batches
 * of 256 would, in the memory of 64. A batch counts by what counts in it, so that a short one weighs less. Batch norm
 * still sees 64 rows at once.
 */
export const accumulate = family<Optimizer, Pick<Optimizer, "rate" | "transforms" | "every" | "adaptive">>(
  (body, { kind, options }) => ({ ...body, kind, options }),
)(
  "accumulate",
  {
    optimizer: field(kindType<Optimizer>("optimizer", "transforms"), { help: "what makes the updates" }),
    every: wholeNumber({ atLeast: 1, unit: "steps", help: "steps whose gradients are averaged into one update" }),
  },
  ({ optimizer: { rate: own, transforms, adaptive = false }, every }) => ({ rate: own, transforms, adaptive, every }),
  { help: "averages the gradients of several steps into one update", args: ["optimizer", "every"] },
);

/** An optimizer's part of a training step. */
export interface BuiltOptimizer {
  /** New values by parameter path. */
  readonly parameters: Tensors;
  /** The optimizer's state, by `transform.slot.path`: a state and its next value. */
  readonly slots: ReadonlyMap<string, readonly [state: Tensor, next: Tensor]>;
  /** Inputs of shape [] that must be fed: `rate`, and `transform.name` for each number of each transform. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** Settings that may change while training, by `transform.name` and `rate`, with their initial values. */
  readonly settings: Numbers;
  /** Their allowed ranges. */
  readonly ranges: Readonly<Record<string, Range>>;
  /** Writes what a step needs into `feeds`; the rate itself is the caller's to feed. Steps count from 1. */
  readonly feed: (settings: Numbers, step: number, feeds: Record<string, NdArray | number>) => void;
}

/** The name of the input that the rate is fed to. */
export const RATE = "rate";

/** What a step depends on besides gradients. */
export interface StepOptions {
  /** What becomes of a parameter's next value, as by a proximal penalty; nothing by default. */
  readonly after?: (next: Tensor, path: string, rate: Tensor) => Tensor;
  /** How much the step counts among those whose gradients are averaged into one update: a scalar. Default 1. */
  readonly weight?: Tensor | undefined;
}

/** Rejects at run time what the type checker would reject. Throws `options/type`. */
function checkParts(optimizer: unknown, maps: Readonly<Record<string, unknown>>): void {
  if (!isRecord(optimizer) || !Array.isArray(optimizer.transforms))
    throw wrongArgument("buildOptimizer", "what nabla's optimizer functions give", optimizer);
  for (const [name, map] of Object.entries(maps))
    if (!(map instanceof Map)) throw wrongArgument(`buildOptimizer › ${name}`, "a Map of tensors by path", map);
}

/** Builds the graph of one step. Slots are made as states named `transform.slot.path`. */
export function buildOptimizer(
  optimizer: Optimizer,
  parameters: Tensors,
  gradients: Tensors,
  { after = (next) => next, weight }: StepOptions = {},
): BuiltOptimizer {
  checkParts(optimizer, { parameters, gradients });
  const { rate, transforms, every = 1 } = optimizer;
  const names = numbered(transforms.map(({ kind }) => kind));
  const dtype: DType = [...parameters.values()][0]?.dtype ?? "float32";
  const gathered = accumulation(every, gradients, weight);
  const inputs = new Map<string, Tensor>([[RATE, input(RATE, [], dtype)], ...gathered.inputs]);
  const slots = new Map<string, readonly [Tensor, Tensor]>(gathered.slots);
  const settings: Record<string, number> = { [RATE]: rate };
  const ranges: Record<string, Range> = { [RATE]: { atLeast: 0 } };
  const feeders: Feeder[] = [];
  let directions = gathered.gradients;
  for (const [i, transform] of transforms.entries()) {
    const name = names[i] ?? transform.kind;
    const states = slotStates(transform, name, parameters);
    for (const [setting, value] of Object.entries(transform.settings)) settings[`${name}.${setting}`] = value;
    for (const [setting, range] of Object.entries(transform.ranges ?? {})) ranges[`${name}.${setting}`] = range;
    for (const fed of Object.keys(transform.numbers(transform.settings, 1)))
      inputs.set(`${name}.${fed}`, input(`${name}.${fed}`, [], dtype));
    feeders.push(feederOf(transform, name));
    const made = transform.apply(directions, {
      parameters,
      number: (number) => found(inputs, `${name}.${number}`),
      slot: (slot, path) => found(states, `${name}.${slot}.${path}`),
    });
    for (const [slot, byPath] of Object.entries(made.slots)) {
      for (const [path, next] of byPath) {
        const kept = found(states, `${name}.${slot}.${path}`);
        slots.set(`${name}.${slot}.${path}`, [kept, gathered.gate(next, kept)]);
      }
    }
    directions = made.directions;
  }
  const by = found(inputs, RATE);
  const stepped = [...directions].map(([path, direction]) => {
    const parameter = found(parameters, path);
    let next = subtract(parameter, multiply(direction, by));
    for (const [i, { project }] of transforms.entries()) {
      const number = (name: string): Tensor => found(inputs, `${known(names[i], "a transform")}.${name}`);
      next = project?.(next, { path, number }) ?? next;
    }
    return [path, gathered.gate(after(next, path, by), parameter)] as const;
  });
  return {
    parameters: new Map(stepped),
    slots,
    inputs,
    settings,
    ranges,
    feed: (current, step, feeds) => {
      const update = gathered.feed(step, feeds);
      for (const feed of feeders) feed(current, update, feeds);
    },
  };
}

type Feeder = BuiltOptimizer["feed"];

/** Feeding is done at every step: names are joined here, once. */
function feederOf(transform: GradientTransform, name: string): Feeder {
  const own: Record<string, number> = { ...transform.settings };
  const settings = Object.keys(transform.settings).map((setting) => [setting, `${name}.${setting}`] as const);
  const numbers = Object.keys(transform.numbers(transform.settings, 1)).map(
    (number) => [number, `${name}.${number}`] as const,
  );
  return (current, step, feeds) => {
    for (const [setting, full] of settings) own[setting] = known(current[full], full);
    const values = transform.numbers(own, step);
    for (const [number, full] of numbers) feeds[full] = known(values[number], full);
  };
}

function slotStates(transform: GradientTransform, name: string, parameters: Tensors): Tensors {
  const states = new Map<string, Tensor>();
  for (const [slot, value] of Object.entries(transform.slots)) {
    for (const [path, { shape, dtype }] of parameters) {
      const full = `${name}.${slot}.${path}`;
      const size = transform.slotShape?.(slot, sizeOf(shape), path) ?? sizeOf(shape);
      states.set(full, state(full, filled(size, value, dtype)));
    }
  }
  return states;
}

function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined)
    throw new NablaError("optim/missing", `a transform asks for "${name}", which it did not declare`);
  return value;
}
