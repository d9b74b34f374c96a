/** The graph that is being built, which tensors record themselves in, and the default one: the only state of a module in nabla. */
import type { DType } from "../array/dtype.ts";
import { type Dim, type Shape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { fork, type Key, seedKey } from "../base/random.ts";
import { nearest } from "../base/text.ts";
import { input } from "../graph/leaf.ts";
import { reshape, slice } from "../graph/movement.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { closure, type Recorded, replacing, type Update } from "./recorded.ts";
import { renamed } from "./renamed.ts";
import { type SummaryOptions, summarize } from "./summary.ts";

/** Every function that records takes a name, which is made unique. */
export interface Named {
  /** A name in the graph; by default the operation's. */
  readonly name?: string;
}

/** A graph's entry before it is recorded. */
interface Draft extends Named {
  readonly inputs: readonly Recorded[];
  readonly updates?: readonly Update[];
}

/** Whether `getVariable` makes a variable (false), finds one (true), or does what is possible (AUTO_REUSE). */
export type Reuse = boolean | typeof AUTO_REUSE;

/** Has getVariable find what is there and make what is not. */
export const AUTO_REUSE = "AUTO_REUSE";

/** A value that a session can compute. A length that is not known until something is fed is a text in `shape`. */
export class Tensor<S extends Shape = Shape> implements Recorded {
  readonly graph: Graph;
  readonly name: string;
  readonly kind: string;
  readonly inputs: readonly Recorded[];
  readonly updates: readonly Update[];
  readonly node: Node;

  /** Called by `graph.record`. */
  constructor(graph: Graph, entry: Omit<Recorded, "node">, node: Node) {
    this.graph = graph;
    this.name = entry.name;
    this.kind = entry.kind;
    this.inputs = entry.inputs;
    this.updates = entry.updates;
    this.node = node;
  }

  get shape(): S {
    return this.node.shape as S;
  }

  get dtype(): DType {
    return this.node.dtype;
  }

  /** The part at these places along the first axes, which go: `x.at(0, 0)` is `x[0][0]`. Negative ones count from the end. */
  at(...indices: readonly number[]): Tensor {
    if (indices.length > this.shape.length) {
      throw new NablaError(
        "tf1/index",
        `"${this.name}" has ${this.shape.length} axes, ${showShape(this.shape)}, and was given ${indices.length} places`,
      );
    }
    const part = indices.reduce((node, index, axis) => {
      const from = placeOf(this, index, axis);
      return slice(node, { axis, from, to: from + 1 });
    }, this.node);
    const node = reshape(part, { shape: this.shape.slice(indices.length) });
    return this.graph.record("at", node, { inputs: [this] });
  }
}

function placeOf({ name, shape }: Tensor, index: number, axis: number): number {
  const length = shape[axis] ?? 1;
  const from = index < 0 && typeof length === "number" ? index + length : index;
  if (Number.isInteger(from) && from >= 0 && (typeof length === "string" || from < length)) return from;
  throw new NablaError(
    "tf1/index",
    `place ${index} does not lie within axis ${axis} of "${name}", ${showShape(shape)}`,
  );
}

/** Something that a session can do and that has no value, such as a training step. */
export class Operation implements Recorded {
  readonly graph: Graph;
  readonly name: string;
  readonly kind: string;
  readonly inputs: readonly Recorded[];
  readonly updates: readonly Update[];

  /** Called by `graph.operation`. */
  constructor(graph: Graph, entry: Omit<Recorded, "node">) {
    this.graph = graph;
    this.name = entry.name;
    this.kind = entry.kind;
    this.inputs = entry.inputs;
    this.updates = entry.updates;
  }
}

/** A tensor that is a single number. */
export type Scalar = Tensor<readonly []>;

/** `tf.variable(0)`, as Python writes it. */
export const Variable = renamed("tf.Variable", "tf.variable");

/** A value that lives on in a session between runs, from its initializer on. */
export interface Variable<S extends Shape = Shape> extends Tensor<S> {
  readonly initialValue: Tensor;
  /** Sets the variable to its initial value, redrawn where it is random. */
  readonly initializer: Operation;
  /** Whether optimizers update it when no variable list is given. */
  readonly trainable: boolean;
}

/** A node whose variables have the values that what comes before sets them to; other inputs stay what they are. */
function readingAfter(node: Node, inputs: readonly Recorded[], before: readonly Recorded[]): Node {
  const set = new Map(closure(before).flatMap(({ updates }) => updates));
  if (set.size === 0) return node;
  const others = inputs.flatMap(({ node: own }): [Node, Node][] =>
    own === undefined || set.has(own) ? [] : [[own, own]],
  );
  return replacing(new Map([...set, ...others]))(node);
}

function checkedName(name: string): string {
  if (NAME.test(name)) return name;
  throw new NablaError(
    "tf1/name",
    `"${name}" is no name`,
    "a name begins with a letter or digit and goes on with those, and with any of . _ - /",
  );
}

const NAME = /^[A-Za-z0-9][\w./-]*$/;

/** Where names begin: those of variables know variable scopes alone. */
interface Scope {
  readonly prefix: string;
  readonly variablePrefix: string;
  readonly reuse: Reuse;
}

/** What was built: tensors and operations in order, variables, and what the linter found. */
export class Graph {
  readonly entries: (Tensor | Operation)[] = [];
  readonly variables = new Map<string, Variable>();
  /** Likely mistakes, a sentence each. */
  readonly warnings: string[] = [];
  /** What `tf.summary` was given, in order. */
  readonly summaries: Tensor[] = [];
  /** The seed of random ops that have none of their own. */
  seed = 0;
  /** The inputs that give draws their randomness, each with its key. */
  readonly keys = new Map<Node, Key>();
  readonly #names = new Map<string, Tensor | Operation>();
  #scope: Scope = { prefix: "", variablePrefix: "", reuse: false };
  /** What sets variables goes here while a branch of a condition is built. */
  #captured: Update[] | undefined;
  /** What everything that is built comes after. */
  #before: readonly Recorded[] = [];

  /** How many tensors and operations were recorded. */
  get size(): number {
    return this.entries.length;
  }

  /** Whether variables are made or found at this place. */
  get reuse(): Reuse {
    return this.#scope.reuse;
  }

  /** The name within the scopes that are open. Throws `tf1/name` for what is no name. */
  scoped(name: string): string {
    return this.#scope.prefix + checkedName(name);
  }

  /** The name that `getVariable` gives: within the variable scopes that are open. Throws `tf1/name`. */
  scopedVariable(name: string): string {
    return this.#scope.variablePrefix + checkedName(name);
  }

  /** Builds a variable: scopes of names alone do not count. */
  asVariable<T>(build: () => T): T {
    return this.#within({ ...this.#scope, prefix: this.#scope.variablePrefix }, "getVariable", build);
  }

  /** Takes a tensor into the graph; a function is given the name that it will have. */
  record<S extends Shape = Shape>(kind: string, node: Node | ((name: string) => Node), draft: Draft): Tensor<S> {
    const entry = this.#entry(kind, draft);
    const made = typeof node === "function" ? node(entry.name) : readingAfter(node, draft.inputs, this.#before);
    return this.#add(new Tensor<S>(this, entry, made));
  }

  /** Takes an operation into the graph. */
  operation(kind: string, draft: Draft): Operation {
    return this.#add(new Operation(this, this.#entry(kind, draft)));
  }

  /** An int32 [3] input that gives a draw its randomness, the same for the same seeds. */
  key(seed: number | undefined): Node {
    const name = seed === undefined ? `draw ${this.keys.size}` : `seed ${seed}`;
    const node = input(`${this.keys.size}:key`, [3], "int32");
    this.keys.set(node, fork(seedKey(this.seed), name));
    return node;
  }

  /** Whether a name is in use. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** The tensor or operation of a name. Throws `tf1/unknown`. */
  find(name: string): Tensor | Operation {
    const found = this.#names.get(name);
    if (found !== undefined) return found;
    const [like] = nearest(name, [...this.#names.keys()], 1);
    const hint = like === undefined ? undefined : `did you mean "${like}"?`;
    throw new NablaError("tf1/unknown", `the graph holds nothing named "${name}"`, hint);
  }

  /** Builds in this graph instead of the default one. */
  asDefault<T>(build: () => T): T {
    const outer = current;
    current = this;
    try {
      return resolved("asDefault", build());
    } finally {
      current = outer;
    }
  }

  /** Builds within a scope: names get its name before theirs; "" adds none. */
  inScope<T>(name: string, reuse: Reuse | undefined, build: () => T): T {
    const { prefix, variablePrefix, reuse: outer } = this.#scope;
    const scope =
      name === ""
        ? { prefix, variablePrefix }
        : { prefix: `${this.scoped(name)}/`, variablePrefix: `${this.scopedVariable(name)}/` };
    return this.#within({ ...scope, reuse: reuse ?? outer }, "variableScope", build);
  }

  /** Builds within a scope of names: those of `getVariable` stay as they are. */
  inNameScope<T>(name: string, build: () => T): T {
    return this.#within({ ...this.#scope, prefix: `${this.scoped(name)}/` }, "nameScope", build);
  }

  /** Builds a branch of a condition: what it sets is given back, and not set by what was built. */
  capturing<T>(build: () => T): { readonly result: T; readonly updates: readonly Update[] } {
    const outer = this.#captured;
    const updates: Update[] = [];
    this.#captured = updates;
    try {
      return { result: resolved("cond", build()), updates };
    } finally {
      this.#captured = outer;
    }
  }

  /** Builds what is computed after others. */
  after<T>(before: readonly Recorded[], build: () => T): T {
    const outer = this.#before;
    this.#before = [...outer, ...before];
    try {
      return resolved("controlDependencies", build());
    } finally {
      this.#before = outer;
    }
  }

  /** Builds a variable and its initializer: neither belongs to a branch, nor comes after anything. */
  unconditionally<T>(build: () => T): T {
    const [captured, before] = [this.#captured, this.#before];
    this.#captured = undefined;
    this.#before = [];
    try {
      return build();
    } finally {
      this.#captured = captured;
      this.#before = before;
    }
  }

  #within<T>(scope: Scope, caller: string, build: () => T): T {
    const outer = this.#scope;
    this.#scope = scope;
    try {
      return resolved(caller, build());
    } finally {
      this.#scope = outer;
    }
  }

  /** What is in the graph, and what the engine makes of it, as text of 80 columns. See `SummaryOptions`. */
  summary(options: SummaryOptions = {}): Promise<string> {
    return summarize(this.entries, this.warnings, options);
  }

  #entry(kind: string, { name, inputs, updates = [] }: Draft): Omit<Recorded, "node"> {
    const wanted = this.scoped(name ?? kind);
    let unique = wanted;
    for (let i = 1; this.#names.has(unique); i++) unique = `${wanted}_${i}`;
    const after = this.#before.filter((entry) => !inputs.includes(entry));
    const set = updates.map(([state, next]) => [state, readingAfter(next, inputs, this.#before)] as const);
    this.#captured?.push(...set);
    return { name: unique, kind, inputs: [...inputs, ...after], updates: this.#captured === undefined ? set : [] };
  }

  #add<T extends Tensor | Operation>(entry: T): T {
    this.entries.push(entry);
    this.#names.set(entry.name, entry);
    return entry;
  }
}

/** Building is done at once: what is built after an `await` would land in another graph or scope. */
function resolved<T>(caller: string, built: T): T {
  if (!(built instanceof Promise)) return built;
  throw new NablaError("tf1/scope", `${caller} was given an async function`, "build without await, and run outside");
}

let current = new Graph();

/** The graph that is built in. */
export function getDefaultGraph(): Graph {
  return current;
}

/** Starts a new default graph: nothing in it, and every name free. */
export function resetDefaultGraph(): void {
  current = new Graph();
}

/** The seed of all draws in the default graph that have none of their own. */
export function setRandomSeed(seed: number): void {
  current.seed = seed;
}

/** The graph that these tensors belong to; the default one where there are none. Throws `tf1/graph` for two graphs. */
export function graphOf(kind: string, inputs: readonly (Tensor | Operation)[]): Graph {
  const [first] = inputs;
  const other = inputs.find(({ graph }) => graph !== first?.graph);
  if (first === undefined || other === undefined) return first?.graph ?? current;
  throw new NablaError(
    "tf1/graph",
    `${kind}: "${first.name}" and "${other.name}" belong to different graphs`,
    "after resetDefaultGraph(), and in another graph, build everything anew",
  );
}

/** How a shape reads in messages: a length that is not known is `?`. */
export function shown(shape: readonly Dim[]): string {
  return showShape(shape.map((dim) => (typeof dim === "string" ? "?" : dim)));
}
