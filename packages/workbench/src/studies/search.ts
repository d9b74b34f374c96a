/** A running study: asks for trials, submits them, receives and stores their results. */
import type { Json } from "nabla";
import { toJsonText } from "nabla/fields";
import { quantileOf } from "nabla/statistics";
import { type Asked, type AxisImportance, importance, type Optimism, optimism, type Trial } from "nabla/tune";
import { withMembers } from "../experiment/folds.ts";
import { sha256 } from "../host/hash.ts";
import type { RunStore } from "../store/run-store.ts";
import type { StoredTrial, TrialDraft, TrialPlace } from "../store/study.ts";
import type { StudyStore } from "../store/study-store.ts";
import { Candidates } from "./candidates.ts";
import { EventQueue } from "./event-queue.ts";
import { bestTrials, decide, repeatSeed } from "./finalists.ts";
import { comparedRows, rowScale, unpackRowErrors } from "./row-errors.ts";
import { bestTrialOf, type Decision, type StudyEvent, type StudyPlan, type StudyResult } from "./study-events.ts";
import { settledAt, studyMeasure } from "./study-plan.ts";
import { TimeBudget } from "./time-budget.ts";
import { endOf, type TrialEnd, type TrialStop } from "./trial.ts";
import type { TrialExecutor, TrialTask } from "./trial-executor.ts";

/** What running a study needs in addition to its plan. */
export interface TuneOptions {
  readonly studies: StudyStore;
  readonly runs: RunStore;
  readonly executor: TrialExecutor;
  /** Stops the study where it can be resumed. Default: it runs to its end. */
  readonly signal?: AbortSignal;
  /** Seconds for all of it, the winner's own training included. Default: no limit. */
  readonly time?: number;
  /** Seconds already spent, as for reading the data; 0 by default. */
  readonly spent?: number;
  /** Where `.nabla` lies; default the working folder. */
  readonly folder?: string;
}

/** Seconds for deciding, saving and telling. */
const CLOSING = 1;
/** The part of the time for trials after which the first of them ends with what it has. */
const CUT = 0.9;

type Told =
  | { readonly event: StudyEvent }
  | { readonly place: TrialPlace; readonly end: TrialEnd | TrialStop }
  | { readonly error: unknown };

/** The trainings of a study and what is known of them. */
export class Search {
  readonly #plan: StudyPlan;
  readonly #options: TuneOptions;
  readonly #budget: TimeBudget;
  readonly #channel = new EventQueue<Told>();
  /** The results of the trials, by number, and of the repeats, by number and repeat. */
  readonly #results = new Map<number, TrialEnd>();
  readonly #repeats = new Map<string, TrialEnd>();
  readonly #candidates = new Candidates();
  readonly #recorded: Set<string>;
  readonly #messages = new Set<string>();
  /** Networks that a run trains. */
  readonly #networks: number;
  #running = 0;
  /** Whether the defaults are trained with a limit of their own, and whether to stop the others once they have ended. */
  #startRuns = false;
  #isDue = false;

  constructor(plan: StudyPlan, options: TuneOptions, kept: readonly StoredTrial[]) {
    this.#plan = plan;
    this.#options = options;
    const { experiment, parts, study } = plan;
    this.#networks = withMembers(experiment, settledAt(plan, study.start ?? {}, study.seed), parts).members;
    this.#recorded = new Set(kept.map(keyOf));
    for (const trial of kept) {
      const end = endOf(trial);
      if (end !== undefined) this.#keep(trial, end);
    }
    const { time, spent = 0, signal } = options;
    const limits = { ...(time === undefined ? {} : { time }), ...(signal === undefined ? {} : { signal }) };
    this.#budget = new TimeBudget({ spent, stop: () => this.#stopTrials(), ...limits });
  }

  /** All trials that are wanted, in rounds. Throws `tune/failing`. */
  async *trials(): AsyncGenerator<StudyEvent, void, undefined> {
    const { study, wanted } = this.#plan;
    let ended = 0;
    this.#budget.reserve(this.#secondsBehind());
    const { start } = study;
    for (;;) {
      const asked: Asked<unknown>[] = [];
      for (let next = this.#ask(); next !== undefined; next = this.#ask()) asked.push(next);
      const marksUpTo = this.#candidates.limit;
      await this.#submit(
        asked.map(({ number, units, values, seed, pruning }) => {
          const settled = settledAt(this.#plan, values as Json, seed);
          // the defaults have a result even where they take all of the time: what they came to by then
          const isCut = number === 0 && start !== undefined && Number.isFinite(this.#budget.left);
          const resolved = isCut ? { ...settled, time: Math.max(0.1, CUT * this.#budget.left) } : settled;
          return {
            draft: { number, repeat: 0, units, values: values as Json },
            task: { settled: resolved, pruning, marksUpTo },
          };
        }),
      );
      if (this.#running === 0) return;
      const told = await this.#receive();
      if ("event" in told) yield told.event;
      else if (told.end.state !== "stopped") {
        const { place, end } = told;
        const { measures: _, ...outcome } = end;
        study.tell(place.number, outcome);
        if (place.number === 0) this.#startRuns = false;
        if (this.#isDue && !this.#startRuns) this.#stopTrials();
        this.#keep(place, end);
        this.#budget.reserve(this.#secondsBehind());
        yield { kind: "ended", ...place, end: withoutRows(end), ...bestTrialOf(study) };
        ended += 1;
        if (ended % study.round === 0 || study.trials.length === wanted.trials) yield* this.#notices();
      }
    }
  }

  /** The finalists with other seeds, as far as the time allows. */
  async *repeats(): AsyncGenerator<StudyEvent, void, undefined> {
    const { wanted, study } = this.#plan;
    const finalists = this.#finalists();
    // the time reserved for this is free now
    this.#budget.reserve(this.#winnerSeconds() * (wanted.finalists + 1) * this.#networks + CLOSING);
    if (this.#budget.over || finalists.length < 2 || wanted.repeats < 2) return;
    yield { kind: "finalists", numbers: finalists.map(({ number }) => number) };
    const drafts = Array.from({ length: wanted.repeats - 1 }, (_, i) => i + 1).flatMap((repeat) =>
      finalists.map(({ number, units, values }): TrialDraft => ({ number, repeat, units, values })),
    );
    await this.#submit(
      drafts
        .filter((draft) => !this.#repeats.has(keyOf(draft)))
        .map((draft) => {
          const resolved = settledAt(this.#plan, draft.values, repeatSeed(study.seed, draft.number, draft.repeat));
          return { draft, task: { settled: resolved, marksUpTo: Number.POSITIVE_INFINITY } };
        }),
    );
    while (this.#running > 0) {
      const told = await this.#receive();
      if ("event" in told) yield told.event;
      else if (told.end.state !== "stopped") {
        this.#keep(told.place, told.end);
        yield { kind: "ended", ...told.place, end: withoutRows(told.end), ...bestTrialOf(study) };
      }
    }
  }

  /** The result of the search; `undefined` for a decision where no trial was finished. */
  result(): Omit<StudyResult, "run" | "model"> {
    const { study } = this.#plan;
    const { studies, signal } = this.#options;
    const decision = this.#decide();
    const luck = decision === undefined ? undefined : this.#optimism();
    const having = (state: Trial["state"]): number => study.trials.filter((trial) => trial.state === state).length;
    return {
      plan: this.#plan,
      store: studies.place,
      hash: sha256(toJsonText(study.record())),
      state: signal?.aborted === true ? "stopped" : "finished",
      seconds: this.#budget.seconds,
      counts: { done: having("done"), pruned: having("pruned"), failed: having("failed"), left: having("running") },
      ...(decision === undefined ? {} : { decision }),
      ...(luck === undefined ? {} : { optimism: luck }),
      importance: importanceOf(study),
    };
  }

  /** The seconds that all of it took so far. */
  get seconds(): number {
    return this.#budget.seconds;
  }

  /** Stops what is going on, and waits until the store knows. */
  async end(): Promise<void> {
    this.#budget.end();
    this.#options.executor.stop();
    while (this.#running > 0) await this.#receive().catch(() => {});
  }

  /** Stops what is going on; where the time is up, the defaults first come to the end that their own limit sets. */
  #stopTrials(): void {
    const { signal, executor } = this.#options;
    this.#isDue = this.#startRuns && signal?.aborted !== true;
    if (!this.#isDue) executor.stop();
  }

  #ask(): Asked<unknown> | undefined {
    const { study, wanted } = this.#plan;
    const { over, left } = this.#budget;
    // one that would be cut off is no result
    return over || this.#trialSeconds() > left ? undefined : study.ask(wanted.trials);
  }

  async #submit(orders: readonly { readonly draft: TrialDraft; readonly task: TrialTask["task"] }[]): Promise<void> {
    const { studies, executor } = this.#options;
    const { name } = this.#plan;
    const fresh = orders.filter(({ draft }) => !this.#recorded.has(keyOf(draft)));
    if (fresh.length > 0) {
      await studies.ask(
        name,
        fresh.map(({ draft }) => draft),
      );
    }
    for (const { draft, task } of orders) {
      const place = { number: draft.number, repeat: draft.repeat };
      this.#recorded.add(keyOf(place));
      this.#running += 1;
      if (place.number === 0 && task.settled.time !== undefined) this.#startRuns = true;
      let begun = false;
      const onChange: TrialTask["onChange"] = ({ reports, share }) => {
        this.#channel.push({
          event: begun ? { kind: "signal", ...place, reports, share } : { kind: "begun", ...place },
        });
        begun = true;
      };
      executor.submit({ study: name, ...place, task, onChange }).then(
        (end) => this.#channel.push({ place, end }),
        (error: unknown) => this.#channel.push({ error }),
      );
    }
  }

  async #receive(): Promise<Exclude<Told, { readonly error: unknown }>> {
    const told = await this.#channel.next();
    if ("event" in told) return told;
    this.#running -= 1;
    if ("error" in told) throw told.error;
    return told;
  }

  #keep(place: TrialPlace, end: TrialEnd): void {
    // the study has the reports already
    const kept = { ...end, reports: [] };
    if (place.repeat > 0) {
      this.#repeats.set(keyOf(place), kept);
      return;
    }
    // the defaults are compared with others even where many are better
    const isStart = place.number === 0 && this.#plan.study.start !== undefined;
    this.#results.set(place.number, isStart ? kept : withoutRows(kept));
    if (kept.measures?.rowErrors !== undefined && kept.value !== undefined)
      this.#candidates.add({ number: place.number, end: kept });
  }

  *#notices(): Generator<StudyEvent, void, undefined> {
    for (const message of this.#plan.study.shown().notices) {
      if (this.#messages.has(message)) continue;
      this.#messages.add(message);
      yield { kind: "notice", message };
    }
  }

  /** The best trials, and the defaults whatever they came to. */
  #finalists(): readonly Trial[] {
    const { study, wanted } = this.#plan;
    const best = bestTrials(study, this.#results, Math.max(1, wanted.finalists));
    const first = study.start === undefined ? [] : study.trials.slice(0, 1);
    return [...best, ...first.filter((trial) => trial.state === "done" && !best.includes(trial))];
  }

  #winnerSeconds(): number {
    // inspected after every trial, and only where time is short
    const { best } = this.#options.time === undefined ? {} : this.#plan.study;
    const seconds = best === undefined ? 0 : (this.#results.get(best.number)?.seconds ?? 0);
    return seconds * 1.3;
  }

  /** What a trial takes, as far as that is known. */
  #trialSeconds(): number {
    const done = [...this.#results.values()].filter(({ state }) => state === "done").map(({ seconds }) => seconds);
    return done.length === 0 ? 0 : quantileOf(done, 0.75);
  }

  /** The estimated time of the repeats, and of the finalists with all their networks; unknown before a trial has ended. */
  #secondsBehind(): number {
    const { finalists, repeats } = this.#plan.wanted;
    if (this.#results.size === 0) return Number.POSITIVE_INFINITY;
    const turns = Math.ceil((finalists * (repeats - 1)) / this.#options.executor.size);
    return this.#winnerSeconds() * (turns + (finalists + 1) * this.#networks) + CLOSING;
  }

  #decide(): Decision | undefined {
    const finalists = this.#finalists();
    const { prepared, facts, wanted } = this.#plan;
    if (finalists.length === 0) return undefined;
    const repeated = finalists.map(({ number, values }) => {
      const own = this.#candidates.get(number) ?? this.#results.get(number);
      const others = Array.from({ length: Math.max(0, wanted.repeats - 1) }, (_, i) =>
        this.#repeats.get(keyOf({ number, repeat: i + 1 })),
      );
      const ends = [own, ...others].filter((end) => end !== undefined && end.state === "done");
      return { number, values, results: ends as readonly TrialEnd[] };
    });
    const { start } = this.#plan.study;
    return decide(repeated, prepared.dev, {
      task: facts.task,
      measure: studyMeasure(this.#plan),
      ...(start === undefined ? {} : { preferred: 0 }),
    });
  }

  #optimism(): Optimism | undefined {
    const { prepared, facts, study } = this.#plan;
    const { rows } = comparedRows(prepared.dev, facts.task);
    const about = { task: facts.task, measure: studyMeasure(this.#plan) };
    // in the order of their numbers: of ties the first wins, and the error on all rows must not influence that
    const candidates = this.#candidates.all.toSorted((a, b) => a.number - b.number);
    const mistakes = candidates.flatMap(({ end: { measures } }) =>
      measures?.rowErrors === undefined ? [] : [unpackRowErrors(measures.rowErrors, rows, about)],
    );
    const scale = rowScale(about.measure, { task: facts.task, targets: prepared.dev.targets });
    return optimism(mistakes, { scale, seed: study.seed });
  }
}

/** Too few trials cannot show what mattered. */
const FEWEST_TOLD = 20;

/** Importance of the hyperparameters, where there are enough trials to estimate it. */
function importanceOf(study: StudyPlan["study"]): readonly AxisImportance[] {
  const finished = study.trials.filter(({ state }) => state !== "running").length;
  return finished < FEWEST_TOLD ? [] : importance(study, { seed: study.seed }).axes;
}

/** A result without its row errors, which are not needed for most trials. */
function withoutRows(end: TrialEnd): TrialEnd {
  if (end.measures === undefined) return end;
  const { rowErrors: _, ...measures } = end.measures;
  return { ...end, measures };
}

function keyOf({ number, repeat }: TrialPlace): string {
  return `${number}.${repeat}`;
}
