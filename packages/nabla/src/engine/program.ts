import { checkArray, wrongArgument } from "../array/check-array.ts";
import { type NdArray, scalar } from "../array/ndarray.ts";
import { type Shape, showShape } from "../array/shape.ts";
import { invariant, known, NablaError } from "../base/error.ts";
import { listing, nearest } from "../base/text.ts";
import { isRecord } from "../base/value-type.ts";
import { checkTensors, checkTensorsByName, tensorOf } from "../graph/check-tensor.ts";
import { withFedArrays } from "../graph/fed-arrays.ts";
import { isInput, isState, nameOf } from "../graph/leaf.ts";
import { matchShape, specialize } from "../graph/specialize.ts";
import type { Operand, Tensor } from "../graph/tensor.ts";
import { walk } from "../graph/walk.ts";
import type { Engine, KnownGraph, Memory, Step } from "./contract.ts";
import { type Explanation, showExplanation } from "./explanation.ts";
import { float64Engine, wasm } from "./wasm/engine.ts";

/** The inputs, outputs and state updates of a program. */
export interface ProgramSpec {
  readonly inputs: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Pairs of a state and its next value; all next values are computed before any state changes. */
  readonly updates?: readonly (readonly [state: Tensor, next: Tensor])[];
}

/** Options of `compile` and `value`. */
export interface CompileOptions {
  /** Default: WebAssembly in float32; the reference when the graph holds float64. */
  readonly engine?: Engine;
  /**
   * Another program whose states this one shares, as training and evaluation share parameters; by default it has its
   * own.
   */
  readonly share?: Program;
}

/** The inputs of a run, by name; an input of shape [] takes a number. */
export type Feeds = Readonly<Record<string, NdArray | number>>;

/**
 * Compiles a graph into a program. It runs with any length of the named dimensions and is specialized once for each.
 * Throws `graph/undeclared` when an input is missing from `inputs`, `graph/update` when an update does not fit its
 * state.
 */
export async function compile(spec: ProgramSpec, options: CompileOptions = {}): Promise<Program> {
  checkSpec(spec);
  const nodes = walk([...Object.values(spec.outputs), ...(spec.updates ?? []).map(([, next]) => next)]);
  for (const node of nodes) {
    if (isInput(node) && !spec.inputs.includes(node)) {
      throw new NablaError(
        "graph/undeclared",
        `the graph reads the input "${nameOf(node)}", which is not among the program's inputs`,
      );
    }
  }
  for (const [state, next] of spec.updates ?? []) {
    const fits = isState(state) && showShape(state.shape) === showShape(next.shape) && state.dtype === next.dtype;
    if (!fits) {
      throw new NablaError(
        "graph/update",
        `"${nameOf(state)}" is ${state.dtype} of shape ${showShape(state.shape)}, its next value ${next.dtype} of shape ${showShape(next.shape)}`,
      );
    }
  }
  const engine =
    options.engine ??
    options.share?.engine ??
    (nodes.some((node) => node.dtype === "float64") ? float64Engine() : wasm);
  const wide = engine.wide ? undefined : nodes.find((node) => node.dtype === "float64");
  if (wide !== undefined) {
    throw new NablaError(
      "engine/dtype",
      `the engine ${engine.name} has no float64, and ${wide.op.opName} gives float64 of shape ${showShape(wide.shape)}`,
      "leave the engine out, or make the numbers float32",
    );
  }
  const states = [...new Set([...nodes.filter(isState), ...(spec.updates ?? []).map(([state]) => state)])];
  return new Program(spec, engine, options.share?.memory ?? engine.open(), states);
}

/**
 * How many input shapes a program stays specialized for, by least recent use. Batches of sentences come in dozens of
 * lengths; hundreds would each occupy the engine's memory with their inputs.
 */
const MOST_READY = 32;

/** So many of the latest are tried before lengths are compared by name: full batches, a shorter last one, parts measured. */
const LATEST = 4;

/** A compiled graph with its states. The same seed and feeds give the same bits, every time. */
export class Program {
  readonly engine: Engine;
  readonly states: readonly Tensor[];
  /** The memory of the states; programs that share states share it. */
  readonly memory: Memory;
  readonly #spec: ProgramSpec;
  readonly #outputNames: readonly string[];
  readonly #steps = new Map<string, Ready>();
  /** The ones used last, latest first. */
  readonly #latest: Ready[] = [];

  constructor(spec: ProgramSpec, engine: Engine, memory: Memory, states: readonly Tensor[]) {
    this.#spec = spec;
    this.engine = engine;
    this.memory = memory;
    this.states = states;
    this.#outputNames = Object.keys(spec.outputs);
    for (const state of states) memory.hold(state);
  }

  /** Feeds, computes, updates the states and returns the outputs. Throws `feed/…` errors that name the input. */
  run(feeds: Feeds): Promise<Record<string, NdArray>> {
    if (!isRecord(feeds)) return Promise.reject(wrongArgument("run", "arrays by the names of inputs", feeds));
    const ask = async (ready: Ready): Promise<Record<string, NdArray>> => {
      const wait = enqueueOn(ready, feeds);
      // all outputs are requested at once: another run may be enqueued before they arrive
      const answers = this.#outputNames.map((_, i) => ready.step.fetch(i));
      if (wait !== undefined) await Promise.all([wait, ...answers]);
      const results: Record<string, NdArray> = {};
      for (let i = 0; i < answers.length; i++) results[this.#outputNames[i] ?? ""] = known(await answers[i], "output");
      return results;
    };
    const last = this.#fits(feeds);
    return last === undefined ? this.#use(feeds, ask) : ask(last);
  }

  /**
   * Feeds, computes and updates the states without waiting for any of it: steps run in the order in which they are
   * enqueued, and reading a state afterwards waits for them. If it returns a promise, await it before anything else is
   * fed: the program is not specialized for these shapes yet, or the engine's queue is full.
   */
  enqueue(feeds: Feeds): Promise<void> | undefined {
    const ready = this.#fits(feeds);
    return ready === undefined ? this.#use(feeds, (made) => enqueueOn(made, feeds)) : enqueueOn(ready, feeds);
  }

  /**
   * A copy of a state's value after everything that was enqueued. `into` is an earlier copy that nobody needs any more; it may
   * be filled and returned.
   */
  read(state: Tensor, into?: NdArray): Promise<NdArray> {
    return this.memory.read(state, into);
  }

  /** Copies of several states by path, requested at once; `into` as for one. */
  async readAll(
    states: ReadonlyMap<string, Tensor>,
    into?: ReadonlyMap<string, NdArray>,
  ): Promise<ReadonlyMap<string, NdArray>> {
    const reads = [...states].map(async ([path, state]) => [path, await this.read(state, into?.get(path))] as const);
    return new Map(await Promise.all(reads));
  }

  /** Sets a state, for what is enqueued from now on. Throws `feed/shape` when the value does not fit. */
  write(state: Tensor, value: NdArray): void {
    matchShape(nameOf(state), state.shape, value.shape, new Map());
    this.memory.write(state, value);
  }

  /**
   * Storage for an input inside the engine's memory, for the shapes of `feeds`: fill it, feed it, and nothing is
   * copied. It stays valid until the program allocates more memory, so get it again for each use of other shapes.
   */
  async inputBuffer(name: string, feeds: Feeds): Promise<NdArray | undefined> {
    return await this.#use(feeds, ({ step, names }) => {
      const input = names.indexOf(name);
      invariant(input >= 0, `no input ${name}`);
      return step.inputBuffer(input);
    });
  }

  /**
   * How the graph was compiled for the shapes of `feeds` (the last ones when left out): ops before and after, kernels,
   * bytes, as text of 80 columns.
   */
  async explain(feeds?: Feeds): Promise<string> {
    const explain = ({ step }: Ready): string => showExplanation(step.explain());
    const [last] = this.#latest;
    return feeds === undefined && last !== undefined ? explain(last) : await this.#use(feeds ?? {}, explain);
  }

  /** How many bytes of the engine's memory the program takes for feeds of these shapes, including states. */
  async bytes(feeds: Feeds): Promise<number> {
    const { states, inputs, constants, scratch } = await this.memoryUse(feeds);
    return states + inputs + constants + scratch;
  }

  /** The bytes of the engine's memory by purpose, for feeds of these shapes. */
  async memoryUse(feeds: Feeds): Promise<Explanation["bytes"]> {
    return await this.#use(feeds, ({ step }) => step.explain().bytes);
  }

  /**
   * The same for free lengths by name, as `batch`, without taking any of it: what would fill the machine is only computed.
   * Undefined where the engine cannot tell.
   */
  async memoryUseAt(lengths: ReadonlyMap<string, number>): Promise<Explanation["bytes"] | undefined> {
    return await this.memory.measure?.(this.#graphAt(lengths));
  }

  /** One of the steps used last, if the feeds have its shapes: the fast path of nearly every run. */
  #fits(feeds: Feeds): Ready | undefined {
    for (let i = 0; i < this.#latest.length; i++) {
      const ready = this.#latest[i];
      if (ready === undefined || !fits(ready, feeds)) continue;
      if (i > 0) this.#putFirst(ready);
      return ready;
    }
    return undefined;
  }

  /** Puts a step before all others, which are released sooner. */
  #putFirst(ready: Ready): void {
    const before = this.#latest.indexOf(ready);
    if (before >= 0) this.#latest.splice(before, 1);
    if (this.#latest.unshift(ready) > LATEST) this.#latest.pop();
    // the newest are last, so the first is the least recently used
    this.#steps.delete(ready.key);
    this.#steps.set(ready.key, ready);
  }

  /** Uses the step for the shapes of `feeds`, synchronously when it is compiled: later it may be released. */
  async #use<T>(feeds: Feeds, use: (ready: Ready) => T): Promise<Awaited<T>> {
    const lengths = new Map<string, number>();
    for (const input of this.#spec.inputs) check(input, feeds, lengths, this.engine);
    for (const name of Object.keys(feeds)) {
      if (this.#spec.inputs.some((input) => nameOf(input) === name)) continue;
      const names = nearest(name, this.#spec.inputs.map(nameOf));
      throw new NablaError(
        "feed/unknown",
        `the program has no input "${name}"`,
        names.length === 0 ? undefined : `did you mean ${listing(names, "or")}?`,
      );
    }
    const key = [...lengths].map(([name, length]) => `${name}=${length}`).join();
    const made = this.#steps.get(key) ?? (await this.#load(key, lengths));
    // another call may have compiled the same step meanwhile
    const ready = this.#steps.get(key) ?? made;
    if (ready !== made) made.step.release();
    this.#putFirst(ready);
    const result = use(ready);
    const [oldest] = this.#steps;
    if (this.#steps.size > MOST_READY && oldest !== undefined) {
      this.#steps.delete(oldest[0]);
      oldest[1].step.release();
    }
    return await result;
  }

  /** The graph for these lengths. */
  #graphAt(lengths: ReadonlyMap<string, number>): KnownGraph {
    const { inputs, outputs, updates = [] } = this.#spec;
    const roots = [...inputs, ...Object.values(outputs), ...updates.map(([, next]) => next)];
    const { of } = specialize(roots, lengths);
    return {
      inputs: inputs.map(of),
      outputs: Object.values(outputs).map(of),
      updates: updates.map(([state, next]) => [state, of(next)] as const),
    };
  }

  async #load(key: string, lengths: ReadonlyMap<string, number>): Promise<Ready> {
    const graph = this.#graphAt(lengths);
    const known_ = graph.inputs;
    const step = await this.memory.load(graph);
    return {
      key,
      step,
      names: this.#spec.inputs.map(nameOf),
      sizes: known_.map((input) => input.shape),
      dtypes: known_.map((input) => input.dtype),
    };
  }
}

interface Ready {
  /** The lengths that it was compiled for, by name. */
  readonly key: string;
  readonly step: Step;
  readonly names: readonly string[];
  readonly sizes: readonly Shape[];
  readonly dtypes: readonly string[];
}

/** Whether feeds have the very shapes and dtypes that a step was compiled for. */
function fits({ names, sizes, dtypes }: Ready, feeds: Feeds): boolean {
  for (let i = 0; i < names.length; i++) {
    const value = feeds[names[i] ?? ""];
    const expected = sizes[i] ?? [];
    if (value === undefined || value === null) return false;
    if (typeof value === "number") {
      if (expected.length !== 0) return false;
      continue;
    }
    if (value.dtype !== dtypes[i] || value.shape.length !== expected.length) return false;
    for (let d = 0; d < expected.length; d++) if (value.shape[d] !== expected[d]) return false;
  }
  return true;
}

function enqueueOn({ step, names }: Ready, feeds: Feeds): Promise<void> | undefined {
  for (let i = 0; i < names.length; i++) step.feed(i, dataOf(feeds[names[i] ?? ""]));
  return step.run();
}

function dataOf(value: NdArray | number | undefined): ArrayLike<number> | number {
  return typeof value === "number" ? value : known(value, "feed").data;
}

function check(input: Tensor, feeds: Feeds, lengths: Map<string, number>, { wide }: Engine): void {
  const name = nameOf(input);
  const value = feeds[name];
  if (value === undefined)
    throw new NablaError("feed/missing", `the input "${name}" of shape ${showShape(input.shape)} was not fed`);
  const array = typeof value === "number" ? scalar(value, input.dtype) : value;
  checkArray(`the input "${name}"`, array);
  matchShape(name, input.shape, array.shape, lengths);
  // float64 outputs of a float64 engine are accepted as inputs unchanged
  const isWide = wide && input.dtype === "float32" && array.dtype === "float64";
  if (array.dtype !== input.dtype && !isWide) {
    throw new NablaError(
      "feed/dtype",
      `"${name}" expects ${input.dtype}, received ${array.dtype}`,
      "convert it with castArray",
    );
  }
}

/** Rejects at run time what the type checker would reject. Throws `options/type`. */
function checkSpec(spec: ProgramSpec): void {
  if (!isRecord(spec)) throw wrongArgument("compile", "a program { inputs, outputs, updates }", spec);
  checkTensors("compile › inputs", spec.inputs);
  checkTensorsByName("compile › outputs", spec.outputs);
  if (spec.updates === undefined) return;
  if (!Array.isArray(spec.updates)) throw wrongArgument("compile › updates", "pairs [state, next]", spec.updates);
  for (const [i, pair] of spec.updates.entries()) checkTensors(`compile › updates[${i}]`, pair);
}

/**
 * Computes one tensor, or what arrays make under ops: `await value(ops.multiply(a, 2))`. Graphs of one form and shape are compiled
 * once, whichever numbers their arrays hold. Throws the errors of `compile` and of a run.
 */
export async function value(of: Operand, feeds: Feeds = {}, options: CompileOptions = {}): Promise<NdArray> {
  const { output, fed } = withFedArrays(tensorOf("value", of));
  const program = await compile({ inputs: walk([output]).filter(isInput), outputs: { value: output } }, options);
  return known((await program.run({ ...feeds, ...fed })).value, "value");
}
