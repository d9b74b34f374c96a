import { fork, permutation, seedKey } from "nabla";
import { expect, test } from "vitest";
import { Candidates } from "../../src/studies/candidates.ts";
import type { TrialEnd } from "../../src/studies/trial.ts";

/** Values come seven times each, so that many are equal. */
function end(number: number): TrialEnd {
  const measures = {
    parameters: 1,
    epochs: 1,
    steps: 1,
    bestEpoch: 1,
    trainError: 0,
    trainCost: 0,
    devCost: number % 3,
  };
  return { state: "done", value: Math.floor(number / 7), reports: [], seconds: 1, measures };
}

test("Q2 the best 64 are kept in whatever order trials end, and none of them was ever above the limit", () => {
  const numbers = Array.from({ length: 300 }, (_, i) => (i * 37) % 300);
  const keptIn = (order: readonly number[]): readonly number[] => {
    const candidates = new Candidates();
    const refused: number[] = [];
    for (const number of order) {
      if ((end(number).value ?? 0) > candidates.limit) refused.push(number);
      else candidates.add({ number, end: end(number) });
    }
    const kept = candidates.all.map((one) => one.number);
    expect(kept.filter((number) => refused.includes(number))).toEqual([]);
    return kept;
  };
  const expected = numbers.toSorted((a, b) => Math.floor(a / 7) - Math.floor(b / 7) || (a % 3) - (b % 3) || a - b);
  for (let seed = 0; seed < 5; seed++) {
    const order = [...permutation(fork(seedKey(seed), "order"), 300)].map((place) => numbers[place] ?? 0);
    expect(keptIn(order)).toEqual(expected.slice(0, 64));
  }
});
