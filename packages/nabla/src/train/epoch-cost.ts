import { known } from "../base/error.ts";
import type { Program } from "../engine/program.ts";
import type { Tensor } from "../graph/tensor.ts";
import { COSTS_KEPT } from "./guard.ts";

/** A step that was enqueued. Its cost is known once it is read from the engine. */
export interface EnqueuedStep {
  readonly rows: number;
  /** The number of rows, or positions, that its cost is the mean over. */
  readonly counted: number;
  readonly rate: number;
}

/** The cost of the current epoch, over the steps whose costs were read. */
export class EpochCost {
  /** The sum of cost times `counted` over the steps. */
  sum = 0;
  counted = 0;
  /** Rate and cost of the last step; no cost before the first one. */
  rate = 0;
  last: number | undefined;
  readonly #program: Program;
  readonly #costs: Tensor;
  #unread: EnqueuedStep[] = [];
  /** Costs that were read so far, in all epochs. */
  #read = 0;

  constructor({ program, costs }: { readonly program: Program; readonly costs: Tensor }) {
    this.#program = program;
    this.#costs = costs;
  }

  get mean(): number {
    return this.sum / this.counted;
  }

  add(step: EnqueuedStep): void {
    this.#unread.push(step);
  }

  /** Whether costs must be read before the next step, because the engine stores no more of them. */
  get isFull(): boolean {
    return this.#unread.length === COSTS_KEPT;
  }

  /**
   * Reads the costs of the steps since the last time. Returns the steps from the first one on whose cost is not finite:
   * they have changed nothing. Returns none if all costs are finite.
   */
  async read(): Promise<readonly EnqueuedStep[]> {
    const unread = this.#unread;
    if (unread.length === 0) return [];
    const { data } = await this.#program.read(this.#costs);
    this.#unread = [];
    for (const [i, { counted, rate }] of unread.entries()) {
      const cost = known(data[(this.#read + i) % COSTS_KEPT], "cost");
      if (!Number.isFinite(cost)) return unread.slice(i);
      this.sum += cost * counted;
      this.counted += counted;
      this.rate = rate;
      this.last = cost;
    }
    this.#read += unread.length;
    return [];
  }
}
