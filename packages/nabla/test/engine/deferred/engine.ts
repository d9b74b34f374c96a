/** An engine for tests that answers late, as one on a graphics processor does. */
import type { NdArray } from "../../../src/array/ndarray.ts";
import type { Engine, KnownGraph, Memory, Step } from "../../../src/engine/contract.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";

/** So many runs may wait; who enqueues more is asked to wait too. */
const MOST_WAITING = 24;

/**
 * What another engine does, turns of the event loop later: nothing is done while it is asked for, everything is done in
 * the order of the calls, and every answer comes a turn after it is known. It offers no input buffers.
 */
export function deferred(engine: Engine): Engine {
  return { ...engine, open: () => new DeferredMemory(engine.open()) };
}

/** Work in its order, each piece on a turn of its own. */
class Line {
  #tail: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  /** Work with an answer. Behind work that failed nothing is done any more, and every answer is that failure. */
  async ask<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#tail.then(turn).then(() => {
      if (this.#failure !== undefined) throw this.#failure.error;
      return work();
    });
    this.#tail = done.catch((error: unknown) => {
      this.#failure ??= { error };
    });
    const answer = await done;
    await turn();
    return answer;
  }

  /** Work without one. */
  put(work: () => unknown): void {
    this.ask(work).catch(() => undefined);
  }
}

class DeferredMemory implements Memory {
  readonly #memory: Memory;
  readonly #line = new Line();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  hold(state: Tensor): void {
    this.#line.put(() => this.#memory.hold(state));
  }

  read(state: Tensor, into?: NdArray): Promise<NdArray> {
    return this.#line.ask(() => this.#memory.read(state, into));
  }

  write(state: Tensor, value: NdArray): void {
    const copy = { ...value, data: value.data.slice() };
    this.#line.put(() => this.#memory.write(state, copy));
  }

  async load(graph: KnownGraph): Promise<Step> {
    const step = await this.#line.ask(() => this.#memory.load(graph));
    return new DeferredStep(step, this.#line);
  }
}

class DeferredStep implements Step {
  readonly #step: Step;
  readonly #line: Line;
  readonly #fed = new Map<number, ArrayLike<number> | number>();
  #waiting = 0;

  constructor(step: Step, line: Line) {
    this.#step = step;
    this.#line = line;
  }

  feed(input: number, data: ArrayLike<number> | number): void {
    this.#fed.set(input, typeof data === "number" ? data : Float64Array.from(data));
  }

  inputBuffer(): undefined {
    return undefined;
  }

  run(): Promise<void> | undefined {
    const fed = [...this.#fed];
    this.#waiting++;
    const work = () => {
      this.#waiting--;
      for (const [input, data] of fed) this.#step.feed(input, data);
      return this.#step.run();
    };
    if (this.#waiting >= MOST_WAITING) return this.#line.ask(work);
    this.#line.put(work);
    return undefined;
  }

  fetch(output: number): Promise<NdArray> {
    return this.#line.ask(() => this.#step.fetch(output));
  }

  explain(): ReturnType<Step["explain"]> {
    return this.#step.explain();
  }

  release(): void {
    this.#line.put(() => this.#step.release());
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
