/** What to try next, as options of the command: the diagnosis' advice made exact. */
import { optimizerFrom } from "nabla";
import type { Advice } from "nabla/diagnose";
import { defaults } from "./defaults.ts";
import type { ResolvedExperiment } from "./resolve.ts";

/** A change of the job and why. */
export interface NextStep {
  readonly why: string;
  /** Options for `nabla train`, to add to those of the run. */
  readonly options: readonly string[];
}

type Patch = (resolved: ResolvedExperiment) => readonly string[];

const wider = defaults.hidden.map((units) => units * 2).join(",");

// Only advice that options can carry out; the rest ("more data") is said in words.
const patches: Readonly<Record<string, Patch>> = {
  "bias/bigger": () => ["--hidden", wider],
  "bias/longer": ({ epochs }) => ["--epochs", String(epochs * 3)],
  "plateau/adaptive": () => ["--optimizer", "adam"],
  "plateau/rate": (resolved) => ["--rate", rateOf(resolved, 3)],
  "diverging/rate": (resolved) => ["--rate", rateOf(resolved, 0.2)],
  "variance/regularize": ({ penalty }) => ["--penalty", penalty === undefined ? "1e-3" : "1e-2"],
};

function rateOf({ optimizer }: ResolvedExperiment, factor: number): string {
  return String(Number((optimizerFrom(optimizer).rate * factor).toPrecision(2)));
}

/** The steps that a diagnosis' advice comes to. */
export function nextSteps(advice: readonly Advice[], resolved: ResolvedExperiment): readonly NextStep[] {
  return advice.flatMap(({ code, try: why }) => {
    const options = patches[code]?.(resolved);
    return options === undefined ? [] : [{ why, options }];
  });
}
