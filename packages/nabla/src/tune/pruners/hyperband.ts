/** Successive halving from several first steps at once (Li, Jamieson, DeSalvo, Rostamizadeh and Talwalkar 2018). */

import { given } from "../../base/described.ts";
import { inRange } from "../../base/fields.ts";
import type { Pruner } from "../pruner.ts";
import { lastStep, rungStandards } from "../rungs.ts";

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

/** Of which bracket a trial is: 0 is the most impatient and has most of the trials (the paper's table 1). */
function bracketOf(number: number, brackets: number, reduction: number): number {
  const shares = Array.from(
    { length: brackets },
    (_, i) => (brackets / (brackets - i)) * reduction ** (brackets - 1 - i),
  );
  const drawn = ((number * GOLDEN) % 1) * shares.reduce((sum, share) => sum + share, 0);
  let upTo = 0;
  for (const [bracket, share] of shares.entries()) {
    upTo += share;
    if (drawn < upTo) return bracket;
  }
  return brackets - 1;
}

/** Deals trials to brackets by their numbers; bracket b ends trials as `asha` from the step least · reduction^b on. */
export function hyperband({ reduction = 3, least = 1, most }: HyperbandOptions = {}): Pruner {
  inRange("reduction", reduction, { atLeast: 2, whole: true });
  inRange("least", least, { above: 0 });
  if (most !== undefined) inRange("most", most, { above: least });
  return {
    kind: "hyperband",
    options: given({ reduction, least, most }),
    standards: ({ trials, goal, number }) => {
      const end = Math.max(least, most ?? lastStep(trials));
      const brackets = 1 + Math.floor(Math.log(end / least) / Math.log(reduction) + 1e-9);
      const bracket = bracketOf(number, brackets, reduction);
      const rivals = trials.filter((trial) => bracketOf(trial.number, brackets, reduction) === bracket);
      return rungStandards(rivals, goal, { reduction, least: least * reduction ** bracket });
    },
  };
}
