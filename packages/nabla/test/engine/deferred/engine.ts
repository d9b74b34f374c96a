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

  /** What is thrown stays with the answer, and the work behind it is done all the same. */
  async put<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#tail.then(turn).then(work);
    this.#tail = done.catch(() => undefined);
    const answer = await done;
    await turn();
    return answer;
  }
}

class DeferredMemory implements Memory {
  readonly #memory: Memory;
  readonly #line = new Line();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  hold(state: Tensor): void {
    void this.#line.put(() => this.#memory.hold(state));
  }

  read(state: Tensor): Promise<NdArray> {
    return this.#line.put(() => this.#memory.read(state));
  }

  write(state: Tensor, value: NdArray): void {
    const copy = { ...value, data: value.data.slice() };
    void this.#line.put(() => this.#memory.write(state, copy));
  }

  async load(graph: KnownGraph): Promise<Step> {
    const step = await this.#line.put(() => this.#memory.load(graph));
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
    const done = this.#line.put(() => {
      this.#waiting--;
      for (const [input, data] of fed) this.#step.feed(input, data);
      return this.#step.run();
    });
    return this.#waiting < MOST_WAITING ? undefined : done;
  }

  fetch(output: number): Promise<NdArray> {
    return this.#line.put(() => this.#step.fetch(output));
  }

  explain(): ReturnType<Step["explain"]> {
    return this.#step.explain();
  }

  release(): void {
    void this.#line.put(() => this.#step.release());
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
