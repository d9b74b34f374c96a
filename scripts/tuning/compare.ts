/** How good samplers are: the best cost after a number of trials, over seeds, against another sampler's. */
import { normalCdf } from "nabla/statistics";
import { type Sampler, study } from "nabla/tune";
import type { Landscape } from "./functions.ts";

interface Size {
  readonly budget: number;
  readonly seeds: number;
  readonly round?: number;
}

/** The best costs, one for each seed from 1, after `budget` trials in rounds. */
export async function bestCosts(
  sampler: Sampler,
  { space, costOf }: Landscape,
  { budget, seeds, round = 8 }: Size,
): Promise<readonly number[]> {
  const found: number[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const { best } = await study({ space, sampler, seed, round }).run(budget, ({ values }) => costOf(values));
    found.push(best?.value ?? Number.POSITIVE_INFINITY);
  }
  return found;
}

/**
 * How likely costs as small as `ours` against `theirs` are by luck alone: one-sided, by ranks (Mann and Whitney 1947),
 * with ties in the variance.
 */
export function luckOf(ours: readonly number[], theirs: readonly number[]): number {
  const all = [...ours.map((cost) => ({ cost, own: true })), ...theirs.map((cost) => ({ cost, own: false }))];
  all.sort((a, b) => a.cost - b.cost);
  const [n, m] = [ours.length, theirs.length];
  let [rankSum, ties] = [0, 0];
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.cost === all[from]?.cost) to++;
    const rank = (from + 1 + to) / 2;
    for (const { own } of all.slice(from, to)) if (own) rankSum += rank;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const worse = rankSum - (n * (n + 1)) / 2;
  const variance = ((n * m) / 12) * (n + m + 1 - ties / ((n + m) * (n + m - 1)));
  return variance === 0 ? 1 : normalCdf((worse + 0.5 - (n * m) / 2) / Math.sqrt(variance));
}
