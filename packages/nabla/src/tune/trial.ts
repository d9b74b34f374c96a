/** What a study knows of one training. */
import type { Json } from "../base/json.ts";
import type { Units } from "./space.ts";

/** Every goal. */
export const GOALS = ["minimize", "maximize"] as const;

/** Whether small values are good, as errors, or large ones, as accuracies. */
export type Goal = (typeof GOALS)[number];

/** Running, ended with a value, ended early since it would not have won, or ended without a value. */
export type TrialState = "running" | "done" | "pruned" | "failed";

/** What a training said of itself on the way; steps are whatever the study counts, as epochs. */
export interface Report {
  readonly step: number;
  readonly value: number;
}

/** How a trial ended. */
export interface TrialOutcome {
  readonly state: Exclude<TrialState, "running">;
  readonly value?: number;
  readonly reports?: readonly Report[];
  /** Why it was pruned or failed. */
  readonly reason?: string;
  readonly seconds?: number;
}

/** One training of a study; numbers count from 0 in the order of asking. */
export interface Trial {
  readonly number: number;
  /** The hyperparameters as the training gets them: a tree of plain values. */
  readonly values: Json;
  /** The same as a point of the study's space: an axis is missing where the value lies outside it. */
  readonly units: Units;
  readonly state: TrialState;
  readonly value?: number;
  readonly reports: readonly Report[];
  readonly reason?: string;
  readonly seconds?: number;
}

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
