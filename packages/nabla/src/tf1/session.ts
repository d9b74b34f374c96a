/// <reference lib="esnext.disposable" preserve="true" />
/** Where a graph runs: one memory for all variables, and a program for each set of fetches, compiled once. */
import { castArray, type NdArray } from "../array/ndarray.ts";
import { sameShape } from "../array/shape.ts";
import { known, NablaError } from "../base/error.ts";
import { listing } from "../base/text.ts";
import type { Engine, Memory } from "../engine/contract.ts";
import { compile, type Program } from "../engine/program.ts";
import { float64Engine, wasm } from "../engine/wasm/engine.ts";
import { nameOf } from "../graph/leaf.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { Branches } from "./branches.ts";
import { type Feed, type FeedValue, fedValue, readFeed } from "./feeds.ts";
import { type Answer, answer, type Fetched, type Fetches, handedOut, readFetches } from "./fetches.ts";
import { type Graph, getDefaultGraph, type Operation, shown, type Tensor, type Variable } from "./graph.ts";
import { type Request, requestFor } from "./programs.ts";
import type { Recorded } from "./recorded.ts";
import { renamed } from "./renamed.ts";

/** Options of `session`. */
export interface SessionOptions {
  /** Default: the default graph. */
  readonly graph?: Graph;
  /** Default: WebAssembly in float32. From the first run on that holds float64 it is WebAssembly in float64, if this one is not wide. */
  readonly engine?: Engine;
  /** Called once for each warning of the graph, such as with `console.warn`. By default warnings are silent. */
  readonly warn?: (warning: string) => void;
}

type Fed = ReturnType<typeof readFeed>;

/** A compiled set of fetches. */
interface Ready extends Request {
  readonly program: Program;
  readonly memory: Memory;
  /** The tensor that is fed to each input, by the input's name; undefined for the key of a draw. */
  readonly inputs: readonly (readonly [name: string, tensor: Tensor | undefined, node: Node])[];
  /** Whether everything that it reads was found to have a value. */
  initialized: boolean;
}

/** Opens a session: `await using session = tf.session()`. */
export function session(options: SessionOptions = {}): Session {
  return new GraphSession(options);
}

/** `tf.session()`, as Python writes it. */
export const Session = renamed("tf.Session", "tf.session");

/** The values of a graph's variables, and the programs that run on them. */
export type Session = GraphSession;

class GraphSession implements Disposable, AsyncDisposable {
  readonly graph: Graph;
  readonly #warn: (warning: string) => void;
  #programs = new Branches<Ready | Promise<Ready>>();
  /** Variables that have a value. */
  readonly #initialized = new Set<Node>();
  /** How often each draw was made. */
  readonly #draws = new Map<Node, number>();
  #engine: Engine;
  #memory: Memory | undefined;
  /** While values are on their way to another engine: whoever reads, writes or computes waits for them. */
  #moving: Promise<void> | undefined;
  #warned = 0;
  #compilations = 0;

  constructor({ graph = getDefaultGraph(), engine = wasm, warn = () => undefined }: SessionOptions) {
    this.graph = graph;
    this.#engine = engine;
    this.#memory = engine.open();
    this.#warn = warn;
  }

  /** How many programs were compiled: one for each set of fetches, and each length of what it is fed. */
  get compilations(): number {
    return this.#compilations;
  }

  /**
   * Computes the fetches in one run, and returns them in the same nesting: numbers for tensors of shape [], arrays for
   * others, null for operations. Variables are read before they are set. Throws `tf1/uninitialized`, `tf1/missing`,
   * `tf1/feed`, `tf1/fetch`, `tf1/unknown`, `tf1/graph`, `tf1/conflict` and `tf1/closed`.
   */
  run<const F extends Fetches>(fetches: F, feed: Feed = []): Promise<Answer<F>> {
    return this.#run(fetches, feed) as Promise<Answer<F>>;
  }

  async #run(fetches: Fetches, feed: Feed): Promise<unknown> {
    this.#open();
    const fetched: (Tensor | Operation)[] = [];
    readFetches(this.graph, fetches, fetched);
    const fed = readFeed(this.graph, feed);
    const found = this.#find(fetched, fed);
    const ready = found instanceof Promise ? await found : found;
    // while it was compiled, the session may have been closed or its values moved to another engine
    if (ready.memory !== this.#memory) return this.#run(fetches, feed);
    if (!ready.initialized) this.#check(ready);
    const results = await ready.program.run(this.#feeds(ready, fed));
    if (!ready.initialized) for (const state of ready.sets) this.#initialized.add(state);
    ready.initialized = true;
    let at = 0;
    const next = (): Fetched | null => {
      const result = results[at];
      const tensor = fetched[at++] as Tensor;
      return result === undefined ? null : handedOut(result, tensor);
    };
    return answer(fetches, next);
  }

  /** A copy of a variable's value. Throws `tf1/uninitialized` and `tf1/closed`. */
  async read(variable: Variable): Promise<NdArray> {
    const memory = this.#held(variable);
    if (this.#moving !== undefined) await this.#moving;
    if (!this.#initialized.has(variable.node)) throw uninitialized([variable.name]);
    return castArray(await memory.read(variable.node), variable.dtype);
  }

  /** Sets a variable, which then counts as initialized. Throws `tf1/shape` and `tf1/closed`. */
  async write(variable: Variable, value: NdArray): Promise<void> {
    if (!sameShape(variable.shape, value.shape)) {
      const message = `the variable "${variable.name}" has the shape ${shown(variable.shape)}, the value ${shown(value.shape)}`;
      throw new NablaError("tf1/shape", message);
    }
    const memory = this.#held(variable);
    if (this.#moving !== undefined) await this.#moving;
    memory.write(variable.node, value);
    this.#initialized.add(variable.node);
  }

  /** Releases all values and programs; every later use of the session throws. */
  close(): void {
    this.#memory = undefined;
    this.#programs = new Branches();
    this.#initialized.clear();
    this.#draws.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  #open(): Memory {
    if (this.#memory !== undefined) return this.#memory;
    throw new NablaError(
      "tf1/closed",
      "the session was closed, and its variables are gone",
      "open another: tf.session()",
    );
  }

  #held({ node }: Variable): Memory {
    const memory = this.#open();
    memory.hold(node);
    return memory;
  }

  #find(fetched: readonly (Tensor | Operation)[], fed: Fed): Ready | Promise<Ready> {
    let branch = this.#programs;
    for (const entry of fetched) branch = branch.at(entry);
    // placeholders must be fed anyway; any other feed needs another program, keyed after a marker that is never a fetch
    for (const [tensor] of fed) if (tensor.kind !== "placeholder") branch = branch.at(this).at(tensor);
    return branch.value ?? this.#compile(branch, fetched, fed);
  }

  #compile(branch: Branches<Ready | Promise<Ready>>, fetched: readonly Recorded[], fed: Fed): Promise<Ready> {
    const computed = fed.flatMap(([tensor]) => (tensor.kind === "placeholder" ? [] : [tensor]));
    const request = requestFor(fetched, computed);
    if (request.wide && !this.#engine.wide) this.#widen();
    const ready = this.#prepare(request);
    branch.value = ready;
    ready.then(
      (value) => {
        branch.value = value;
      },
      () => {
        branch.value = undefined;
      },
    );
    return ready;
  }

  async #prepare(request: Request): Promise<Ready> {
    const memory = this.#open();
    const counted: Memory = {
      hold: (state) => memory.hold(state),
      read: (state) => memory.read(state),
      write: (state, value) => memory.write(state, value),
      load: (graph) => {
        this.#compilations++;
        return memory.load(graph);
      },
    };
    const { name, wide } = this.#engine;
    const program = await compile(request.spec, { engine: { name, wide, open: () => counted } });
    await this.#moving;
    const inputs = request.spec.inputs.map((node) => {
      const own = nameOf(node);
      return [own, this.graph.keys.has(node) ? undefined : (this.graph.find(own) as Tensor), node] as const;
    });
    return { ...request, program, memory, inputs, initialized: false };
  }

  /** Moves all values to the engine that computes in float64. */
  #widen(): void {
    const before = this.#open();
    this.#engine = float64Engine();
    const memory = this.#engine.open();
    this.#memory = memory;
    this.#programs = new Branches();
    const move = async (node: Node): Promise<void> => {
      const value = await before.read(node);
      memory.hold(node);
      memory.write(node, value);
    };
    const moving = Promise.all([...this.#initialized].map(move)).then(() => {
      if (this.#moving === moving) this.#moving = undefined;
    });
    this.#moving = moving;
  }

  /** Throws unless every variable that is read has a value. Also reports what the graph's linter has found since. */
  #check({ reads }: Ready): void {
    const { warnings } = this.graph;
    while (this.#warned < warnings.length) this.#warn(warnings[this.#warned++] ?? "");
    const empty = reads.filter((node) => !this.#initialized.has(node));
    if (empty.length > 0) throw uninitialized(empty.map(nameOf));
  }

  #feeds({ inputs }: Ready, fed: Fed): Record<string, NdArray | number> {
    const feeds: Record<string, NdArray | number> = {};
    for (const [name, tensor, node] of inputs) {
      if (tensor === undefined) feeds[name] = this.#draw(node);
      else {
        let value: FeedValue | undefined;
        for (const [other, given] of fed) if (other === tensor) value = given;
        if (value === undefined) throw missing(tensor);
        feeds[name] = fedValue(tensor, value);
      }
    }
    return feeds;
  }

  /** What a draw is made from: its key, and how often it was made in this session. */
  #draw(node: Node): NdArray {
    const { seed } = known(this.graph.keys.get(node), "key");
    const times = this.#draws.get(node) ?? 0;
    this.#draws.set(node, times + 1);
    return { dtype: "int32", shape: [3], data: Int32Array.of(seed[0], seed[1], times) };
  }
}

function uninitialized(names: readonly string[]): NablaError {
  const message = `uninitialized variable${names.length === 1 ? "" : "s"} ${listing(names)}`;
  return new NablaError(
    "tf1/uninitialized",
    message,
    "run tf.globalVariablesInitializer() first, asked for when all is built",
  );
}

function missing({ kind, name, shape }: Tensor): NablaError {
  const message = `the ${kind} "${name}" of shape ${shown(shape)} was not fed`;
  return new NablaError("tf1/missing", message, "run(fetches, [[placeholder, value]])");
}
