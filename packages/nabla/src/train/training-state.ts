import type { NdArray } from "../array/ndarray.ts";
import { elementsOf, type Size } from "../array/shape.ts";
import { isNamed } from "../base/named.ts";
import type { Batch } from "../data/batches.ts";
import type { AnyExamples, Arrays, StoredExamples } from "../data/examples.ts";
import type { Tensor } from "../graph/tensor.ts";
import { countedBy } from "../nn/mask.ts";
import type { ByPath } from "../nn/model.ts";
import { checkCodes } from "./check-codes.ts";
import {
  arrayFor,
  arraysOfGroup,
  type Checkpoint,
  GROUPS,
  positionFor,
  prefixed,
  type TrainingPosition,
} from "./checkpoint.ts";
import { divergence, notFinite, paceOf } from "./divergence.ts";
import { EpochCost } from "./epoch-cost.ts";
import type { Change, EndEvent, EpochEvent, ProgressEvent, StartEvent } from "./events.ts";
import { checkAlike, type ResolvedJob } from "./job.ts";
import { KeptWeights } from "./kept-weights.ts";
import { measuredStates, sampleOf } from "./measured-sample.ts";
import { decidingError, type Measures, type Meter, meterFor } from "./measures.ts";
import { admitTargets, termsOf } from "./objective.ts";
import type { EpochRecord, Failure, JournalEntry, Reason } from "./record.ts";
import { type AnyRun, finite, summaryOf } from "./run.ts";
import { readStates, savedStates } from "./saved-states.ts";
import { isPreferred } from "./selection.ts";
import { BATCH_SETTING, Settings } from "./settings.ts";
import { type Moment, prepareStep, type TrainingStep } from "./step.ts";
import { type AnyTrained, trainedBy } from "./trained.ts";
import { measuredBatch, measuresItself, WholeBatches } from "./whole-batches.ts";

interface InitOptions {
  readonly resume: Checkpoint | undefined;
  readonly clock: () => number;
  /** Whether nobody looks at the training before its end. */
  readonly unwatched: boolean;
}

/** The training state: everything that changes from step to step, and what is reported of it. */
export class TrainingState {
  readonly step: TrainingStep;
  /** Epochs finished, steps done and rows trained on in the current one, and steps in total. */
  epoch = 0;
  stepOfEpoch = 0;
  rowOfEpoch = 0;
  steps = 0;
  /** Whether prefetched batches are stale: the training went back, or the batch size changed. */
  moved = false;
  /** The result, after its end. */
  run: AnyRun | undefined;
  #stopped = false;
  readonly #settings: Settings;
  /** The cost of each finished epoch, on dev if there is a dev set, or its error by the measure that decides. */
  #measured: number[] = [];
  readonly #job: ResolvedJob;
  readonly #meter: Meter;
  readonly #sample: AnyExamples | StoredExamples;
  readonly #clock: () => number;
  readonly #resumed: boolean;
  #history: EpochRecord[] = [];
  readonly #best: KeptWeights;
  #bestRecord: EpochRecord | undefined;
  readonly #cost: EpochCost;
  /** The states before the epochs that were taken ahead. */
  #statesBefore: ByPath<NdArray> | undefined;
  /** Takes epochs ahead, where that can be done. */
  #ahead: WholeBatches | undefined;
  #started: number;

  static async init(job: ResolvedJob, { resume, clock, unwatched }: InitOptions): Promise<TrainingState> {
    const step = await prepareStep(job, unwatched ? measuresItself(job) : undefined);
    if (job.dev !== undefined) checkAlike(job.train, job.dev);
    await checkCodes(job, step);
    const kept = measuredStates(step);
    const meter = await meterFor({ ...job, kept }, job.train, { share: step.program, batch: measuredBatch(job) });
    if (job.dev !== undefined) admitTargets(termsOf(job.loss), step.variables.shape, job.dev);
    const state = new TrainingState(job, { step, meter }, { resumed: resume !== undefined, clock });
    if (resume !== undefined) await state.restore(resume);
    return state;
  }

  constructor(
    job: ResolvedJob,
    { step, meter }: { readonly step: TrainingStep; readonly meter: Meter },
    { resumed, clock }: { readonly resumed: boolean; readonly clock: () => number },
  ) {
    this.#job = job;
    this.step = step;
    this.#cost = new EpochCost(step);
    if (step.guard.sums.size > 0) this.#ahead = new WholeBatches(job, { step, meter, cost: this.#cost });
    this.#meter = meter;
    this.#sample = sampleOf(job);
    this.#clock = clock;
    this.#started = clock();
    this.#settings = new Settings(step);
    this.#best = new KeptWeights(step);
    this.#resumed = resumed;
  }

  /** The current settings. */
  get settings(): Readonly<Record<string, number>> {
    return this.#settings.now;
  }

  /** The batch size of the next steps. */
  get batch(): number {
    return this.#settings.now[BATCH_SETTING] ?? this.#job.batch;
  }

  get #seconds(): number {
    return this.#clock() - this.#started;
  }

  /** Counts a step that was enqueued. Its cost is known once costs are read. */
  stepped({ rows, mask }: Pick<Batch<Arrays, Arrays>, "rows" | "mask">, rate: number): void {
    // rows of weights are divided by what all rows count in the mean, and a batch counts by their number
    const positions = mask === undefined || isNamed(mask) || mask.shape.length === 1 ? undefined : mask;
    const counted = countedBy(positions, rows);
    this.#cost.add({ rows, counted, rate });
    this.stepOfEpoch += 1;
    this.rowOfEpoch += rows;
    this.steps += 1;
  }

  /**
   * Whether costs must be read before the next step: their buffer is full, or a change is due, which a failure may
   * precede.
   */
  mustRead(journal: readonly JournalEntry[]): boolean {
    return this.#cost.isFull || this.#settings.isDue(journal, this.steps);
  }

  /**
   * Reads the costs of the steps since the last time. False if one is not finite: then the state is that before this
   * step, since it and those after it have changed nothing.
   */
  async readCosts(): Promise<boolean> {
    const undone = await this.#cost.read();
    this.stepOfEpoch -= undone.length;
    this.rowOfEpoch -= undone.reduce((total, { rows }) => total + rows, 0);
    this.steps -= undone.length;
    return undone.length === 0;
  }

  /** The position of the next step in its epochs. */
  moment(endsEpoch: boolean): Moment {
    const { train, batch, stepsPerEpoch } = this.#job;
    const passed = this.epoch * stepsPerEpoch + this.rowOfEpoch / Math.min(batch, train.rows);
    return { epoch: this.epoch, passed, endsEpoch, measured: this.#measured };
  }

  /** Whether the time is up. */
  timeIsUp(): boolean {
    return this.#job.time !== Number.POSITIVE_INFINITY && this.#seconds >= this.#job.time;
  }

  /** Adds to the journal that the time was up here, since no seed reproduces that. */
  noteTime(): void {
    this.#settings.change({ step: this.steps, settings: {}, end: "time" });
  }

  /** Whether dev has not improved for as many epochs as the job's patience. */
  impatient(): boolean {
    return this.#job.dev !== undefined && this.epoch - (this.#bestRecord?.epoch ?? 0) >= this.#job.patience;
  }

  /**
   * Goes back, applies new settings and adds them to the journal. Throws `checkpoint/…` and what `checkSettings`
   * throws.
   */
  async change({ restore, settings = {}, stop = false }: Change): Promise<void> {
    const { batch } = this;
    this.#settings.check(settings);
    if (restore !== undefined) {
      await this.restore(restore);
      this.#settings.endReplay();
    }
    const ends = stop && !this.#stopped;
    this.#settings.change({ step: this.steps, settings, ...(ends ? { end: "stopped" } : {}) });
    this.#stopped ||= stop;
    this.moved ||= restore !== undefined || this.batch !== batch;
  }

  /**
   * Applies the changes of a journal that are due at this step and not applied yet. Returns whether the training ends
   * here.
   */
  goOn(journal: readonly JournalEntry[]): JournalEntry["end"] {
    if (this.#stopped) return "stopped";
    const { batch } = this;
    const end = this.#settings.replay(journal, this.steps);
    this.moved ||= this.batch !== batch;
    return end;
  }

  start(): StartEvent {
    const { variables } = this.step;
    const shapes = [...variables.parameters, ...variables.buffers].map(([path, { shape }]) => [path, shape] as const);
    const { train, dev, epochs, stepsPerEpoch, seed, notices } = this.#job;
    return {
      kind: "start",
      rows: { train: train.rows, dev: dev?.rows ?? 0 },
      parameters: [...variables.parameters.values()].reduce((total, { shape }) => total + elementsOf(shape), 0),
      shapes: Object.fromEntries(shapes),
      epochs,
      stepsPerEpoch,
      seed,
      settings: { ...this.settings },
      ranges: this.step.ranges,
      notices: [...notices, ...this.step.notices],
      ...(this.#resumed ? { resumed: { epoch: this.epoch, step: this.steps } } : {}),
    };
  }

  progress(): ProgressEvent {
    const { stepOfEpoch, rowOfEpoch, steps: step } = this;
    const [cost, rate, seconds] = [this.#cost.mean, this.#cost.rate, this.#seconds];
    return { kind: "progress", epoch: this.epoch + 1, stepOfEpoch, step, rowOfEpoch, cost, rate, seconds };
  }

  /** Evaluates, compares with the best so far and moves on to the next epoch; undefined when numbers are not finite. */
  async endEpoch(): Promise<EpochEvent | undefined> {
    const train = await this.#meter.measure(this.#sample);
    const dev = this.#job.dev === undefined ? undefined : await this.#meter.measure(this.#job.dev);
    if (finite(train) === null || (dev !== undefined && finite(dev) === null)) return undefined;
    const record = this.#endEpoch(train, dev);
    if (record.best) await this.#best.keep();
    return { kind: "epoch", ...record };
  }

  /**
   * Takes epochs that are one step each, and looks at them afterwards. False where they have to be taken one by one: then
   * nothing has changed.
   */
  async takeAhead(): Promise<boolean> {
    const ahead = this.batch < this.#job.batch ? undefined : this.#ahead;
    if (ahead === undefined || this.stepOfEpoch > 0) return false;
    const before = await this.#checkpoint(this.#statesBefore);
    this.#statesBefore = before.arrays;
    const { epoch, steps, settings } = this;
    const measured = this.#measured;
    const taken = await ahead.take({ epoch, steps, settings, measured, seconds: () => this.#seconds });
    if (taken === undefined) {
      this.#ahead = undefined;
      await this.restore(before);
      return false;
    }
    for (const { step, cost, train, seconds } of taken) {
      this.steps += 1;
      this.#cost.count(step, cost);
      this.#endEpoch(train, undefined, seconds);
    }
    await this.#best.keep();
    return true;
  }

  #endEpoch(train: Measures, dev: Measures | undefined, seconds = this.#seconds): EpochRecord {
    this.epoch += 1;
    const best = isPreferred(this.#job, dev, this.#bestRecord?.dev);
    const record: EpochRecord = {
      epoch: this.epoch,
      step: this.steps,
      cost: this.#cost.mean,
      train,
      ...(dev === undefined ? {} : { dev }),
      rate: this.#cost.rate,
      best,
      seconds,
    };
    this.#history.push(record);
    this.#measured.push(this.#costOf(record));
    if (best) this.#bestRecord = record;
    [this.stepOfEpoch, this.rowOfEpoch] = [0, 0];
    this.#cost.begin();
    return record;
  }

  #costOf({ train, dev = train }: Pick<EpochRecord, "train" | "dev">): number {
    return this.#job.measure === undefined ? dev.cost : decidingError(dev);
  }

  failed(tensor: string): Failure {
    const position = { step: this.steps + 1, epoch: this.epoch + 1, tensor, lastCost: this.#cost.last ?? null };
    return notFinite(position, paceOf(this.#job.optimizer, this.settings));
  }

  /** Restores the saved weights and evaluates them on all rows. Weights that ran away are a failure, as those that are not finite. */
  async end(ended: Reason, failed: Failure | undefined): Promise<EndEvent> {
    const weights = await this.#best.orPresent();
    this.#write(weights);
    const { train: rows, dev: devRows, seed } = this.#job;
    const train = await this.#meter.measure(rows);
    const failure = failed ?? (await this.#ranAway(train, weights));
    const reason = failure === undefined ? ended : "diverged";
    const best = failure === failed ? this.#bestRecord : undefined;
    const dev = devRows === undefined ? undefined : await this.#meter.measure(devRows);
    const run: AnyRun = {
      reason,
      history: this.#history,
      journal: [...this.#settings.journal],
      ...(best === undefined ? {} : { best }),
      epochs: this.epoch,
      steps: this.steps,
      seconds: this.#seconds,
      seed,
      ...(failure === undefined ? {} : { failure }),
      trained: await this.trained("best"),
      train,
      ...(dev === undefined ? {} : { dev }),
    };
    this.run = run;
    return { kind: "end", ...summaryOf(run), history: run.history, journal: run.journal };
  }

  /** The failure of a training that ran away. */
  async #ranAway(train: Measures, weights: ByPath<NdArray>): Promise<Failure | undefined> {
    const startCost = async (): Promise<number> => {
      this.#write(this.#best.initial);
      const { cost } = await this.#meter.measure(this.#job.train);
      this.#write(weights);
      return cost;
    };
    const pace = paceOf(this.#job.optimizer, this.settings);
    const known = { train, rows: this.#job.train, history: this.#history, startCost, pace };
    return await divergence({ step: this.steps, epoch: this.epoch }, known);
  }

  #write(weights: ByPath<NdArray>): void {
    for (const [path, tensor] of measuredStates(this.step))
      this.step.program.write(tensor, arrayFor(weights, path, sizeOf(tensor)));
  }

  /** The model with the saved weights, or with the last ones. */
  async trained(weights: "best" | "last"): Promise<AnyTrained> {
    return trainedBy(this.#job, weights === "best" ? await this.#best.orPresent() : await this.#read(this.step.states));
  }

  #read(states: ByPath<Tensor>): Promise<ByPath<NdArray>> {
    return this.step.program.readAll(states);
  }

  /** A checkpoint of the current state. */
  checkpoint(): Promise<Checkpoint> {
    this.#best.take();
    return this.#checkpoint();
  }

  /** The same, over the arrays of an earlier one that nobody needs any more. */
  async #checkpoint(into?: ByPath<NdArray>): Promise<Checkpoint> {
    const position: TrainingPosition = {
      format: 1,
      seed: this.#job.seed,
      rows: this.#job.train.rows,
      batch: this.#job.batch,
      epoch: this.epoch,
      stepOfEpoch: this.stepOfEpoch,
      rowOfEpoch: this.rowOfEpoch,
      step: this.steps,
      costs: { sum: this.#cost.sum, rows: this.#cost.counted },
      lastCost: this.#cost.last ?? null,
      settings: { ...this.settings },
      seconds: this.#seconds,
      // one that is made again and again does not copy what grows with each epoch
      history: into === undefined ? [...this.#history] : this.#history,
      ...(this.#settings.journal.length === 0 ? {} : { journal: [...this.#settings.journal] }),
    };
    return {
      arrays: new Map([...(await readStates(this.step, into)), ...prefixed(GROUPS.best, this.#best.peek())]),
      position,
    };
  }

  /** Goes back to a checkpoint and discards what came after it. Throws `checkpoint/format`, `checkpoint/mismatch`. */
  async restore(checkpoint: Checkpoint): Promise<void> {
    const { seed, batch, train } = this.#job;
    const position = positionFor(checkpoint, { seed, batch, rows: train.rows });
    const best = arraysOfGroup(checkpoint.arrays, GROUPS.best);
    const arrays = savedStates(checkpoint, this.step, this.#job.optimizer.every ?? 1);
    this.#settings.restore(position.settings, position.journal ?? []);
    for (const [tensor, array] of arrays) this.step.program.write(tensor, array);
    this.#best.set(best);
    this.#history = [...position.history];
    this.#measured = position.history.map((record) => this.#costOf(record));
    this.#bestRecord = position.history.findLast((record) => record.best);
    [this.epoch, this.stepOfEpoch, this.steps] = [position.epoch, position.stepOfEpoch, position.step];
    this.rowOfEpoch = position.rowOfEpoch ?? position.stepOfEpoch * Math.min(batch, train.rows);
    [this.#cost.sum, this.#cost.counted] = [position.costs.sum, position.costs.rows];
    this.#cost.last = position.lastCost ?? undefined;
    this.#started = this.#clock() - position.seconds;
  }
}

function sizeOf({ shape }: Tensor): Size {
  return shape as Size;
}
