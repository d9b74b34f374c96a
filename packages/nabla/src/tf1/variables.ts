/** Variables: values that persist in a session from run to run, once their initializers have run. */
import type { DType } from "../array/dtype.ts";
import { zeros } from "../array/ndarray.ts";
import { type Shape, type Size, sameShape, sizeOf } from "../array/shape.ts";
import { NablaError, withContext } from "../base/error.ts";
import { listing, nearest } from "../base/text.ts";
import { add, subtract } from "../graph/elementwise.ts";
import { state } from "../graph/leaf.ts";
import { reshape } from "../graph/movement.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import {
  getDefaultGraph,
  graphOf,
  type Named,
  type Operation,
  type Reuse,
  type Scalar,
  shown,
  Tensor,
  type Variable,
} from "./graph.ts";
import { glorotUniformInitializer, type Initializer } from "./initializers.ts";
import { type Operand, type ScalarOperand, tensorOf } from "./operands.ts";
import type { Recorded } from "./recorded.ts";

/** Options of `variable`. */
export interface VariableOptions extends Named {
  /** Default: that of a tensor or array, and float32 for numbers. */
  readonly dtype?: DType;
  /** Default true. */
  readonly trainable?: boolean;
}

/** A variable initialized to a value or to a tensor's result. Where the name is taken, a number is added to it. */
export function variable(initial: ScalarOperand, options?: VariableOptions): Variable<readonly []>;
export function variable(initial: Operand, options?: VariableOptions): Variable;
export function variable(
  initial: Operand,
  { name = "variable", dtype, trainable = true }: VariableOptions = {},
): Variable {
  return withContext(`variable "${name}"`, () => {
    const graph = initial instanceof Tensor ? initial.graph : getDefaultGraph();
    const initialValue = graph.unconditionally(() => tensorOf(initial, dtype, graph));
    if (dtype !== undefined && initialValue.dtype !== dtype) {
      const message = `its initial value is ${initialValue.dtype}, and its dtype was said to be ${dtype}`;
      throw new NablaError("tf1/dtype", message, `convert one of them, as by tf.cast(x, tf.${dtype})`);
    }
    const size = sizeOf(initialValue.shape);
    const make = (unique: string): Node => state(unique, zeros(size, initialValue.dtype));
    return graph.unconditionally(() => {
      const made = graph.record("variable", make, { name, inputs: [] });
      const initializer = graph.operation("initializer", {
        inputs: [initialValue],
        updates: [[made.node, initialValue.node]],
      });
      const kept: Variable = Object.assign(made, { initialValue, initializer, trainable });
      graph.variables.set(kept.name, kept);
      return kept;
    });
  });
}

/** Options of `getVariable`. */
export interface GetVariableOptions {
  /** Default: Glorot's uniform draws. */
  readonly initializer?: Initializer;
  /** float32 by default. */
  readonly dtype?: DType;
  /** Whether optimizers change it; they do by default. */
  readonly trainable?: boolean;
}

/**
 * The variable of exactly this name within the scopes that are open: made by its initializer, or found where the scope
 * reuses. Throws `tf1/variable-exists`, `tf1/variable-missing`, `tf1/name`, and `tf1/shape` or `tf1/dtype` for one that
 * was made otherwise.
 */
export function getVariable(name: string, shape: Size, options: GetVariableOptions = {}): Variable {
  const { initializer = glorotUniformInitializer(), dtype = "float32", trainable = true } = options;
  const graph = getDefaultGraph();
  const full = graph.scopedVariable(name);
  const found = graph.variables.get(full);
  if (found === undefined) {
    if (graph.reuse === true) throw missing(full, [...graph.variables.keys()]);
    if (graph.has(full)) throw new NablaError("tf1/name", `the name "${full}" is taken by a ${graph.find(full).kind}`);
    return graph.asVariable(() =>
      graph.unconditionally(() => variable(initializer(shape, dtype), { name, trainable })),
    );
  }
  if (graph.reuse === false) {
    const hint = 'give it another name, or get it again within tf.variableScope("…", { reuse: true }, …)';
    throw new NablaError(
      "tf1/variable-exists",
      `there is a variable "${full}" of shape ${shown(found.shape)} already`,
      hint,
    );
  }
  if (!sameShape(found.shape, shape)) {
    const message = `the variable "${full}" has the shape ${shown(found.shape)}, and was asked for with ${shown(shape)}`;
    throw new NablaError("tf1/shape", message);
  }
  if (found.dtype !== dtype)
    throw new NablaError("tf1/dtype", `the variable "${full}" is ${found.dtype}, and was asked for as ${dtype}`);
  return found;
}

function missing(name: string, names: readonly string[]): NablaError {
  const like = nearest(name, names);
  const hint = like.length === 0 ? "reuse finds variables, and makes none" : `did you mean ${listing(like, "or")}?`;
  return new NablaError("tf1/variable-missing", `there is no variable "${name}" to use again`, hint);
}

/**
 * Builds within a scope: names start with the scope's. With `reuse: true` getVariable finds what was made there, with
 * AUTO_REUSE it finds or makes; inner scopes inherit the setting of outer ones.
 */
export function variableScope<T>(name: string, build: () => T): T;
export function variableScope<T>(name: string, options: { readonly reuse?: Reuse }, build: () => T): T;
export function variableScope<T>(
  name: string,
  options: { readonly reuse?: Reuse } | (() => T),
  build: () => T = options as () => T,
): T {
  return getDefaultGraph().inScope(name, typeof options === "function" ? undefined : options.reuse, build);
}

/** Builds within a scope of names, which variables of `getVariable` do not know. */
export function nameScope<T>(name: string, build: () => T): T {
  return getDefaultGraph().inNameScope(name, build);
}

/** All variables of the default graph, or those whose names start with `scope`. */
export function globalVariables(scope = ""): readonly Variable[] {
  return [...getDefaultGraph().variables.values()].filter(({ name }) => name.startsWith(scope));
}

/** The variables that optimizers update when no list is given. */
export function trainableVariables(scope = ""): readonly Variable[] {
  return globalVariables(scope).filter(({ trainable }) => trainable);
}

/** Gives every variable of the default graph its initial value. This includes optimizer slots: create it last. */
export function globalVariablesInitializer(): Operation {
  return variablesInitializer(globalVariables());
}

/** Gives these variables their initial values. */
export function variablesInitializer(variables: readonly Variable[]): Operation {
  return group(...variables.map(({ initializer }) => initializer));
}

/** Does several things in one run. */
export function group(...parts: readonly (Tensor | Operation)[]): Operation {
  return graphOf("group", parts).operation("group", { inputs: parts });
}

/** Does nothing. */
export function noOp(named: Named = {}): Operation {
  return getDefaultGraph().operation("noOp", { inputs: [], ...named });
}

interface Assign {
  (target: Variable<readonly []>, value: ScalarOperand, named?: Named): Scalar;
  (target: Variable, value: Operand, named?: Named): Tensor;
}

/** A tensor that sets a variable when it is run, and is its new value. */
function assigning(kind: string, next: (old: Node, value: Node) => Node): Assign {
  const assignTo = (target: Variable, operand: Operand, named: Named = {}): Tensor =>
    withContext(`${kind} "${target.name}"`, () => {
      const value = tensorOf(operand, target.dtype, target.graph);
      const graph = graphOf(kind, [target, value]);
      const inputs: readonly Recorded[] = [target, value];
      const node = reshape(next(target.node, fitting(target, value)), { shape: target.shape });
      return graph.record(kind, node, { inputs, updates: [[target.node, node]], ...named });
    });
  return assignTo as Assign;
}

function fitting({ shape, dtype }: Variable, value: Tensor): Node {
  if (value.dtype !== dtype) throw new NablaError("tf1/dtype", `the variable is ${dtype}, the value ${value.dtype}`);
  if (sameShape(value.shape, shape as Shape)) return value.node;
  throw new NablaError("tf1/shape", `the variable has the shape ${shown(shape)}, the value ${shown(value.shape)}`);
}

/** Sets a variable. Throws `tf1/shape` and `tf1/dtype` for a value that does not fit. */
export const assign: Assign = assigning("assign", (_, value) => value);
/** Adds to a variable. */
export const assignAdd: Assign = assigning("assignAdd", (old, value) => add(old, value));
/** Subtracts from a variable. */
export const assignSub: Assign = assigning("assignSub", (old, value) => subtract(old, value));
