/** What training a file tells while it goes on, beyond what every training tells. */
import type { Run as Ended, EpochEvent, ProgressEvent, StartEvent } from "nabla";
import type { Diagnosis, Improved, ImprovementStep } from "nabla/diagnose";
import type { Plan } from "../experiment/plan.ts";
import type { AdjustedEvent } from "../live/session.ts";
import type { RunOutcome, RunState } from "../store/run.ts";

/** The first event: what was found in the file and what will be done. */
export interface PlannedEvent {
  readonly kind: "planned";
  readonly plan: Plan;
}

/** The run is in the store. */
export interface CreatedEvent {
  readonly kind: "created";
  readonly run: string;
  readonly store: string;
}

/** The last event. */
export interface DoneEvent {
  readonly kind: "done";
  readonly result: RunResult;
}

/** A change that was tried on the way to a good verdict, and the run that tried it. */
export interface StepEvent {
  readonly kind: "step";
  readonly run: string;
  readonly step: ImprovementStep;
}

/** What a run came to. */
export interface RunResult {
  readonly run: string;
  readonly store: string;
  readonly state: Exclude<RunState, "running">;
  readonly plan: Plan;
  readonly outcome: RunOutcome;
  readonly parameters: number;
  /** The model folder; absent when no epoch was finished. */
  readonly model?: string;
  readonly end: Ended;
  /** What was stored with a classifier's model, fitted on dev. */
  readonly temperature?: number;
  readonly diagnosis: Diagnosis;
  /** How it was reached, when changes were tried until the verdict was good. */
  readonly improvement?: Pick<Improved, "ended" | "steps">;
}

/** The training hears what `nabla adjust` says. */
export interface LiveEvent {
  readonly kind: "live";
  readonly run: string;
}

export type RunEvent =
  | PlannedEvent
  | CreatedEvent
  | LiveEvent
  | StartEvent
  | ProgressEvent
  | EpochEvent
  | AdjustedEvent
  | StepEvent
  | DoneEvent;
