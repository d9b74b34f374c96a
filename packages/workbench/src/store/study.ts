import type { Json } from "nabla";
import type { Report, Trial } from "nabla/tune";
import type { PartRows, RunState, RunStatus } from "./run.ts";

/** What a study is known by before it begins. */
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
  /** The version of nabla that began it. */
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
  readonly notes?: string;
}

/** Which training of a study: the trial's number from 0, and its repeat, 0 for the trial itself. */
export interface TrialPlace {
  readonly number: number;
  /** Finalists are trained again with other seeds: 1, 2, … */
  readonly repeat: number;
}

/** A training that has been asked for: its place, the point of the space, and the hyperparameters there. */
export type TrialDraft = TrialPlace & Pick<Trial, "units" | "values">;

/** What a reader sees: a trial that nobody works on, or whose worker is dead, is `waiting`. */
export type TrialStatus = "waiting" | Trial["state"];

/** A trial as stored; its state is "running" until it has ended. */
export interface StoredTrial extends Trial, TrialPlace {
  readonly status: TrialStatus;
  /** How often somebody began to work on it. */
  readonly attempt: number;
}

/** The right to work on a trial, until another attempt begins. */
export interface Claim extends TrialPlace {
  readonly study: string;
  readonly attempt: number;
}

/** What a worker says while it works. */
export interface TrialHeartbeat {
  readonly reports?: readonly Report[];
  /** Where the training can go on from, as bytes; replaces the one before. */
  readonly checkpoint?: Uint8Array;
}

/** What a writer says of its study. */
export type StudyState = Exclude<RunState, "running">;
