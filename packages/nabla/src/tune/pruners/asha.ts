/** Successive halving without waiting (Li et al. 2020: A System for Massively Parallel Hyperparameter Tuning). */
import { inRange } from "../../base/fields.ts";
import type { Pruner } from "../pruner.ts";
import { remembered } from "../remembered.ts";
import { rungStandards } from "../rungs.ts";

export interface AshaOptions {
  /** What the steps of the rungs grow by; one of so many goes on. Default 4, as the paper. */
  readonly reduction?: number;
  /** The step of the first rung. Default 1. */
  readonly least?: number;
}

/** Ends a trial that is not among the best one in `reduction` at the steps least, least · reduction, least · reduction², …. */
export function asha({ reduction = 4, least = 1 }: AshaOptions = {}): Pruner {
  inRange("reduction", reduction, { atLeast: 2, whole: true });
  inRange("least", least, { above: 0 });
  const standards = remembered(rungStandards);
  const options = { reduction, least };
  return { kind: "asha", options, standards: ({ trials, goal }) => standards(trials, goal, options) };
}
