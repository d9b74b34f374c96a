/** The events of a running study. */
import { compact, type Json, type Notice } from "nabla";
import type { Interval } from "nabla/diagnose";
import type { AxisImportance, Optimism, Report, Study, Trial, TrialOutcome } from "nabla/tune";
import type { Facts } from "../experiment/choice.ts";
import type { DataWarning } from "../experiment/data-warning.ts";
import type { Experiment } from "../experiment/fields.ts";
import type { Parts, PreparedParts } from "../experiment/parts.ts";
import type { PartRows } from "../store/run.ts";
import type { StoredStudy, TrialPlace } from "../store/study.ts";
import type { TrialEnd } from "./trial.ts";

/** How much a study does. */
export interface Wanted {
  readonly trials: number;
  /** The best trials that are trained again with other seeds; 0 or 1 decide by one training each. */
  readonly finalists: number;
  /** Trainings of each finalist, the trial itself included. */
  readonly repeats: number;
}

/** All that is decided before the first trial. */
export interface StudyPlan {
  readonly name: string;
  /** What every trial changes. */
  readonly experiment: Experiment;
  readonly facts: Facts;
  readonly parts: Parts;
  readonly prepared: PreparedParts;
  readonly study: Study<unknown>;
  readonly wanted: Wanted;
  readonly notices: readonly Notice[];
  readonly suspicions: readonly DataWarning[];
  /** Where the data was fetched from, and where workers of other machines find it. */
  readonly address?: string;
  /** The study as an earlier process left it. */
  readonly stored?: StoredStudy;
}

/** One of the best trials, with what its repeats gave. */
export interface Finalist {
  readonly number: number;
  readonly values: Json;
  /** The dev error of each seed, the trial's own first. */
  readonly errors: readonly number[];
  /** Their mean. */
  readonly error: number;
  /** 95% for the mean error on rows like those of dev. */
  readonly interval: Interval;
  readonly parameters: number;
  /** How much higher its error is than that of the lowest finalist, on the same rows; 95%. */
  readonly behind: { readonly error: number; readonly interval: Interval };
}

/** How the winner was found. */
export interface Decision {
  readonly winner: Finalist;
  /** From the lowest mean error to the highest. */
  readonly finalists: readonly Finalist[];
  /** Why it is this one, in a sentence. */
  readonly summary: string;
}

/** The model that a study hands over, measured on rows that its networks had not learned. */
export interface HandedOver {
  /** The trials whose networks it averages; of one alone it is that trial's model. */
  readonly numbers: readonly number[];
  /** The error of single networks averaged over these trials, on `rows` rows. */
  readonly error: number;
  readonly rows: number;
  /** The same of the defaults; absent where the study did not begin with them. */
  readonly start?: number;
  /** How much lower the error is than that of the defaults, on the same rows; 95%. */
  readonly gain: { readonly error: number; readonly interval: Interval };
  /** Why it is this one, in a sentence. */
  readonly summary: string;
}

/** The result of a study. */
export interface StudyResult {
  readonly plan: StudyPlan;
  readonly store: string;
  readonly hash: string;
  readonly state: "finished" | "stopped";
  readonly seconds: number;
  readonly counts: { readonly done: number; readonly pruned: number; readonly failed: number; readonly left: number };
  /** Absent when no trial was finished. */
  readonly decision?: Decision;
  /** How much of the lowest error is luck; absent for fewer than two trials. */
  readonly optimism?: Optimism;
  /** Importance of the hyperparameters, the highest first; empty where there are too few trials. */
  readonly importance: readonly AxisImportance[];
  /** What is handed over, and what measures it; absent when the study was stopped before. */
  readonly handed?: HandedOver;
  /** The winner as a run of its own, and its model's folder; absent when the study was stopped before. */
  readonly run?: string;
  /** The folder of the winner's model; absent where there is none. */
  readonly model?: string;
}

/** How many trials came to which end. */
export type TrialCounts = Readonly<Record<TrialOutcome["state"], number>>;

/** The trial with the lowest error so far. */
export type BestTrial = Pick<Trial, "number" | "values"> & { readonly error: number };

/** The first event: what is known before the first trial. */
export interface PlannedStudyEvent {
  readonly kind: "planned";
  readonly name: string;
  /** Space, goal, sampler, pruner, seed and round: `studyFrom` makes the study of it. */
  readonly definition: Json;
  readonly wanted: Wanted;
  /** What decides between trials, as data, and what is predicted. */
  readonly measure?: Json;
  readonly task: string;
  /** The name of the data's file, and the rows of its parts. */
  readonly file: string;
  readonly rows: PartRows;
  readonly notices: readonly Notice[];
  readonly suspicions: readonly DataWarning[];
}

/** An event of a study: plain data. The result, with the plan, is what the generator of the events returns. */
export type StudyEvent =
  | PlannedStudyEvent
  /** The study is in the store; trials of an earlier process count too. */
  | {
      readonly kind: "created";
      readonly name: string;
      readonly store: string;
      readonly counts: TrialCounts;
      readonly best?: BestTrial;
    }
  /** A training starts or restarts. */
  | ({ readonly kind: "begun" } & TrialPlace)
  | ({ readonly kind: "signal"; readonly reports: readonly Report[]; readonly share: number } & TrialPlace)
  | ({ readonly kind: "ended"; readonly end: TrialEnd; readonly best?: BestTrial } & TrialPlace)
  /** What the sampler found worth saying. */
  | { readonly kind: "notice"; readonly message: string }
  /** All trials are done; these are trained again with other seeds. */
  | { readonly kind: "finalists"; readonly numbers: readonly number[] }
  /** The finalists are trained with all their networks, each as a run of its own. */
  | { readonly kind: "winner"; readonly decision: Decision }
  | ({ readonly kind: "done"; readonly name: string } & Omit<StudyResult, "plan">);

/** The part of a plan that an event reports. */
export function plannedStudyEvent({ study, experiment, facts, parts, ...plan }: StudyPlan): PlannedStudyEvent {
  const { name, wanted, notices, suspicions } = plan;
  const { profile, rows } = parts;
  return {
    ...{ kind: "planned", name, definition: study.definition, wanted, task: facts.task },
    ...compact({ measure: experiment.measure }),
    ...{ file: profile.file, rows, notices, suspicions },
  };
}

/** The best trial of a study, as an event reports it. */
export function bestTrialOf({ best }: Study<unknown>): { readonly best?: BestTrial } {
  return best === undefined ? {} : { best: { number: best.number, values: best.values as Json, error: best.value } };
}
