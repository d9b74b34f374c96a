import { known } from "../base/error.ts";
import type { Program } from "../engine/program.ts";
import type { Tensor } from "../graph/tensor.ts";
import { COSTS_KEPT, type Guard } from "./guard.ts";

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

  constructor({ program, guard }: { readonly program: Program; readonly guard: Pick<Guard, "costs"> }) {
    this.#program = program;
    this.#costs = guard.costs;
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
    const from = this.#read;
    const { data } = await this.#program.read(this.#costs);
    this.#unread = [];
    this.#read += unread.length;
    for (let i = 0; i < unread.length; i++) {
      const cost = known(data[(from + i) % COSTS_KEPT], "cost");
      if (!Number.isFinite(cost)) return unread.slice(i);
      this.count(known(unread[i], "step"), cost);
    }
    return [];
  }

  /** What rings of the guard keep of the steps since the last time, which count as read. */
  async readRings(rings: readonly Tensor[]): Promise<readonly (readonly number[])[]> {
    const from = this.#read;
    const steps = this.#unread.length;
    const found = await Promise.all(rings.map((ring) => this.#program.read(ring)));
    this.#unread = [];
    this.#read += steps;
    return found.map(({ data }) =>
      Array.from({ length: steps }, (_, i) => known(data[(from + i) % COSTS_KEPT], "what is kept of a step")),
    );
  }

  /** Adds a cost that was read to the epoch. */
  count({ counted, rate }: Pick<EnqueuedStep, "counted" | "rate">, cost: number): void {
    this.sum += cost * counted;
    this.counted += counted;
    this.rate = rate;
    this.last = cost;
  }

  /** The next cost is the first of an epoch. */
  begin(): void {
    [this.sum, this.counted] = [0, 0];
  }
}
