/**
 * Which input each level of a category lights. A category of few levels has an input for each; one of many keeps inputs
 * for its most frequent levels, and the rest share some by a hash of their text (Weinberger et al. 2009, "Feature
 * hashing for large scale multitask learning"), so that a postal code costs no ten thousand inputs.
 */
import { hashName } from "../base/random.ts";

/**
 * The most inputs of one category, besides the one for unknown levels. An input of its own is worth much to a level even
 * of few rows: on made-up rows with 200 and 1000 levels, 10 and 2 rows each, whose effect was twice the noise, 19% and 51%
 * of the variance were left with 240 inputs and 16 shared ones, 53% and 63% with 48 and 16. Where levels had no effect,
 * it was 36% with either.
 */
export const MOST_LEVELS = 256;

/** The inputs that levels share where there are more levels than inputs, but at most a quarter of all. */
const MOST_SHARED = 16;

/**
 * The number of the input of each level where there are more than `most`, which is at least 1; the same for any order of
 * rows. `counts` says how often each level occurs: the most frequent ones keep an input, and the first of equals.
 */
export function slotsOfLevels(
  levels: readonly string[],
  counts: readonly number[],
  most: number,
): readonly number[] | undefined {
  if (levels.length <= most) return undefined;
  const shared = Math.min(MOST_SHARED, Math.ceil(most / 4));
  const own = most - shared;
  const byCount = levels.map((_, i) => i).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  const frequent = new Set(byCount.slice(0, own));
  let next = 0;
  return levels.map((level, i) => (frequent.has(i) ? next++ : own + (hashName(level) % shared)));
}
