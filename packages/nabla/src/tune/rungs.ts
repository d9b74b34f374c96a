/** Successive halving: at steps that grow by a factor, only the best of those who came so far go on. */
import { bestCostBy, type Standard } from "./pruner.ts";
import { type Goal, type Trial, valueFrom } from "./trial.ts";

/** Where the rungs lie, and how many go on from each. */
export interface RungOptions {
  /** What the steps of the rungs grow by; one of so many goes on. */
  readonly reduction: number;
  /** The step of the first rung. */
  readonly least: number;
}

/** The last step that any trial reported. */
export function lastStep(trials: readonly Trial[]): number {
  return trials.reduce((most, { reports }) => Math.max(most, reports.at(-1)?.step ?? 0), 0);
}

/**
 * A standard for each rung that enough trials have reached: to be among the best one in `reduction` of them and oneself
 * (Li et al. 2020, algorithm 2).
 */
export function rungStandards(
  trials: readonly Trial[],
  goal: Goal,
  { reduction, least }: RungOptions,
): readonly Standard[] {
  const rivals = trials.filter(({ state }) => state !== "failed");
  const standards: Standard[] = [];
  for (let step = least; step < lastStep(rivals); step *= reduction) {
    const costs = rivals.flatMap(({ reports }) => bestCostBy(reports, step, goal) ?? []).sort((a, b) => a - b);
    const going = Math.floor((costs.length + 1) / reduction);
    const last = costs[going - 1];
    if (last === undefined) continue;
    const name = `number ${going} of ${costs.length} trials there`;
    standards.push({ step, value: valueFrom(last, goal), name });
  }
  return standards;
}
