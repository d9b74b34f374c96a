/** How a study stops unpromising trials early. */
import { type Described, describe, type PlainOptions } from "../base/described.ts";
import { family } from "../base/family.ts";
import { costOf, type Goal, type Report, type Trial } from "./trial.ts";

/** What a trial must have reached by a step. */
export interface Standard {
  readonly step: number;
  /** The worst value that is not pruned. */
  readonly value: number;
  /** What the value is, for the reason: "the median of 12 trials". */
  readonly name: string;
}

/** What a pruner may know: the trials of earlier rounds, as samplers. */
export interface Contest {
  readonly trials: readonly Trial[];
  readonly number: number;
  readonly goal: Goal;
}

/** A pruner as data with its function: what a trial must reach, which follows from earlier rounds alone. */
export interface Pruner extends Described {
  readonly standards: (contest: Contest) => readonly Standard[];
}

/** Declares a pruner; its kind provides the function that returns the value a trial must reach. */
export const pruner = family<Pruner, Pruner["standards"]>((standards, { kind, options }) => ({
  kind,
  options,
  standards,
}));

/** What goes with a trial to wherever it runs: plain data. */
export interface Pruning {
  readonly pruner: PlainOptions;
  readonly goal: Goal;
  readonly standards: readonly Standard[];
}

/** The pruning that a trial takes along. */
export function pruningFor(chosen: Pruner, contest: Contest): Pruning {
  return { pruner: describe(chosen), goal: contest.goal, standards: chosen.standards(contest) };
}

/**
 * Why a trial with these reports, by step, should end, or undefined to go on: at the first standard whose step it has
 * passed, its best value until then is worse.
 */
export function prunes({ goal, standards }: Pruning, reports: readonly Report[]): string | undefined {
  for (const { step, value, name } of standards) {
    const reached = bestCostBy(reports, step, goal);
    if (reached !== undefined && !(reached <= costOf(value, goal)))
      return `at step ${step} its best ${costOf(reached, goal)} was worse than ${value}, ${name}`;
  }
  return undefined;
}

/** The best cost by the first report at `step` or later; undefined where there is none yet. */
export function bestCostBy(reports: readonly Report[], step: number, goal: Goal): number | undefined {
  let best = Number.POSITIVE_INFINITY;
  for (const report of reports) {
    best = Math.min(best, costOf(report.value, goal));
    if (report.step >= step) return best;
  }
  return undefined;
}
