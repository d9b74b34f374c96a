/** A study that is being carried out: asks, orders, hears, tells. */
import type { Json } from "nabla";
import { type Asked, type AxisImportance, importance, type Optimism, optimism, type Trial } from "nabla/tune";
import { sha256 } from "../files/hash.ts";
import { toJsonText } from "../store/json-text.ts";
import type { RunStore } from "../store/run-store.ts";
import type { StoredTrial, TrialDraft, TrialPlace } from "../store/study.ts";
import type { StudyStore } from "../store/study-store.ts";
import type { Crew, CrewOrder } from "../workers/crew.ts";
import { markedRows, unpackMarks } from "../workers/marks.ts";
import type { TrialEnd, TrialStop } from "../workers/messages.ts";
import { endOf } from "../workers/results.ts";
import { Candidates } from "./candidates.ts";
import { Channel } from "./channel.ts";
import { bestTrials, decide, repeatSeed, varianceOf } from "./finalists.ts";
import { settledAt } from "./study-plan.ts";
import { Timekeeper } from "./timekeeper.ts";
import type { Decision, StudyEvent, StudyPlan, StudyResult } from "./tune-events.ts";

/** What carrying out a study needs beside its plan. */
export interface TuneOptions {
  readonly studies: StudyStore;
  readonly runs: RunStore;
  readonly crew: Crew;
  /** Stops the study where it can be gone on with. */
  readonly signal?: AbortSignal;
  /** Seconds for all of it, the winner's own training included. */
  readonly time?: number;
  /** Seconds that are gone already, as for reading the data. */
  readonly spent?: number;
  /** Where `.nabla` lies; default the working folder. */
  readonly folder?: string;
}

/** Seconds for deciding, saving and telling. */
const CLOSING = 1;

type Told =
  | { readonly event: StudyEvent }
  | { readonly place: TrialPlace; readonly end: TrialEnd | TrialStop }
  | { readonly error: unknown };

/** The trainings of a study and what is known of them. */
export class Search {
  readonly #plan: StudyPlan;
  readonly #options: TuneOptions;
  readonly #timekeeper: Timekeeper;
  readonly #channel = new Channel<Told>();
  /** What the trials came to, by number, and the repeats, by number and repeat. */
  readonly #ends = new Map<number, TrialEnd>();
  readonly #repeats = new Map<string, TrialEnd>();
  readonly #candidates = new Candidates();
  readonly #recorded: Set<string>;
  readonly #said = new Set<string>();
  #running = 0;

  constructor(plan: StudyPlan, options: TuneOptions, kept: readonly StoredTrial[]) {
    this.#plan = plan;
    this.#options = options;
    this.#recorded = new Set(kept.map(keyOf));
    for (const trial of kept) if (isEnded(trial)) this.#keep(trial, endOf(trial));
    const { time, spent = 0, signal, crew } = options;
    const limits = { ...(time === undefined ? {} : { time }), ...(signal === undefined ? {} : { signal }) };
    this.#timekeeper = new Timekeeper({ spent, stop: () => crew.stop(), ...limits });
  }

  /** All trials that are wanted, in rounds. Throws `tune/failing`. */
  async *trials(): AsyncGenerator<StudyEvent, void, undefined> {
    const { study, wanted } = this.#plan;
    let ended = 0;
    this.#timekeeper.reserve(this.#secondsBehind());
    for (;;) {
      const asked: Asked<unknown>[] = [];
      for (let next = this.#ask(); next !== undefined; next = this.#ask()) asked.push(next);
      const marksUpTo = this.#candidates.limit;
      await this.#order(
        asked.map(({ number, units, values, seed, pruning }) => {
          const settled = settledAt(this.#plan, values as Json, seed);
          return { draft: { number, repeat: 0, units, values: values as Json }, task: { settled, pruning, marksUpTo } };
        }),
      );
      if (this.#running === 0) return;
      const told = await this.#hear();
      if ("event" in told) yield told.event;
      else if (told.end.state !== "stopped") {
        const { place, end } = told;
        const { marks: _marks, measures: _measures, ...outcome } = end;
        study.tell(place.number, outcome);
        this.#keep(place, end);
        this.#timekeeper.reserve(this.#secondsBehind());
        yield { kind: "ended", ...place, end };
        ended += 1;
        if (ended % study.round === 0 || study.trials.length === wanted.trials) yield* this.#notices();
      }
    }
  }

  /** The finalists with other seeds, as far as the time allows. */
  async *repeats(): AsyncGenerator<StudyEvent, void, undefined> {
    const { wanted, study } = this.#plan;
    const finalists = this.#finalists();
    // what was kept back for this is free now
    this.#timekeeper.reserve(this.#winnerSeconds() + CLOSING);
    if (this.#timekeeper.over || finalists.length < 2 || wanted.repeats < 2) return;
    yield { kind: "finalists", numbers: finalists.map(({ number }) => number) };
    const drafts = Array.from({ length: wanted.repeats - 1 }, (_, i) => i + 1).flatMap((repeat) =>
      finalists.map(({ number, units, values }): TrialDraft => ({ number, repeat, units, values })),
    );
    await this.#order(
      drafts
        .filter((draft) => !this.#repeats.has(keyOf(draft)))
        .map((draft) => {
          const settled = settledAt(this.#plan, draft.values, repeatSeed(study.seed, draft.number, draft.repeat));
          return { draft, task: { settled, marksUpTo: Number.POSITIVE_INFINITY } };
        }),
    );
    while (this.#running > 0) {
      const told = await this.#hear();
      if ("event" in told) yield told.event;
      else if (told.end.state !== "stopped") {
        this.#keep(told.place, told.end);
        yield { kind: "ended", ...told.place, end: told.end };
      }
    }
  }

  /** What all of it came to; `undefined` for a decision where no trial came to its end. */
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
      seconds: this.#timekeeper.seconds,
      counts: { done: having("done"), pruned: having("pruned"), failed: having("failed"), left: having("running") },
      ...(decision === undefined ? {} : { decision }),
      ...(luck === undefined ? {} : { optimism: luck }),
      importance: importanceOf(study),
    };
  }

  /** The seconds that all of it took so far. */
  get seconds(): number {
    return this.#timekeeper.seconds;
  }

  /** Stops what is going on, and waits until the store knows. */
  async end(): Promise<void> {
    this.#timekeeper.end();
    this.#options.crew.stop();
    while (this.#running > 0) await this.#hear().catch(() => {});
  }

  #ask(): Asked<unknown> | undefined {
    const { study, wanted } = this.#plan;
    return this.#timekeeper.over ? undefined : study.ask(wanted.trials);
  }

  async #order(orders: readonly { readonly draft: TrialDraft; readonly task: CrewOrder["task"] }[]): Promise<void> {
    const { studies, crew } = this.#options;
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
      let begun = false;
      const heard: CrewOrder["heard"] = ({ reports, share }) => {
        this.#channel.push({
          event: begun ? { kind: "signal", ...place, reports, share } : { kind: "begun", ...place },
        });
        begun = true;
      };
      crew.train({ study: name, ...place, task, heard }).then(
        (end) => this.#channel.push({ place, end }),
        (error: unknown) => this.#channel.push({ error }),
      );
    }
  }

  async #hear(): Promise<Exclude<Told, { readonly error: unknown }>> {
    const told = await this.#channel.next();
    if ("event" in told) return told;
    this.#running -= 1;
    if ("error" in told) throw told.error;
    return told;
  }

  #keep(place: TrialPlace, end: TrialEnd): void {
    // the study has the reports already
    const { marks, ...kept } = { ...end, reports: [] };
    if (place.repeat > 0) this.#repeats.set(keyOf(place), { ...kept, ...(marks === undefined ? {} : { marks }) });
    else {
      this.#ends.set(place.number, kept);
      if (marks !== undefined && end.value !== undefined)
        this.#candidates.add({ number: place.number, end: { ...kept, marks } });
    }
  }

  *#notices(): Generator<StudyEvent, void, undefined> {
    for (const said of this.#plan.study.shown().notices) {
      if (this.#said.has(said)) continue;
      this.#said.add(said);
      yield { kind: "notice", said };
    }
  }

  #finalists(): readonly Trial[] {
    return bestTrials(this.#plan.study, this.#ends, Math.max(1, this.#plan.wanted.finalists));
  }

  #winnerSeconds(): number {
    // looked at after every trial, and only where time is short
    const { best } = this.#options.time === undefined ? {} : this.#plan.study;
    const seconds = best === undefined ? 0 : (this.#ends.get(best.number)?.seconds ?? 0);
    return seconds * 1.3;
  }

  /** What repeats and the winner's own training will take, as far as can be told. */
  #secondsBehind(): number {
    const { finalists, repeats } = this.#plan.wanted;
    const turns = Math.ceil((finalists * (repeats - 1)) / this.#options.crew.size);
    return this.#winnerSeconds() * (turns + 1) + CLOSING;
  }

  #decide(): Decision | undefined {
    const finalists = this.#finalists();
    const { prepared, facts, wanted } = this.#plan;
    if (finalists.length === 0) return undefined;
    const repeated = finalists.map(({ number, values }) => {
      const own = this.#candidates.get(number) ?? this.#ends.get(number);
      const others = Array.from({ length: Math.max(0, wanted.repeats - 1) }, (_, i) =>
        this.#repeats.get(keyOf({ number, repeat: i + 1 })),
      );
      const ends = [own, ...others].filter((end) => end !== undefined && end.state === "done");
      return { number, values, ends: ends as readonly TrialEnd[] };
    });
    return decide(repeated, prepared.dev, facts.task);
  }

  #optimism(): Optimism | undefined {
    const { prepared, facts, study } = this.#plan;
    const { rows } = markedRows(prepared.dev, facts.task);
    // in the order of their numbers: of equals the first is taken, and merit on all rows must have no say in that
    const candidates = this.#candidates.all.toSorted((a, b) => a.number - b.number);
    const mistakes = candidates.flatMap(({ end: { marks } }) =>
      marks === undefined ? [] : [unpackMarks(marks, rows, facts.task)],
    );
    const scale = facts.task === "regression" ? varianceOf(prepared.dev) : 1;
    return optimism(mistakes, { scale, seed: study.seed });
  }
}

/** Trials that are few tell nothing of what mattered. */
const FEWEST_TOLD = 20;

/** What mattered, where there are trials enough to tell. */
function importanceOf(study: StudyPlan["study"]): readonly AxisImportance[] {
  const finished = study.trials.filter(({ state }) => state !== "running").length;
  return finished < FEWEST_TOLD ? [] : importance(study, { seed: study.seed }).axes;
}

function isEnded({ status }: StoredTrial): boolean {
  return status !== "waiting" && status !== "running";
}

function keyOf({ number, repeat }: TrialPlace): string {
  return `${number}.${repeat}`;
}
