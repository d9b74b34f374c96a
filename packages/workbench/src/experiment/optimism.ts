/**
 * How much better the best trial looks than it is. The lowest of many errors is low by skill and by luck, since it was
 * chosen by the rows that it is measured on. Dev is drawn again and again; each time the best trial of the drawn rows is
 * measured on those that were not drawn (bootstrap bias correction: Tsamardinos, Greasidou and Borboudakis 2018).
 */
import { fork, seedKey, uniform } from "nabla";
import type { Optimism } from "./tune-events.ts";

const DRAWS = 400;

/** Rows that take part: more tell no more than these. */
const MOST_ROWS = 2000;

/** Per trial the mistake of each row, and what a mean mistake is divided by to be an error. */
export interface Candidates {
  readonly mistakes: readonly Float64Array[];
  readonly scale: number;
  readonly seed: number;
}

/** What the winner's error comes to on rows without a say; undefined for fewer than two candidates. */
export function optimismOf({ mistakes: all, scale, seed }: Candidates): Optimism | undefined {
  const rows = all[0]?.length ?? 0;
  if (all.length < 2 || rows < 2) return undefined;
  const apparent = Math.min(...all.map((one) => one.reduce((sum, mistake) => sum + mistake, 0) / rows / scale));
  const stride = Math.ceil(rows / MOST_ROWS);
  const mistakes = stride < 2 ? all : all.map((one) => one.filter((_, row) => row % stride === 0));
  const used = mistakes[0]?.length ?? 0;
  let [gap, times] = [0, 0];
  for (let draw = 0; draw < DRAWS; draw++) {
    const weights = new Uint16Array(used);
    for (const at of uniform(fork(seedKey(seed), `optimism ${draw}`), used)) {
      const row = Math.floor(at * used);
      weights[row] = (weights[row] ?? 0) + 1;
    }
    const outside = weights.reduce((sum, weight) => sum + Number(weight === 0), 0);
    if (outside === 0) continue;
    const { inside, chosen } = best(mistakes, weights);
    let left = 0;
    for (let row = 0; row < used; row++) if (weights[row] === 0) left += chosen[row] ?? 0;
    gap += left / outside - inside / used;
    times += 1;
  }
  // the choice by luck can make an error look lower than it is, never higher
  const optimism = times === 0 ? 0 : Math.max(0, gap / times / scale);
  return { apparent, honest: apparent + optimism, trials: all.length };
}

function best(
  mistakes: readonly Float64Array[],
  weights: Uint16Array,
): { readonly inside: number; readonly chosen: Float64Array } {
  let [inside, chosen]: [number, Float64Array] = [Number.POSITIVE_INFINITY, new Float64Array(0)];
  for (const one of mistakes) {
    let sum = 0;
    for (let row = 0; row < weights.length; row++) sum += (weights[row] ?? 0) * (one[row] ?? 0);
    if (sum < inside) [inside, chosen] = [sum, one];
  }
  return { inside, chosen };
}
