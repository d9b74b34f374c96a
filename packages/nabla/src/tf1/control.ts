/**
 * Conditions, loops and order, under TensorFlow 1's names. A graph has a fixed size and no jumps: both branches of a
 * condition are computed and one counts, a loop is unrolled, and order is that of values.
 */
import { NablaError, withContext } from "../base/error.ts";
import { simplifier } from "../engine/plan/simplify.ts";
import { select } from "../graph/elementwise.ts";
import { isConstant, valueOfConstant } from "../graph/leaf.ts";
import { broadcastAll } from "../graph/movement.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { type Graph, graphOf, Operation, type Scalar, shown, Tensor } from "./graph.ts";
import { type Operand, tensorOf } from "./operands.ts";
import type { Recorded, Update } from "./recorded.ts";

/** What a branch gives: a tensor, an operation, or a list of tensors. */
type Branch = Operand | Operation | readonly Tensor[];

// tensors have all that operations have, so they are asked for first
type Result<B> = B extends Tensor
  ? Tensor
  : B extends Operation
    ? Operation
    : B extends readonly Tensor[]
      ? readonly Tensor[]
      : Tensor;

/**
 * What the first function builds where the condition holds, else what the second one builds. What variables they set is
 * set only where their branch counts. Both are computed: a division by 0 in the other branch does no harm to values, and
 * may to gradients.
 */
export function cond<B extends Branch>(condition: Scalar | Tensor, whenTrue: () => B, whenFalse: () => B): Result<B> {
  const { graph } = condition;
  return withContext("cond", () => {
    checkCondition(condition);
    const [yes, no] = [graph.capturing(whenTrue), graph.capturing(whenFalse)];
    const updates = merged(condition.node, yes.updates, no.updates);
    const parts = [yes.result, no.result].map((result) => partsOf(result, graph));
    const [left = [], right = []] = parts;
    const inputs: readonly Recorded[] = [condition, ...left, ...right];
    const decided = graph.operation("cond", { inputs, updates });
    if (left.some((part) => part instanceof Operation) || right.some((part) => part instanceof Operation))
      return decided as Result<B>;
    if (left.length !== right.length) {
      const message = `both branches give as many tensors, received ${left.length} and ${right.length}`;
      throw new NablaError("tf1/cond", message);
    }
    const made = left.map((one, i) => chosen(graph, [condition, one as Tensor, right[i] as Tensor], decided));
    return (isTensors(yes.result) ? made : made[0]) as Result<B>;
  });
}

function checkCondition({ dtype, shape, name }: Tensor): void {
  if (dtype === "bool" && shape.length === 0) return;
  const message = `the condition "${name}" is ${dtype} ${shown(shape)}, and a single bool is expected`;
  throw new NablaError("tf1/cond", message, "compare: tf.less(x, y)");
}

function isTensors(result: Branch): result is readonly Tensor[] {
  return Array.isArray(result) && result.some((part) => part instanceof Tensor);
}

function partsOf(result: Branch, graph: Graph): readonly (Tensor | Operation)[] {
  if (result instanceof Operation) return [result];
  if (isTensors(result)) return result;
  return [tensorOf(result as Operand, undefined, graph)];
}

function chosen(graph: Graph, [condition, yes, no]: readonly [Tensor, Tensor, Tensor], decided: Operation): Tensor {
  if (yes.dtype !== no.dtype) {
    const message = `"${yes.name}" is ${yes.dtype} and "${no.name}" is ${no.dtype}: both branches have one dtype`;
    throw new NablaError("tf1/dtype", message);
  }
  if (shown(yes.shape) !== shown(no.shape)) {
    const message = `"${yes.name}" is ${shown(yes.shape)} and "${no.name}" ${shown(no.shape)}: both branches have one shape`;
    throw new NablaError("tf1/shape", message);
  }
  return graph.record("cond", select(condition.node, yes.node, no.node), { inputs: [decided, condition, yes, no] });
}

/** What two branches set, each under its condition. */
function merged(condition: Node, yes: readonly Update[], no: readonly Update[]): readonly Update[] {
  const [left, right] = [new Map(yes), new Map(no)];
  return [...new Set([...left.keys(), ...right.keys()])].map((state) => {
    const [held] = broadcastAll([condition, state]);
    return [state, select(held ?? condition, left.get(state) ?? state, right.get(state) ?? state)] as const;
  });
}

/** Options of `whileLoop`. */
export interface LoopOptions {
  /** How often the body runs at most. By default the condition decides. */
  readonly maximumIterations?: number;
}

/** The most times that a loop is unrolled where its condition depends on constants alone. */
const MOST_UNROLLED = 1000;

/**
 * Repeats `body` on loop variables while `condition` holds. The loop is unrolled when the graph is built: as often as the
 * condition says where it depends on constants alone; where it depends on what is fed or on variables, `maximumIterations`
 * times, and from the time on that it does not hold nothing changes any more. Throws `tf1/loop` where neither is known.
 */
export function whileLoop(
  condition: (...variables: readonly Tensor[]) => Tensor,
  body: (...variables: readonly Tensor[]) => Operand | readonly Operand[],
  initial: readonly Operand[],
  { maximumIterations }: LoopOptions = {},
): readonly Tensor[] {
  return withContext("whileLoop", () => {
    const tensors = initial.filter((one) => one instanceof Tensor);
    const graph = graphOf("whileLoop", tensors);
    let now: readonly Tensor[] = initial.map((one) => tensorOf(one, undefined, graph));
    const simplify = simplifier();
    for (let times = 0; times < (maximumIterations ?? MOST_UNROLLED); times++) {
      const goesOn = condition(...now);
      checkCondition(goesOn);
      const known = constantOf(simplify([goesOn.node])(goesOn.node));
      if (known === 0) return now;
      if (known === undefined && maximumIterations === undefined) {
        const message = "the condition depends on what is fed or on variables, and a graph has a fixed size";
        throw new NablaError(
          "tf1/loop",
          message,
          "give maximumIterations: the loop is unrolled so often, and stands still when it is done",
        );
      }
      const before = now;
      const step = (): readonly Tensor[] => stepOf(body, before, graph);
      now = known === undefined ? cond(goesOn, step, () => before) : step();
    }
    if (maximumIterations !== undefined) return now;
    throw new NablaError(
      "tf1/loop",
      `the loop goes on after ${MOST_UNROLLED} iterations`,
      "let a session's runs repeat it",
    );
  });
}

function stepOf(
  body: (...variables: readonly Tensor[]) => Operand | readonly Operand[],
  now: readonly Tensor[],
  graph: Graph,
): readonly Tensor[] {
  const given = body(...now);
  const list =
    Array.isArray(given) && (now.length !== 1 || given.some((one) => one instanceof Tensor)) ? given : [given];
  const next = list.map((one, i) => tensorOf(one as Operand, now[i]?.dtype, graph));
  const wrong = next.findIndex(
    (one, i) => one.dtype !== now[i]?.dtype || shown(one.shape) !== shown(now[i]?.shape ?? []),
  );
  if (next.length === now.length && wrong < 0) return next;
  const message =
    next.length === now.length
      ? `loop variable ${wrong + 1} is ${now[wrong]?.dtype} ${shown(now[wrong]?.shape ?? [])} before and ${next[wrong]?.dtype} ${shown(next[wrong]?.shape ?? [])} after the body`
      : `the body takes ${now.length} loop variables and gives ${next.length}`;
  throw new NablaError("tf1/loop", message);
}

/** The value of a single number that depends on constants alone, of its simplified node. */
function constantOf(folded: Node): number | undefined {
  return isConstant(folded) ? valueOfConstant(folded).data[0] : undefined;
}

/**
 * What is built here is computed after these: their settings are part of every run of it, and variables that it reads have
 * the values that they set.
 */
export function controlDependencies<T>(before: readonly (Tensor | Operation)[], build: () => T): T {
  return graphOf("controlDependencies", before).after(before, build);
}
