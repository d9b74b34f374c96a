/** From the fetches of a graph to what the engine compiles. */
import { NablaError } from "../base/error.ts";
import type { ProgramSpec } from "../engine/program.ts";
import { input, isInput, isState, nameOf } from "../graph/leaf.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { walk } from "../graph/walk.ts";
import { closure, type Recorded, replacing } from "./recorded.ts";

/** A program to compile, and what it depends on. */
export interface Request {
  readonly spec: ProgramSpec;
  /** States that it reads: they must have a value. */
  readonly reads: readonly Node[];
  /** States that it sets. */
  readonly sets: readonly Node[];
  /** Whether anything in it is float64. */
  readonly wide: boolean;
}

/**
 * The program that computes `fetched`, in their order under "0", "1", …; operations have no output. What is in `fed` is
 * not computed but becomes an input of its name. Throws `tf1/conflict` when two things set one variable.
 */
export function requestFor(fetched: readonly Recorded[], fed: readonly Recorded[] = []): Request {
  const given = new Set(fed);
  const setting = closure(fetched, (entry) => given.has(entry)).filter(
    (entry) => !given.has(entry) && entry.updates.length > 0,
  );
  const settings = setting.flatMap((entry) => entry.updates.filter(([state]) => isLast(entry, state, setting)));
  const replaced = replacing(
    new Map(fed.flatMap(({ node, name }) => (node === undefined ? [] : [[node, inputFor(node, name)]]))),
  );
  const outputs: Record<string, Node> = {};
  for (const [i, { node }] of fetched.entries()) if (node !== undefined) outputs[i] = replaced(node);
  const updates = settings.map(([state, next]) => [state, replaced(next)] as const);
  for (const [i, [state]] of updates.entries()) {
    if (updates.findIndex(([other]) => other === state) === i) continue;
    const hint = "run one after the other";
    throw new NablaError("tf1/conflict", `two parts of one run set the variable "${nameOf(state)}"`, hint);
  }
  const nodes = walk([...Object.values(outputs), ...updates.map(([, next]) => next)]);
  return {
    spec: { inputs: nodes.filter(isInput), outputs, updates },
    reads: nodes.filter(isState),
    sets: updates.map(([state]) => state),
    wide: [...nodes, ...updates.map(([state]) => state)].some(({ dtype }) => dtype === "float64"),
  };
}

/** Whether nothing that sets the same state comes after an entry, as by control dependencies. */
function isLast(entry: Recorded, state: Node, setting: readonly Recorded[]): boolean {
  const others = setting.filter((other) => other !== entry && other.updates.some(([own]) => own === state));
  return !others.some((other) => closure([other]).includes(entry));
}

function inputFor(node: Node, name: string): Node {
  return isInput(node) ? node : input(name, node.shape, node.dtype);
}
