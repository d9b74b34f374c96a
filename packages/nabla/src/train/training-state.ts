import { castArray, type NdArray } from "../array/ndarray.ts";
import { elementsOf } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { fork, permutation, seedKey } from "../base/random.ts";
import { type Examples, type StoredExamples, takeExamples } from "../data/examples.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { ByPath } from "../nn/model.ts";
import { arrayFor, type Checkpoint, GROUPS, group, type Place, placeFor, prefixed } from "./checkpoint.ts";
import { defaults } from "./defaults.ts";
import type { Change, EndEvent, EpochEvent, Failure, ProgressEvent, Reason, StartEvent } from "./events.ts";
import { badRow } from "./inspect.ts";
import type { ResolvedJob } from "./job.ts";
import { type Meter, meterFor } from "./measures.ts";
import type { EpochRecord, JournalEntry } from "./record.ts";
import { BATCH, Settings } from "./settings.ts";
import { type Moment, prepareStep, type TrainingStep } from "./step.ts";
import type { Trained } from "./trained.ts";

interface InitOptions {
  readonly resume: Checkpoint | undefined;
  readonly clock: () => number;
}

/** Where a training stands: everything that changes from step to step, and what is told of it. */
export class TrainingState {
  readonly step: TrainingStep;
  /** Epochs finished, steps done and rows learned from in the one going on, and steps in all. */
  epoch = 0;
  stepOfEpoch = 0;
  rowOfEpoch = 0;
  steps = 0;
  readonly #settings: Settings;
  /** What each finished epoch cost, on dev where there is one. */
  #measured: number[] = [];
  readonly #job: ResolvedJob;
  readonly #meter: Meter;
  readonly #sample: Examples | StoredExamples;
  readonly #clock: () => number;
  readonly #resumed: boolean;
  #history: EpochRecord[] = [];
  #best: ByPath<NdArray> | undefined;
  #bestRecord: EpochRecord | undefined;
  #sum = 0;
  #rows = 0;
  #rate = 0;
  #lastCost = Number.NaN;
  #started: number;

  static async init(job: ResolvedJob, options: InitOptions): Promise<TrainingState> {
    const step = await prepareStep(job);
    const kept = measuredStates(step);
    const meter = await meterFor({ ...job, kept }, job.train, { share: step.program });
    if (job.dev !== undefined) job.loss.admit(["batch", ...step.variables.shape], job.dev.targets);
    return new TrainingState(job, { step, meter }, options);
  }

  constructor(
    job: ResolvedJob,
    { step, meter }: { readonly step: TrainingStep; readonly meter: Meter },
    { resume, clock }: InitOptions,
  ) {
    this.#job = job;
    this.step = step;
    this.#meter = meter;
    this.#sample = sampleOf(job);
    this.#clock = clock;
    this.#started = clock();
    this.#settings = new Settings(step);
    this.#resumed = resume !== undefined;
    if (resume !== undefined) this.restore(resume);
  }

  /** Numbers that may change, as they are now. */
  get settings(): Readonly<Record<string, number>> {
    return this.#settings.now;
  }

  /** Rows of the steps to come. */
  get batch(): number {
    return this.#settings.now[BATCH] ?? this.#job.batch;
  }

  get #seconds(): number {
    return this.#clock() - this.#started;
  }

  /** Counts a step that was done. */
  stepped(cost: number, rows: number, rate: unknown): void {
    this.#sum += cost * rows;
    this.#rows += rows;
    this.#lastCost = cost;
    this.#rate = typeof rate === "number" ? rate : 0;
    this.stepOfEpoch += 1;
    this.rowOfEpoch += rows;
    this.steps += 1;
  }

  /** Where in its epochs the next step lies. */
  moment(endsEpoch: boolean): Moment {
    const { train, batch, stepsPerEpoch } = this.#job;
    const passed = this.epoch * stepsPerEpoch + this.rowOfEpoch / Math.min(batch, train.rows);
    return { epoch: this.epoch, passed, endsEpoch, measured: this.#measured };
  }

  /** Whether the time is up, which is noted down: no seed repeats it. */
  timeIsUp(): boolean {
    if (this.#job.time === Number.POSITIVE_INFINITY || this.#seconds < this.#job.time) return false;
    this.#settings.change({ step: this.steps, settings: {}, end: "time" });
    return true;
  }

  /** Whether dev has not become better for as many epochs as the job is willing to wait. */
  impatient(): boolean {
    return this.#job.dev !== undefined && this.epoch - (this.#bestRecord?.epoch ?? 0) >= this.#job.patience;
  }

  /** Goes back, takes new settings and notes them down. Throws `checkpoint/…` and what `checkSettings` throws. */
  change({ restore, settings = {}, stop }: Change): void {
    if (restore !== undefined) {
      this.restore(restore);
      this.#settings.endReplay();
    }
    this.#settings.change({ step: this.steps, settings, ...(stop === true ? { end: "stopped" } : {}) });
  }

  /** Makes the changes of a journal that are due at this step and were not made yet, and says if the training ended here. */
  replay(journal: readonly JournalEntry[]): JournalEntry["end"] {
    return this.#settings.replay(journal, this.steps);
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
    const cost = this.#sum / this.#rows;
    const checkpoint = (): Checkpoint => this.#checkpoint();
    return {
      kind: "progress",
      epoch: this.epoch + 1,
      stepOfEpoch,
      step,
      rowOfEpoch,
      cost,
      rate: this.#rate,
      seconds: this.#seconds,
      checkpoint,
    };
  }

  /** Measures, compares with the best so far and goes on to the next epoch; undefined when the numbers went wrong. */
  async endEpoch(): Promise<EpochEvent | undefined> {
    const train = await this.#meter.measure(this.#sample);
    const dev = this.#job.dev === undefined ? undefined : await this.#meter.measure(this.#job.dev);
    if (!Number.isFinite((dev ?? train).cost)) return undefined;
    this.epoch += 1;
    const before = this.#bestRecord?.dev;
    const best =
      dev === undefined ||
      before === undefined ||
      dev.error < before.error ||
      (dev.error === before.error && dev.cost < before.cost);
    const record: EpochRecord = {
      epoch: this.epoch,
      step: this.steps,
      cost: this.#sum / this.#rows,
      train,
      ...(dev === undefined ? {} : { dev }),
      rate: this.#rate,
      best,
      seconds: this.#seconds,
    };
    this.#history.push(record);
    this.#measured.push((dev ?? train).cost);
    if (best) {
      this.#best = this.#weights();
      this.#bestRecord = record;
    }
    [this.stepOfEpoch, this.rowOfEpoch, this.#sum, this.#rows] = [0, 0, 0, 0];
    return { kind: "epoch", ...record, checkpoint: () => this.#checkpoint(), trained: () => this.#trained() };
  }

  failed(tensor: string): Failure {
    const [step, epoch, lastCost] = [this.steps + 1, this.epoch + 1, this.#lastCost];
    const last = Number.isNaN(lastCost)
      ? "there was no good cost before"
      : `the last good cost was ${lastCost.toPrecision(4)}`;
    const message = `step ${step}, in epoch ${epoch}: ${tensor} is not finite; ${last}`;
    const hint = tensor.startsWith("inputs")
      ? "look at that row of the data"
      : `choose a lower rate than ${this.settings.rate}, or normalise the inputs`;
    return { step, epoch, tensor, lastCost, error: new NablaError("train/diverged", message, hint) };
  }

  /** Puts the kept weights in place and measures them on everything. */
  async end(reason: Reason, failure: Failure | undefined): Promise<EndEvent> {
    const weights = this.#kept();
    for (const [path, tensor] of measuredStates(this.step))
      this.step.program.write(tensor, arrayFor(weights, path, tensor.shape as readonly number[]));
    const { train, dev, seed } = this.#job;
    return {
      kind: "end",
      reason,
      history: this.#history,
      journal: [...this.#settings.journal],
      best: this.#bestRecord,
      trained: this.#trained(),
      train: await this.#meter.measure(train),
      ...(dev === undefined ? {} : { dev: await this.#meter.measure(dev) }),
      epochs: this.epoch,
      steps: this.steps,
      seconds: this.#seconds,
      seed,
      ...(failure === undefined ? {} : { failure }),
    };
  }

  #read(states: ByPath<Tensor>): ByPath<NdArray> {
    return new Map([...states].map(([path, tensor]) => [path, this.step.program.read(tensor)]));
  }

  #weights(): ByPath<NdArray> {
    return this.#read(measuredStates(this.step));
  }

  /** The best weights; before the first epoch has ended the present ones, or those of the beginning if they went wrong. */
  #kept(): ByPath<NdArray> {
    const present = this.#best ?? this.#weights();
    const good = [...present.values()].every((array) => badRow(array) < 0);
    const { parameters, buffers } = this.step.variables;
    return good ? present : new Map([...parameters, ...buffers]);
  }

  #trained(): Trained {
    const { model, loss, train } = this.#job;
    // the reference engine holds float64, a model float32
    const narrow = [...this.#kept()].map(([path, array]) => [path, castArray(array, "float32")] as const);
    return {
      model,
      loss,
      weights: new Map(narrow),
      shape: train.inputs.shape.slice(1),
      ...(train.classes === undefined ? {} : { classes: train.classes }),
    };
  }

  #checkpoint(): Checkpoint {
    const { states, averages, slots } = this.step;
    const place: Place = {
      format: 1,
      seed: this.#job.seed,
      rows: this.#job.train.rows,
      batch: this.#job.batch,
      epoch: this.epoch,
      stepOfEpoch: this.stepOfEpoch,
      rowOfEpoch: this.rowOfEpoch,
      step: this.steps,
      costs: { sum: this.#sum, rows: this.#rows },
      lastCost: Number.isNaN(this.#lastCost) ? null : this.#lastCost,
      settings: { ...this.settings },
      seconds: this.#seconds,
      history: [...this.#history],
      ...(this.#settings.journal.length === 0 ? {} : { journal: [...this.#settings.journal] }),
    };
    return {
      arrays: new Map([
        ...prefixed(GROUPS.model, this.#read(states)),
        ...prefixed(GROUPS.average, this.#read(averages)),
        ...prefixed(GROUPS.optimizer, this.#read(slots)),
        ...prefixed(GROUPS.best, this.#best ?? new Map()),
      ]),
      place: place as unknown as Json,
    };
  }

  /** Goes to where a checkpoint was taken, forgetting what came behind. Throws `checkpoint/format`, `checkpoint/mismatch`. */
  restore(checkpoint: Checkpoint): void {
    const { program, states: kept, averages, slots } = this.step;
    const { seed, batch, train } = this.#job;
    const place = placeFor(checkpoint, { seed, batch, rows: train.rows });
    const best = group(checkpoint.arrays, GROUPS.best);
    for (const [name, states] of [
      [GROUPS.model, kept],
      [GROUPS.average, averages],
      [GROUPS.optimizer, slots],
    ] as const) {
      const saved = group(checkpoint.arrays, name);
      for (const [path, tensor] of states)
        program.write(tensor, arrayFor(saved, path, tensor.shape as readonly number[]));
    }
    this.#best = best.size > 0 ? best : undefined;
    this.#history = [...place.history];
    this.#measured = place.history.map(({ train: own, dev }) => (dev ?? own).cost);
    this.#bestRecord = place.history.findLast((record) => record.best);
    this.#settings.restore(place.settings, place.journal ?? []);
    [this.epoch, this.stepOfEpoch, this.steps] = [place.epoch, place.stepOfEpoch, place.step];
    this.rowOfEpoch = place.rowOfEpoch ?? place.stepOfEpoch * Math.min(batch, train.rows);
    [this.#sum, this.#rows] = [place.costs.sum, place.costs.rows];
    this.#lastCost = place.lastCost ?? Number.NaN;
    this.#started = this.#clock() - place.seconds;
  }
}

/** The states that are measured and kept: the averages, where there are some. */
function measuredStates({ states, averages }: TrainingStep): ByPath<Tensor> {
  return averages.size === 0 ? states : averages;
}

/** The training rows that are measured behind every epoch: all, or a fixed sample as large as dev. */
function sampleOf({ train, dev, seed }: ResolvedJob): Examples | StoredExamples {
  const rows = Math.max(dev?.rows ?? 0, defaults.fewestMeasuredRows);
  if (rows >= train.rows) return train;
  return takeExamples(
    train,
    permutation(fork(seedKey(seed), "measured"), train.rows)
      .subarray(0, rows)
      .sort(),
  );
}
