/** Successive halving from several first steps at once (Li, Jamieson, DeSalvo, Rostamizadeh and Talwalkar 2018). */

import { given } from "../../base/described.ts";
import { inRange } from "../../base/fields.ts";
import type { Pruner } from "../pruner.ts";
import { remembered } from "../remembered.ts";
import { lastStep, rungStandards } from "../rungs.ts";
import type { Goal, Trial } from "../trial.ts";

export interface HyperbandOptions {
  /** What the steps of the rungs grow by; one of so many goes on. Default 3, as the paper. */
  readonly reduction?: number;
  /** The first step of the most impatient bracket. Default 1. */
  readonly least?: number;
  /** The step at which trainings end. Default: the last one that any trial reached. */
  readonly most?: number;
}

/** The golden ratio spreads numbers evenly over brackets. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Says of which bracket a trial is: 0 is the most impatient and has most of the trials (the paper's table 1). */
function dealer(brackets: number, reduction: number): (number: number) => number {
  const ends: number[] = [];
  for (let i = 0; i < brackets; i++)
    ends.push((ends.at(-1) ?? 0) + (brackets / (brackets - i)) * reduction ** (brackets - 1 - i));
  const total = ends.at(-1) ?? 0;
  return (number) => ends.findIndex((end) => ((number * GOLDEN) % 1) * total < end);
}

/** Deals trials to brackets by their numbers; bracket b ends trials as `asha` from the step least · reduction^b on. */
export function hyperband({ reduction = 3, least = 1, most }: HyperbandOptions = {}): Pruner {
  inRange("reduction", reduction, { atLeast: 2, whole: true });
  inRange("least", least, { above: 0 });
  if (most !== undefined) inRange("most", most, { above: least });
  const dealt = remembered((trials: readonly Trial[], goal: Goal) => {
    const end = Math.max(least, most ?? lastStep(trials));
    const brackets = 1 + Math.floor(Math.log(end / least) / Math.log(reduction) + 1e-9);
    const bracketOf = dealer(brackets, reduction);
    const standards = Array.from({ length: brackets }, (_, bracket) => {
      const rivals = trials.filter(({ number }) => bracketOf(number) === bracket);
      return rungStandards(rivals, goal, { reduction, least: least * reduction ** bracket });
    });
    return { bracketOf, standards };
  });
  return {
    kind: "hyperband",
    options: given({ reduction, least, most }),
    standards: ({ trials, goal, number }) => {
      const { bracketOf, standards } = dealt(trials, goal);
      return standards[bracketOf(number)] ?? [];
    },
  };
}
