/** A study: numbered trials of one search space, in rounds that do not depend on which worker runs them. */
import { describe } from "../base/described.ts";
import { NablaError } from "../base/error.ts";
import { kindReaders } from "../base/family.ts";
import { field, type OptionsOf, readFields, wholeNumber, word } from "../base/field.ts";
import type { Json } from "../base/json.ts";
import { fork, type Key, seedKey } from "../base/random.ts";
import { inRange } from "../base/range.ts";
import { isRecord, kindType } from "../base/value-type.ts";
import { type Pruner, pruningFor } from "./pruner.ts";
import { none } from "./pruners/none.ts";
import { pruners } from "./pruners.ts";
import { type Asked, type Objective, runAll, type Summary } from "./run.ts";
import type { Question, Sampler, Shown } from "./sampler.ts";
import { random } from "./samplers/random.ts";
import { samplers } from "./samplers.ts";
import { type Axis, axesOf, type Space, type Units, type ValuesOf } from "./space.ts";
import { spaceFrom, spaceToJson } from "./space-json.ts";
import { unitsOf, valuesAt } from "./space-values.ts";
import { costOf, GOALS, type Goal, readTrial, type Trial, type TrialOutcome } from "./trial.ts";

/** What decides a study besides its space. */
export const searchFields = {
  goal: word(GOALS, { default: "minimize", source: "costs and errors", help: "whether low or high values are good" }),
  sampler: field(kindType<Sampler>("sampler", "ask"), {
    default: random(),
    source: "Bergstra and Bengio 2012",
    help: "how trials are chosen",
  }),
  pruner: field(kindType<Pruner>("pruner", "standards"), {
    default: none(),
    source: "off",
    help: "what ends trials early",
  }),
  seed: wholeNumber({ atLeast: 0, default: 1, source: "any number", help: "decides everything random" }),
  round: wholeNumber({
    atLeast: 1,
    default: 8,
    source: "so many can run at a time",
    help: "trials that are chosen on the same knowledge",
  }),
  failures: wholeNumber({
    atLeast: 1,
    default: 5,
    source: "a broken set-up fails at once",
    help: "failures in a row that end the study",
  }),
};

/** What decides a study. */
export interface StudyOptions<S extends Space> extends OptionsOf<typeof searchFields> {
  readonly space: S;
  /**
   * Values that a training has by default, as a trial has them; some may be missing. They are the first trial, and
   * samplers that learn search from there. Default: none, and all trials are drawn.
   */
  readonly start?: Json;
}

/** Makes a study. Throws `tune/name` and `options/range`. */
export function study<const S extends Space>(options: StudyOptions<S>): Study<ValuesOf<S>> {
  return new Study<ValuesOf<S>>(options);
}

const families = /* @__PURE__ */ kindReaders({ sampler: samplers, pruner: pruners });

/** A study without trials from its definition. Throws as `spaceFrom`, `samplerFrom` and `prunerFrom`. */
export function studyFrom(definition: Json, place = "study"): Study<Json> {
  const { kind, space, start, ...options } = isRecord(definition) ? definition : {};
  if (kind !== "study") {
    const message = `${place}: expected the definition of a study, received ${JSON.stringify(definition)?.slice(0, 80)}`;
    throw new NablaError("options/kind", message);
  }
  const values = readFields(searchFields, options, { place, keys: [], families });
  const first = start === undefined ? {} : { start: start as Json };
  return new Study<Json>({ space: spaceFrom((space ?? null) as Json, `${place} › space`), ...first, ...values });
}

function keyOf(study: number, number: number): Key {
  return fork(seedKey(study), `trial ${number}`);
}

/** The seed of everything random in a trial: it follows from the study's seed and the trial's number. */
export function trialSeed(study: number, number: number): number {
  return fork(keyOf(study, number), "training").seed[0];
}

/**
 * An ask-and-tell study without clock, files or threads. Trial n is suggested, and pruned, by the results of
 * earlier rounds, all finished, and by (seed, n): with one worker or many, killed or not, the trials are the same.
 */
export class Study<V> {
  readonly space: Space;
  readonly axes: readonly Axis[];
  readonly start: Json | undefined;
  readonly goal: Goal;
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  readonly seed: number;
  readonly round: number;
  readonly failures: number;
  readonly #startUnits: Units | undefined;
  readonly #trials: Trial[] = [];
  /** Trial numbers below the last one that must be suggested again, in order. */
  #again: number[] = [];
  /** How many trials from the first on have ended, and how many of the last of them failed in a row. */
  #settled = 0;
  #failedInRow = 0;
  #visible: readonly Trial[] = [];

  constructor(options: StudyOptions<Space>) {
    const { space, start, ...rest } = options;
    const { goal, sampler, pruner, seed, round, failures } = readFields(searchFields, rest, {
      place: "study",
      keys: [],
      families: {},
    });
    this.space = space;
    this.axes = axesOf(space);
    this.start = start;
    this.#startUnits = start === undefined ? undefined : unitsOf(space, start);
    this.goal = goal;
    this.sampler = sampler;
    this.pruner = pruner;
    this.seed = seed;
    this.round = round;
    this.failures = failures;
  }

  /** Every trial that was suggested, by number. */
  get trials(): readonly Trial[] {
    return this.#trials;
  }

  /** What decides the trials, as plain data: `studyFrom` makes the study again. */
  get definition(): { readonly [name: string]: Json } {
    const { space, start, goal, sampler, pruner, seed, round } = this;
    const parts = { space: spaceToJson(space), sampler: describe(sampler), pruner: describe(pruner) };
    return { kind: "study", goal, seed, round, ...parts, ...(start === undefined ? {} : { start }) };
  }

  /** The trial with the best value of those that came to their end, the first of equals. */
  get best(): Summary<V>["best"] {
    let best: Trial | undefined;
    for (const trial of this.#trials)
      if (trial.state === "done" && this.#costOf(trial) < this.#costOf(best)) best = trial;
    return best as Summary<V>["best"];
  }

  #costOf(trial: Trial | undefined): number {
    return trial?.value === undefined ? Number.POSITIVE_INFINITY : costOf(trial.value, this.goal);
  }

  /**
   * The next trial, below number `count`: one of those that must run again, or a new one. Undefined while earlier
   * rounds are not finished, and where there is none. Throws `tune/failing` after too many failures in a row.
   */
  ask(count = Number.POSITIVE_INFINITY): Asked<V> | undefined {
    if (this.#failedInRow >= this.failures) throw this.#failing();
    const number = this.#again[0] ?? this.#trials.length;
    const first = number - (number % this.round);
    if (number >= count || this.#settled < first) return undefined;
    this.#again.shift();
    if (this.#visible.length !== first) this.#visible = this.#trials.slice(0, first);
    const { goal, axes, round } = this;
    const start = this.#startUnits;
    const studyKey = seedKey(this.seed);
    const key = keyOf(this.seed, number);
    const trials = this.#visible;
    const trial = this.#trials[number] ?? this.#propose({ axes, trials, number, start, round, goal, key, studyKey });
    this.#trials[number] = trial;
    const seed = trialSeed(this.seed, number);
    const pruning = pruningFor(this.pruner, { trials, number, goal });
    return { number, values: trial.values as V, units: trial.units, seed, pruning };
  }

  #propose(question: Question): Trial {
    const { space, start, sampler } = this;
    const values =
      start !== undefined && question.number === 0 ? start : (valuesAt(space, sampler.ask(question)) as Json);
    return { number: question.number, values, units: unitsOf(space, values), state: "running", reports: [] };
  }

  /** Records the result of a trial. A non-finite value is a failure. Throws `tune/told` if it is not running. */
  tell(number: number, outcome: TrialOutcome): void {
    const trial = this.#trials[number];
    if (trial?.state !== "running" || this.#again.includes(number)) {
      const state = trial === undefined ? "was never asked for" : `is ${trial.state}`;
      throw new NablaError("tune/told", `trial ${number} ${state}: nothing can be told of it`);
    }
    this.#trials[number] = { ...trial, ...honest(outcome) };
    this.#settle();
  }

  /**
   * Restores the trials of an earlier process. Finished ones count as they are, running and missing ones are suggested
   * again, with the same number and values. The space may have been widened or extended since: `defaults` by path are
   * what was used before a hyperparameter was searched. Throws `tune/told` where the study has trials already, and
   * `record/field` for a trial that lacks something.
   */
  restore(trials: readonly Trial[], defaults: { readonly [path: string]: Json } = {}): void {
    if (this.#trials.length > 0)
      throw new NablaError("tune/told", `a study takes up trials before it asks, and has ${this.#trials.length}`);
    const kept = new Map(trials.map((trial) => [trial.number, trial]));
    const count = Math.max(-1, ...kept.keys()) + 1;
    for (let number = 0; number < count; number++) {
      const trial = kept.get(number);
      if (trial === undefined || trial.state === "running") this.#again.push(number);
      if (trial === undefined) continue;
      const found = readTrial(trial, `trial ${number}`);
      const units = unitsOf(this.space, found.values, defaults);
      this.#trials[number] = { ...found, units, ...(found.state === "running" ? { reports: [] } : {}) };
    }
    this.#settle();
  }

  /** Carries out trials until the study has `count`. Throws `tune/failing`. */
  async run(
    count: number,
    objective: Objective<V>,
    { concurrency = 1 }: { readonly concurrency?: number } = {},
  ): Promise<Summary<V>> {
    inRange("concurrency", concurrency, { atLeast: 1, whole: true });
    await runAll(this, inRange("count", count, { atLeast: 0, whole: true }), objective, concurrency);
    return this.summary();
  }

  /** The status of the study. */
  summary(): Summary<V> {
    const having = (state: Trial["state"]): number => this.#trials.filter((trial) => trial.state === state).length;
    const counts = { done: having("done"), pruned: having("pruned"), failed: having("failed") };
    return { trials: this.#trials, best: this.best, ...counts };
  }

  /** The region the sampler searches now, and what the user should know about it. */
  shown(): Shown {
    const { axes, goal, round } = this;
    const trials = this.#trials.slice(0, this.#settled - (this.#settled % round));
    const nothing = { boxes: [], notices: [] };
    return (
      this.sampler.shows?.({ axes, trials, start: this.#startUnits, round, goal, studyKey: seedKey(this.seed) }) ??
      nothing
    );
  }

  /** Everything that must be equal for any number of workers: the definition, and what each trial was and gave. */
  record(): Json {
    const trials = this.#trials.map(({ number, values, state, value, reports }) => {
      const plain = reports.map((report) => [report.step, Number.isFinite(report.value) ? report.value : null]);
      return { number, values, state, value: value ?? null, reports: plain };
    });
    return { definition: this.definition, trials };
  }

  #settle(): void {
    while (this.#failedInRow < this.failures) {
      const trial = this.#trials[this.#settled];
      if (trial === undefined || trial.state === "running") return;
      this.#failedInRow = trial.state === "failed" ? this.#failedInRow + 1 : 0;
      this.#settled++;
    }
  }

  #failing(): NablaError {
    const reasons = this.#trials.slice(this.#settled - this.failures, this.#settled).map(({ reason }) => reason ?? "?");
    const times = (reason: string): number => reasons.filter((other) => other === reason).length;
    const common = reasons.reduce((most, reason) => (times(reason) > times(most) ? reason : most));
    const message = `${this.failures} trials in a row failed, ${times(common)} of them with: ${common}`;
    return new NablaError("tune/failing", message, "mend the cause, or let more fail by `failures`");
  }
}

function honest(outcome: TrialOutcome): TrialOutcome {
  const { state, value } = outcome;
  if (state !== "done" || (value !== undefined && Number.isFinite(value))) return outcome;
  const { value: _, ...rest } = outcome;
  return { ...rest, state: "failed", reason: value === undefined ? "it has no value" : `its value is ${value}` };
}
