import type { Json } from "nabla";
import type { Report, Trial } from "nabla/tune";
import type { PartRows, RunState, RunStatus } from "./run.ts";

/** What identifies a study before it starts. */
export interface StudyDraft {
  /** What people call it; no two studies of a store have one name. */
  readonly name: string;
  /** Space, goal, sampler, pruner, seed and round, as `Study.definition` gives them. */
  readonly definition: Json;
  /** The experiment that every trial changes. */
  readonly experiment: Json;
  /** How much is to be done: trials, finalists, repeats and the like. It may grow later. */
  readonly plan: Json;
  readonly data: { readonly path: string; readonly sha256: string };
  /** The version of nabla that started it. */
  readonly version: string;
  readonly task: string;
  readonly target: string;
  readonly rows: PartRows;
}

/** A study as stored. Times are ISO 8601 in UTC. */
export interface StoredStudy extends StudyDraft {
  readonly created: string;
  readonly updated: string;
  readonly status: RunStatus;
  /** The result so far: its hash, its best trial, its model. */
  readonly outcome?: Json;
  /** What the user notes down about it; nothing by default. */
  readonly notes?: string;
  /** In lists: something other than nabla changed the record, so that nothing it says can be trusted. */
  readonly changed?: true;
}

/** Which training of a study: the trial's number from 0, and its repeat, 0 for the trial itself. */
export interface TrialPlace {
  readonly number: number;
  /** Finalists are trained again with other seeds: 1, 2, … */
  readonly repeat: number;
}

/** A training that was requested: its position, the point of the space, and the hyperparameters there. */
export type TrialDraft = TrialPlace & Pick<Trial, "units" | "values">;

/** What a reader sees: a trial that nobody works on, or whose worker is dead, is `waiting`. */
export type TrialStatus = "waiting" | Trial["state"];

/** A trial as stored; its state is "running" until it has ended. */
export interface StoredTrial extends Trial, TrialPlace {
  readonly status: TrialStatus;
  /** How many attempts were started. */
  readonly attempt: number;
  /** When a thread last began to train it; absent where none did, and in trials of earlier versions. */
  readonly started?: string;
  /** When it came to its end; absent until then, and in trials of earlier versions. */
  readonly ended?: string;
  /** That process and its thread, as `workerText` names them; absent where there was none. */
  readonly worker?: string;
}

/** The right to work on a trial, until another attempt starts. */
export interface Claim extends TrialPlace {
  readonly study: string;
  readonly attempt: number;
}

/** What a worker reports while it works. */
export interface TrialHeartbeat {
  /** What was measured since the last one; nothing by default. */
  readonly reports?: readonly Report[];
  /** The thread of the process that begins with it now, from 0; nothing by default. */
  readonly thread?: number;
  /** The checkpoint the training can resume from, as bytes; replaces the one before. */
  readonly checkpoint?: Uint8Array;
}

/** The status a writer sets for its study. */
export type StudyState = Exclude<RunState, "running">;
