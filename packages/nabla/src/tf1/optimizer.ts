/** What all optimizers share: gradients, their application, and the slot variables of each parameter. */
import type { DType } from "../array/dtype.ts";
import { scalar } from "../array/ndarray.ts";
import { sameShape, sizeOf } from "../array/shape.ts";
import { known, NablaError } from "../base/error.ts";
import { inRange } from "../base/range.ts";
import { add, multiply } from "../graph/elementwise.ts";
import { constant } from "../graph/leaf.ts";
import { cast } from "../graph/movement.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { gradients } from "./gradients.ts";
import { graphOf, type Operation, shown, Tensor, type Variable } from "./graph.ts";
import { fill } from "./leaves.ts";
import type { ScalarOperand } from "./operands.ts";
import type { Update } from "./recorded.ts";
import { trainableVariables, variable } from "./variables.ts";

/** A gradient, or null where the cost does not depend on the variable, and the variable. */
export type GradientPair = readonly [gradient: Tensor | null, variable: Variable];

/** Options of `optimizer`. */
export interface ApplyOptions {
  /** Counts the steps: 1 is added to it with each. By default nothing counts. */
  readonly globalStep?: Variable;
}

/** Options of an optimizer's `minimize`. */
export interface MinimizeOptions extends ApplyOptions {
  /** What is changed. Default: all trainable variables. */
  readonly varList?: readonly Variable[];
}

/** Builds training steps. */
export interface Optimizer {
  /** A step against the gradient of a cost. Throws `tf1/gradient` when the cost depends on none of the variables. */
  readonly minimize: (cost: Tensor, options?: MinimizeOptions) => Operation;
  readonly computeGradients: (cost: Tensor, varList?: readonly Variable[]) => readonly GradientPair[];
  /** A step along gradients that were inspected or changed before, as clipped ones. */
  readonly applyGradients: (pairs: readonly GradientPair[], options?: ApplyOptions) => Operation;
}

/** What a rule sees of a parameter; numbers are tensors of the parameter's dtype. */
export interface Part {
  readonly parameter: Node;
  readonly gradient: Node;
  readonly rate: Node;
  readonly slot: (name: string) => Node;
  readonly shared: (name: string) => Node;
}

/** How an optimizer updates one parameter, and its state. */
export interface Rule {
  readonly kind: string;
  readonly rate: ScalarOperand;
  /** Slots of each parameter, in its shape, and their initial values. */
  readonly slots?: Readonly<Record<string, number>>;
  /** Scalars shared by all parameters: their initial values, and their factors at each step. */
  readonly shared?: Readonly<Record<string, number>>;
  /** The next value of the parameter and of each slot. */
  readonly next: (part: Part) => { readonly parameter: Node } & Readonly<Record<string, Node>>;
}

/** Makes an optimizer of its rule. */
export function optimizer(rule: Rule): Optimizer {
  if (typeof rule.rate === "number") inRange("rate", rule.rate, { atLeast: 0 });
  const computeGradients: Optimizer["computeGradients"] = (cost, varList = trainableOf(cost)) =>
    gradients(cost, varList).map((gradient, i) => [gradient, varList[i] as Variable]);
  const applyGradients: Optimizer["applyGradients"] = (pairs, options) => apply(rule, pairs, options);
  return {
    computeGradients,
    applyGradients,
    minimize: (cost, { varList, ...options } = {}) => applyGradients(computeGradients(cost, varList), options),
  };
}

function trainableOf({ graph }: Tensor): readonly Variable[] {
  return graph.asDefault(() => trainableVariables());
}

function apply(rule: Rule, pairs: readonly GradientPair[], { globalStep }: ApplyOptions = {}): Operation {
  const given = pairs.flatMap(([gradient, target]) => (gradient === null ? [] : [[gradient, target] as const]));
  const counted = globalStep === undefined ? [] : [globalStep];
  const inputs = [...given.flat(), ...counted, ...(rule.rate instanceof Tensor ? [rule.rate] : [])];
  const [first] = given;
  if (first === undefined) {
    const names = pairs.map(([, { name }]) => `"${name}"`).join(", ");
    const hint = "a cost depends on variables through what it was built from";
    throw new NablaError("tf1/gradient", `there is no gradient for any variable of ${names || "none at all"}`, hint);
  }
  const graph = graphOf(rule.kind, inputs);
  return graph.asDefault(() => {
    const shared = new Map(
      Object.entries(rule.shared ?? {}).map(([name, start]) => [name, kept(name, start, first[1].dtype)]),
    );
    const updates = given.flatMap(([gradient, target]) => updatesOf(rule, { gradient, target, shared }));
    for (const [name, { node }] of shared) updates.push([node, multiply(node, rule.shared?.[name] ?? 1)]);
    if (globalStep !== undefined) updates.push([globalStep.node, add(globalStep.node, 1)]);
    return graph.operation(rule.kind, { inputs, updates });
  });
}

function kept(name: string, start: number, dtype: DType): Variable {
  return variable(start, { name, dtype, trainable: false });
}

interface Given {
  readonly gradient: Tensor;
  readonly target: Variable;
  readonly shared: ReadonlyMap<string, Variable>;
}

function updatesOf(rule: Rule, { gradient, target, shared }: Given): Update[] {
  const { node: parameter, shape, dtype, name } = target;
  if (!sameShape(gradient.shape, shape) || gradient.dtype !== dtype) {
    const message = `the gradient for "${name}" is ${gradient.dtype} of shape ${shown(gradient.shape)}, and the variable ${dtype} of ${shown(shape)}`;
    throw new NablaError("tf1/gradient", message);
  }
  const like = (x: Node): Node => (x.dtype === dtype ? x : cast(x, { dtype }));
  const slots = new Map(
    Object.entries(rule.slots ?? {}).map(([slot, start]) => {
      const initial = fill(sizeOf(shape), start, { dtype });
      return [slot, variable(initial, { name: `${name}/${slot}`, trainable: false }).node];
    }),
  );
  const made = rule.next({
    parameter,
    gradient: gradient.node,
    rate: rule.rate instanceof Tensor ? like(rule.rate.node) : constant(scalar(rule.rate, dtype)),
    slot: (slot) => known(slots.get(slot), slot),
    shared: (number) => like(known(shared.get(number), number).node),
  });
  return [[parameter, made.parameter], ...[...slots].map(([slot, node]): Update => [node, made[slot] ?? node])];
}
