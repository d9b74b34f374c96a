/** Epochs of one step each that nobody watches: they are taken one after another, and looked at together. */
import { type NdArray, scalar } from "../array/ndarray.ts";
import { invariant, known } from "../base/error.ts";
import { RATE } from "../optim/optimizer.ts";
import { defaults } from "./defaults.ts";
import type { EnqueuedStep, EpochCost } from "./epoch-cost.ts";
import { exampleFeeds } from "./example-inputs.ts";
import { COSTS_KEPT } from "./guard.ts";
import type { ResolvedJob } from "./job.ts";
import { type Measures, type Meter, Tally } from "./measures.ts";
import { termsOf } from "./objective.ts";
import { finite } from "./run.ts";
import type { Moment, TrainingStep } from "./step.ts";
import type { ForwardGraph } from "./step-graph.ts";

/** An epoch that was taken. */
interface TakenEpoch {
  readonly step: EnqueuedStep;
  readonly cost: number;
  readonly train: Measures;
  readonly seconds: number;
}

/** Where the next epoch starts. */
interface Start {
  readonly epoch: number;
  readonly steps: number;
  readonly settings: Readonly<Record<string, number>>;
  readonly measured: readonly number[];
  readonly seconds: () => number;
}

interface WholeBatchParts {
  readonly step: TrainingStep;
  readonly meter: Meter;
  readonly cost: EpochCost;
}

/** How many rows are measured at once: where a step takes the whole of a small training set, as many as it does. */
export function measuredBatch({ stepsPerEpoch, batch, train }: ResolvedJob): number {
  const isWhole = stepsPerEpoch === 1 && batch >= train.rows && train.rows <= defaults.measuredRows;
  return isWhole ? Math.max(train.rows, defaults.evaluationBatch) : defaults.evaluationBatch;
}

/**
 * Whether the pass that an epoch of this job begins with measures the training set as it is after the epoch before: all of
 * it in one batch, as a meter takes it, with nothing that training alone does.
 */
export function measuresItself(job: ResolvedJob): (forward: ForwardGraph) => boolean {
  const { train, dev } = job;
  const isWhole = job.stepsPerEpoch === 1 && train.rows <= Math.min(job.batch, measuredBatch(job));
  const isPlain = !("read" in train) && train.mask === undefined && train.sequences === undefined;
  const isUnchanged =
    job.augment.length === 0 && job.mixup === undefined && job.average === undefined && job.measure === undefined;
  const isEndless = job.time === Number.POSITIVE_INFINITY;
  const goesAhead = isWhole && isPlain && isUnchanged && isEndless && dev === undefined;
  return ({ built, variables }) => goesAhead && built.random === undefined && variables.buffers.size === 0;
}

/** The moment of a step that notices whether what was measured is asked for. */
class Past implements Moment {
  epoch = 0;
  passed = 0;
  readonly endsEpoch = true;
  isAskedFor = false;
  readonly #measured: readonly number[];

  constructor(measured: readonly number[]) {
    this.#measured = measured;
  }

  get measured(): readonly number[] {
    this.isAskedFor = true;
    return this.#measured;
  }
}

/** Takes such epochs. */
export class WholeBatches {
  readonly #job: ResolvedJob;
  readonly #parts: WholeBatchParts;

  constructor(job: ResolvedJob, parts: WholeBatchParts) {
    this.#job = job;
    this.#parts = parts;
  }

  /**
   * Takes the next epochs, as many as costs are kept of. Undefined where they have to be taken one by one: a number is not
   * finite, or the schedule looks at what was measured. Then the states are those of some later step.
   */
  async take(start: Start): Promise<readonly TakenEpoch[] | undefined> {
    const { step, meter, cost } = this.#parts;
    const { costs: ring, sums, failed } = step.guard;
    const steps = await this.#enqueue(start);
    const [costs = [], ...read] = await cost.readRings([ring, ...sums.values()]);
    if (steps === undefined) return undefined;
    if (![costs, ...read].flat().every(Number.isFinite)) {
      step.program.write(failed, scalar(0));
      return undefined;
    }
    const { train } = this.#job;
    const last = await meter.measure(train);
    if (finite(last) === null) return undefined;
    const names = [...sums.keys()];
    const terms = termsOf(this.#job.loss);
    const found: Record<string, number> = {};
    // the step of the next epoch has measured what this one led to
    const measured = (epoch: number): Measures => {
      for (const [i, name] of names.entries()) found[name] = known(read[i]?.[epoch], name);
      const tally = new Tally(terms);
      tally.add(found, train.rows);
      return tally.measures(train);
    };
    return steps.map(({ step: taken, seconds }, i) => {
      const measures = i + 1 < steps.length ? measured(i + 1) : last;
      return { step: taken, cost: known(costs[i], "cost"), train: measures, seconds };
    });
  }

  async #enqueue({
    epoch,
    steps,
    settings,
    measured,
    seconds,
  }: Start): Promise<readonly Pick<TakenEpoch, "step" | "seconds">[] | undefined> {
    const { step, cost } = this.#parts;
    const { train, epochs } = this.#job;
    invariant(!("read" in train), "rows that are read on demand are no batch");
    const feeds: Record<string, NdArray | number> = { ...exampleFeeds(train) };
    const counted = train.rows;
    const past = new Past(measured);
    const taken: Pick<TakenEpoch, "step" | "seconds">[] = [];
    while (taken.length < Math.min(COSTS_KEPT, epochs - epoch)) {
      const at = epoch + taken.length;
      past.epoch = at;
      past.passed = at;
      step.feed(settings, steps + taken.length, feeds, past);
      if (past.isAskedFor) return undefined;
      const wait = step.program.enqueue(feeds);
      if (wait !== undefined) await wait;
      const one = { rows: counted, counted, rate: Number(feeds[RATE]) };
      cost.add(one);
      taken.push({ step: one, seconds: seconds() });
    }
    return taken;
  }
}
