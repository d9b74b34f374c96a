import { type Examples, fork, ndarray, seedKey, uniform } from "nabla";
import { uniform as evenly, study } from "nabla/tune";
import { expect, test } from "vitest";
import { bestTrials, decide, type Repeated, repeatSeed } from "../../src/studies/finalists.ts";
import type { TrialEnd } from "../../src/studies/trial.ts";

const rows = 400;
const dev: Examples = {
  rows,
  inputs: ndarray(new Float32Array(rows), [rows, 1]),
  targets: ndarray(new Int32Array(rows), [rows]),
};

/** A training that is wrong in the first rows. */
function end(wrong: number, parameters = 100, devCost = 1): TrialEnd {
  const rowErrors = new Uint8Array(rows / 8);
  for (let row = 0; row < wrong; row++) rowErrors[row >> 3] = (rowErrors[row >> 3] ?? 0) | (1 << (row & 7));
  const trained = { parameters, epochs: 1, steps: 1, bestEpoch: 1, trainError: 0, trainCost: 0, devCost };
  const measures = { ...trained, rowErrors: Buffer.from(rowErrors).toString("base64") };
  return { state: "done", value: wrong / rows, reports: [], seconds: 1, measures };
}

const finalist = (number: number, wrong: readonly number[], parameters = 100): Repeated => ({
  number,
  values: { units: number },
  results: wrong.map((count) => end(count, parameters)),
});

test("the lowest mean over seeds is chosen, though another had the luckiest training", () => {
  const { winner, summary, finalists } = decide([finalist(3, [20, 60, 61]), finalist(8, [31, 30, 32])], dev, {
    task: "classification",
  });
  expect(winner).toMatchObject({ number: 8, errors: [31 / 400, 30 / 400, 32 / 400], behind: { error: 0 } });
  expect(winner.error).toBeCloseTo(31 / 400, 12);
  expect(summary).toBe("the lowest mean error over 3 seeds, though other finalists may be equally good");
  expect(finalists.map(({ number }) => number)).toEqual([8, 3]);
  expect(finalists[1]?.behind.interval.from).toBeLessThan(0);
});

test("within one standard error the defaults are chosen, beyond it the better one", () => {
  const options = { task: "classification", preferred: 2 } as const;
  const near = decide([finalist(1, [30, 34, 32]), finalist(2, [33, 35, 31])], dev, options);
  expect(near.winner.number).toBe(2);
  expect(near.summary).toBe("the defaults: within one standard error of trial 1, which has the lowest mean");
  const far = decide([finalist(1, [30, 34, 32]), finalist(2, [63, 65, 61])], dev, options);
  expect(far.winner.number).toBe(1);
  expect(far.summary).toBe("the lowest mean error over 3 seeds, clearly below the other finalists");
});

test("where nothing is preferred, the smaller network is chosen within one standard error", () => {
  const options = { task: "classification" } as const;
  const near = decide([finalist(1, [30, 34, 32], 5000), finalist(2, [33, 35, 31], 200)], dev, options);
  expect(near.winner.number).toBe(2);
  expect(near.summary).toBe("within one standard error of trial 1, which has the lowest mean, and a smaller network");
});

test("the interval of an error is Wilson's on the rows of dev", () => {
  const { winner } = decide([finalist(1, [40])], dev, { task: "classification" });
  expect(winner.interval.from).toBeCloseTo(0.0742, 3);
  expect(winner.interval.to).toBeCloseTo(0.1332, 3);
});

test("finalists are the lowest values, of equal ones the lower dev cost, of equal ones the first", () => {
  const search = study({ space: { rate: evenly(0, 1) }, round: 8 });
  const found = [5, 3, 3, 3, 9].map((wrong, i) => [wrong, [1, 2, 1, 1, 0][i] ?? 0] as const);
  const ends = new Map<number, TrialEnd>();
  for (const [number, [wrong, cost]] of found.entries()) {
    search.ask();
    search.tell(number, { state: "done", value: wrong / rows });
    ends.set(number, end(wrong, 100, cost));
  }
  expect(bestTrials(search, ends, 3).map(({ number }) => number)).toEqual([2, 3, 1]);
});

test("numbers are compared by their squared mistakes in units of the targets' variance", () => {
  const draws = uniform(fork(seedKey(1), "targets"), rows);
  const numbers: Examples = { ...dev, targets: ndarray(Float32Array.from(draws), [rows, 1]) };
  const wrong = (size: number, value: number): TrialEnd => {
    const rowErrors = Buffer.from(Float32Array.from(draws, (draw) => size * draw).buffer).toString("base64");
    const { measures, ...rest } = end(0);
    return { ...rest, value, ...(measures === undefined ? {} : { measures: { ...measures, rowErrors } }) };
  };
  const given = [
    { number: 0, values: {}, results: [wrong(0.01, 0.06)] },
    { number: 1, values: {}, results: [wrong(0.02, 0.12)] },
  ];
  const { winner, finalists } = decide(given, numbers, { task: "regression" });
  expect(winner.number).toBe(0);
  expect(winner.interval.from).toBeLessThan(0.06);
  expect(winner.interval.to).toBeGreaterThan(0.06);
  expect(finalists[1]?.behind.interval.from).toBeGreaterThan(0);
});

test("a repeat's seed follows from study, trial and repeat", () => {
  const seeds = [repeatSeed(1, 0, 1), repeatSeed(1, 0, 2), repeatSeed(1, 1, 1), repeatSeed(2, 0, 1)];
  expect(new Set(seeds).size).toBe(4);
  expect(repeatSeed(1, 0, 1)).toBe(seeds[0]);
});
