/**
 * The events of training a file, in addition to those of every training: plain data. The result, with the plan and the
 * model, is what the generator of the events returns.
 */

import {
  compact,
  type Run as Ended,
  type EpochEvent,
  type Json,
  type MemberEvent,
  type Notice,
  type ProgressEvent,
  type RangeScores,
  type RowResults,
  type StartEvent,
  type Trained,
  type TrainingEvent,
} from "nabla";
import type { Diagnosis, Evidence, Improved, Verdict } from "nabla/diagnose";
import type { Profile } from "nabla/tables";
import type { DataWarning } from "../experiment/data-warning.ts";
import type { ResolvedExperiment } from "../experiment/fields.ts";
import type { Plan } from "../experiment/plan.ts";
import type { AdjustedEvent } from "../live/session.ts";
import type { PartRows, RunOutcome, RunState } from "../store/run.ts";
import { unmeasuredParts } from "./outcome.ts";

/** The first event: what was found in the file and what will be done. */
export interface PlannedEvent {
  readonly kind: "planned";
  /** The experiment with nothing left open. */
  readonly resolved: ResolvedExperiment;
  readonly profile: Profile;
  readonly rows: PartRows;
  readonly splitReason: string;
  /** Numbers that an example is fed as. */
  readonly features: number;
  /** The parts whose error cannot be measured, since their targets are all the same number. */
  readonly unmeasured: readonly ("train" | "dev")[];
  /** What the user should know about the data, and the warnings about it. */
  readonly notices: readonly Notice[];
  readonly suspicions: readonly DataWarning[];
}

/** The part of a plan that an event reports. */
export function plannedEvent({ resolved, parts, prepared, notices, suspicions = [] }: Plan): PlannedEvent {
  const { profile, rows, policy } = parts;
  const features = prepared.train.inputs.shape.slice(1).reduce((product, length) => product * length, 1);
  const unmeasured = unmeasuredParts(prepared);
  const splitReason = policy.reason;
  return { kind: "planned", resolved, profile, rows, splitReason, features, unmeasured, notices, suspicions };
}

/** The run is in the store. */
export interface CreatedEvent {
  readonly kind: "created";
  readonly run: string;
  readonly store: string;
}

/** The last event. */
export interface DoneEvent extends Pick<RunResult, "run" | "store" | "state" | "outcome" | "parameters" | "model"> {
  readonly kind: "done";
}

/** The part of a result that an event reports. */
export function doneEvent({ run, store, state, outcome, parameters, model }: RunResult): DoneEvent {
  return compact({ kind: "done" as const, run, store, state, outcome, parameters, model });
}

/** A change that was tried on the way to a good verdict, and the run that tried it. */
export interface StepEvent {
  readonly kind: "step";
  readonly run: string;
  readonly code: string;
  readonly because: string;
  /** The patch of the job that was tried. */
  readonly change: Json;
  readonly kept: boolean;
  readonly verdict: Verdict;
  /** What the errors did, null for what is no finite number; absent where the change gave other rows to measure. */
  readonly effect?: Json;
  /** The step in a sentence. */
  readonly summary: string;
}

/** The training of a network that learns dev too, for as many epochs as dev chose. */
export interface RefitEvent {
  readonly kind: "refit";
  readonly event: TrainingEvent;
}

/**
 * What single networks of a run do with each row of train and dev, in this order: one that did not learn the row, and one that
 * did. Where the model is their average, this is the honest measure of them: `diagnose(run, { rowResults })`.
 */
export interface HeldOut {
  readonly train: RowResults;
  readonly dev: RowResults;
  /** The network that held out each row, from 0. */
  readonly heldBy: Int32Array;
}

/** The result of a run. */
export interface RunResult {
  readonly run: string;
  readonly store: string;
  readonly state: Exclude<RunState, "running">;
  readonly plan: Plan;
  readonly outcome: RunOutcome;
  readonly parameters: number;
  /** The model folder; absent when no epoch was finished. */
  readonly model?: string;
  /** The training that was watched, and measured on dev. */
  readonly end: Ended;
  /** What was handed over: the network of `end`, or what `outcome.shipped` says. */
  readonly trained: Trained;
  /** Where the model averages several networks. */
  readonly heldOut?: HeldOut;
  /** What was stored with a classifier's model, fitted on rows that were not learned. */
  readonly temperature?: number;
  /** How far off it was on rows that were not learned; absent where there were none. */
  readonly ranges?: RangeScores;
  readonly diagnosis: Diagnosis;
  /** What it was found by; absent for rows that are too many to be looked at. */
  readonly evidence?: Evidence;
  /** How it was reached, when changes were tried until the verdict was good. */
  readonly improvement?: Pick<Improved, "ended" | "steps">;
}

/** The training accepts commands of `nabla adjust`. */
export interface LiveEvent {
  readonly kind: "live";
  readonly run: string;
}

/** What a training of the workbench gives on the way: plain data. */
export type RunEvent =
  | PlannedEvent
  | CreatedEvent
  | LiveEvent
  | StartEvent
  | ProgressEvent
  | EpochEvent
  | MemberEvent
  | RefitEvent
  | AdjustedEvent
  | StepEvent
  | DoneEvent;
