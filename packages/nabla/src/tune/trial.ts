/** What a study knows of one training. */
import type { Json } from "../base/json.ts";
import {
  byName,
  type FieldReaders,
  json,
  list,
  number,
  optional,
  type Reader,
  record,
  text,
  whole,
  word,
} from "../base/reader.ts";
import type { Units } from "./space.ts";

/** Every goal. */
export const GOALS = ["minimize", "maximize"] as const;

/** Whether small values are good, as errors, or large ones, as accuracies. */
export type Goal = (typeof GOALS)[number];

/** Every way in which a trial ends: with a value, early since it would not have won, or without a value. */
export const ENDED = ["done", "pruned", "failed"] as const;

/** Whether a trial is running, and otherwise how it ended. */
export type TrialState = "running" | (typeof ENDED)[number];

/** An intermediate value that a trial reported; steps are whatever the study counts, as epochs. */
export interface Report {
  readonly step: number;
  readonly value: number;
}

/** Results of a trial's training other than its value. */
export interface TrialMeasures {
  readonly parameters: number;
  readonly epochs: number;
  readonly steps: number;
  readonly bestEpoch: number;
  readonly trainError: number;
  readonly trainCost: number;
  readonly devCost: number;
  /** What became of each dev row, packed into text, where trials are compared row by row. */
  readonly rowErrors?: string;
}

/** How a trial ended. */
export interface TrialOutcome {
  readonly state: Exclude<TrialState, "running">;
  /** What was measured in the end; absent where it failed. */
  readonly value?: number;
  /** What was measured on the way; nothing by default. */
  readonly reports?: readonly Report[];
  /** Why it was pruned or failed. */
  readonly reason?: string;
  /** How long it took; absent where nobody measured it. */
  readonly seconds?: number;
  /** Other measures of the trial; none by default. */
  readonly measures?: TrialMeasures;
}

/** One trial of a study; numbers count from 0 in the order of suggestion. */
export interface Trial extends Omit<TrialOutcome, "state" | "reports"> {
  readonly number: number;
  /** The hyperparameters as the training gets them: a tree of plain values. */
  readonly values: Json;
  /** The same as a point of the study's space: an axis is missing where the value lies outside it. */
  readonly units: Units;
  readonly state: TrialState;
  readonly reports: readonly Report[];
}

const report = record<Report>({ step: number, value: number });

const measures = record<TrialMeasures>({
  parameters: whole,
  epochs: whole,
  steps: whole,
  bestEpoch: whole,
  trainError: number,
  trainCost: number,
  devCost: number,
  rowErrors: optional(text),
});

const outcomeFields: FieldReaders<Omit<TrialOutcome, "state" | "reports">> = {
  value: optional(number),
  reason: optional(text),
  seconds: optional(number),
  measures: optional(measures),
};

/** Reads a trial, or the fields of one in a record that holds more. Throws `record/field`. */
export const readTrial: Reader<Trial> = record<Trial>({
  ...outcomeFields,
  number: whole,
  values: json,
  units: byName(number),
  state: word(["running", ...ENDED]),
  reports: list(report),
});

/** The smaller, the better, whatever the goal. */
export function costOf(value: number, goal: Goal): number {
  return goal === "minimize" ? value : -value;
}

/** A value from a cost: the inverse of `costOf`. */
export function valueFrom(cost: number, goal: Goal): number {
  return goal === "minimize" ? cost : -cost;
}

/** The best of some reports; undefined without any. */
export function bestReport(reports: readonly Report[], goal: Goal): number | undefined {
  let best: number | undefined;
  for (const { value } of reports)
    if (Number.isFinite(value) && (best === undefined || costOf(value, goal) < costOf(best, goal))) best = value;
  return best;
}

/** A finished trial as samplers see it: a failed one costs Infinity, a pruned one its best report. */
export interface Observation {
  readonly units: Units;
  readonly cost: number;
  readonly number: number;
}

/** The finished trials in the order of their numbers, whatever the goal with costs. */
export function observationsOf(trials: readonly Trial[], goal: Goal): readonly Observation[] {
  return trials
    .filter(({ state }) => state !== "running")
    .map(({ number, units, state, value, reports }) => {
      const found = state === "failed" ? undefined : (value ?? bestReport(reports, goal));
      const cost = found !== undefined && Number.isFinite(found) ? costOf(found, goal) : Number.POSITIVE_INFINITY;
      return { number, units, cost };
    });
}
