/** How a study chooses what to try next. */
import type { Described } from "../base/described.ts";
import { family } from "../base/family.ts";
import type { Key } from "../base/random.ts";
import type { Axis, Units } from "./space.ts";
import type { Goal, Trial } from "./trial.ts";

/** What a sampler gets to suggest a trial: the same for any number of workers. */
export interface Question {
  readonly axes: readonly Axis[];
  /** The trials of earlier rounds, all finished, by number; one list for all trials of a round. */
  readonly trials: readonly Trial[];
  /** The number of the trial to suggest. */
  readonly number: number;
  /** The point of the first trial, which a training has by default; absent where a search starts anywhere. */
  readonly start?: Units | undefined;
  /** Trials in a round. */
  readonly round: number;
  readonly goal: Goal;
  /** The randomness of this trial alone. */
  readonly key: Key;
  /** The randomness that all trials of the study share. */
  readonly studyKey: Key;
}

/** The region a sampler searches now, for display: from and to are units. */
export interface SearchBox {
  /** The number of the first trial that was drawn from it. */
  readonly first: number;
  readonly sides: { readonly [path: string]: { readonly from: number; readonly to: number } };
}

/** What a sampler can report about itself. */
export interface Shown {
  readonly boxes: readonly SearchBox[];
  /** What the user should know, as that the optimum lies at an end of a range. */
  readonly notices: readonly string[];
}

/**
 * A sampler as data with its function, which is pure: the same question, the same point. Of an axis that is not active
 * it gives no unit.
 */
export interface Sampler extends Described {
  readonly ask: (question: Question) => Units;
  /** What it knows, for charts; absent for those that know nothing. */
  readonly shows?: (question: Omit<Question, "key" | "number">) => Shown;
}

/** Declares a sampler. */
export const sampler = family<Sampler, Omit<Sampler, keyof Described>>((body, { kind, options }) => ({
  ...body,
  kind,
  options,
}));
