/** The best trials of a study with the errors of their rows, in whatever order trials end. */
import type { TrialEnd } from "./trial.ts";

/** Trials whose rows are compared to estimate the winner's optimism: the best ones, since others never win. */
const MOST = 64;

/** A trial that may be the winner. */
export interface Candidate {
  readonly number: number;
  readonly end: TrialEnd;
}

/** Whether a trial is better: the lower value, of equal ones the lower dev cost, of equal ones the first. */
export function byMerit(a: Candidate, b: Candidate): number {
  const [first, second] = [meritOf(a), meritOf(b)];
  return first.value - second.value || first.cost - second.cost || a.number - b.number;
}

function meritOf({ end: { value = Number.POSITIVE_INFINITY, measures } }: Candidate): {
  readonly value: number;
  readonly cost: number;
} {
  return { value, cost: measures?.devCost ?? Number.MAX_VALUE };
}

/** Keeps the best: a trial that is among them at the end always was, so the order does not matter. */
export class Candidates {
  readonly #kept: Candidate[] = [];

  /** The candidates, the best first. */
  get all(): readonly Candidate[] {
    return this.#kept;
  }

  /** Trials with a higher value are no candidates, and never will be. */
  get limit(): number {
    return this.#kept[MOST - 1]?.end.value ?? Number.POSITIVE_INFINITY;
  }

  /** A candidate's end by its number. */
  get(number: number): TrialEnd | undefined {
    return this.#kept.find((one) => one.number === number)?.end;
  }

  add(candidate: Candidate): void {
    const place = this.#kept.findIndex((one) => byMerit(candidate, one) < 0);
    this.#kept.splice(place < 0 ? this.#kept.length : place, 0, candidate);
    this.#kept.length = Math.min(this.#kept.length, MOST);
  }
}
