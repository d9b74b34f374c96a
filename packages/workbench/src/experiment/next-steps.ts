/** What to try next, as options of the command: the diagnosis' advice made exact. */
import { optimizerFrom } from "nabla";
import type { Advice } from "nabla/diagnose";
import type { PartialExperiment, ResolvedExperiment } from "./fields.ts";
import { defaultHidden } from "./network-fields.ts";
import { wordsOf } from "./option-words.ts";

/** A change of the job and why. */
export interface NextStep {
  readonly why: string;
  /** Options for `nabla train`, to add to those of the run. */
  readonly options: readonly string[];
}

// Only advice that options can carry out; the rest ("more data") is given as text.
const patches: Readonly<Record<string, (resolved: ResolvedExperiment) => PartialExperiment>> = {
  "bias/bigger": () => ({ hidden: defaultHidden.map((units) => units * 2) }),
  "bias/longer": ({ epochs }) => ({ epochs: epochs * 3 }),
  "plateau/adaptive": () => ({ optimizer: "adam" }),
  "plateau/rate": (resolved) => ({ rate: rateOf(resolved, 3) }),
  "diverging/rate": (resolved) => ({ rate: rateOf(resolved, 0.2) }),
  "variance/regularize": ({ penalty }) => ({ penalty: penalty === undefined ? 1e-3 : 1e-2 }),
};

function rateOf({ optimizer }: ResolvedExperiment, factor: number): number {
  return Number((optimizerFrom(optimizer).rate * factor).toPrecision(2));
}

/** The next steps from a diagnosis' advice. */
export function nextSteps(advice: readonly Advice[], resolved: ResolvedExperiment): readonly NextStep[] {
  return advice.flatMap(({ code, try: why }) => {
    const patch = patches[code]?.(resolved);
    return patch === undefined ? [] : [{ why, options: wordsOf(patch) }];
  });
}
