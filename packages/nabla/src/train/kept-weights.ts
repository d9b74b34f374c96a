/** The best weights of a training so far. */
import type { NdArray } from "../array/ndarray.ts";
import type { ByPath } from "../nn/model.ts";
import { badRow } from "./inspect.ts";
import { measuredStates } from "./measured-sample.ts";
import type { TrainingStep } from "./step.ts";

/** Weights that are copied over those of before, as long as nobody else holds these. */
export class KeptWeights {
  readonly #step: TrainingStep;
  #weights: ByPath<NdArray> | undefined;
  #isHeld = false;

  constructor(step: TrainingStep) {
    this.#step = step;
  }

  /** Keeps the current weights. */
  async keep(): Promise<void> {
    const before = this.#isHeld ? undefined : this.#weights;
    this.#isHeld = false;
    this.#weights = await this.#step.program.readAll(measuredStates(this.#step), before);
  }

  /** Keeps weights that someone else holds too. */
  set(weights: ByPath<NdArray>): void {
    this.#weights = weights.size > 0 ? weights : undefined;
    this.#isHeld = true;
  }

  /** What is kept, for a caller who is done with it before more is kept; nothing before the end of the first epoch. */
  peek(): ByPath<NdArray> {
    return this.#weights ?? new Map();
  }

  /** What is kept, for a caller who may hold it. */
  take(): ByPath<NdArray> {
    this.#isHeld = true;
    return this.peek();
  }

  /** What is kept; before the end of the first epoch the current weights, or the initial ones if those are not finite. */
  async orPresent(): Promise<ByPath<NdArray>> {
    const kept = this.take();
    const present = kept.size > 0 ? kept : await this.#step.program.readAll(measuredStates(this.#step));
    const good = [...present.values()].every((array) => badRow(array) < 0);
    return good ? present : this.initial;
  }

  get initial(): ByPath<NdArray> {
    const { parameters, buffers } = this.#step.variables;
    return new Map([...parameters, ...buffers]);
  }
}
