import { fork, ndarray, normal, seedKey } from "nabla";
import { expect, test } from "vitest";
import { type Contender, chooseAverage, type JudgedRows } from "../../src/studies/average.ts";

const rows = 300;
const key = seedKey(4);
const truth = normal(fork(key, "truth"), rows);
const numbers: JudgedRows = {
  task: "regression",
  targets: ndarray(Float32Array.from(truth), [rows, 1]),
  judged: [...Array(rows).keys()],
};

/** Answers that are off by noise of their own. */
function noisy(number: number, size: number): Contender {
  const noise = normal(fork(key, `noise ${number}`), rows);
  return { number, answers: Float64Array.from(truth, (value, row) => value + size * (noise[row] ?? 0)) };
}

test("networks whose mistakes are independent are averaged, and the gain is measured against the first", () => {
  const {
    numbers: chosen,
    error,
    before,
    gain,
  } = chooseAverage([noisy(0, 0.5), noisy(4, 0.5), noisy(9, 0.6)], numbers);
  expect(chosen.toSorted()).toEqual([0, 4, 9]);
  expect(Math.abs(before - 0.25)).toBeLessThan(0.1);
  expect(error).toBeLessThan(0.6 * before);
  expect(gain.error).toBeCloseTo(before - error, 10);
  expect(gain.interval.from).toBeGreaterThan(0);
});

test("what only adds mistakes is left out, and the first is what remains", () => {
  const { numbers: chosen, gain } = chooseAverage([noisy(0, 0.2), noisy(1, 3), noisy(2, 4)], numbers);
  expect(chosen).toEqual([0]);
  expect(gain).toEqual({ error: 0, interval: { from: 0, to: 0 } });
});

test("a first one that is surely worse is given up", () => {
  expect(chooseAverage([noisy(0, 4), noisy(1, 0.2)], numbers).numbers).toEqual([1]);
});

test("only the rows that count decide", () => {
  const good = noisy(1, 0.1);
  const answers = good.answers.map((answer, row) => (row < 100 ? answer + 50 : answer));
  const all = [noisy(0, 1), { number: 1, answers }];
  expect(chooseAverage(all, numbers).numbers).toEqual([0]);
  const later = { ...numbers, judged: numbers.judged.slice(100) };
  expect(chooseAverage(all, later)).toMatchObject({ numbers: [1], rows: 200 });
});

test("rows with weights decide as if they were written so many times", () => {
  const weights = Array.from({ length: rows }, (_, row) => [0, 1, 3][row % 3] ?? 0);
  const all = [noisy(0, 0.6), noisy(4, 0.5), noisy(9, 0.7)];
  const repeated = weights.flatMap((weight, row) => Array.from({ length: weight }, () => row));
  const [weighed, written] = [
    chooseAverage(all, { ...numbers, weights }),
    chooseAverage(all, { ...numbers, judged: repeated }),
  ];
  expect(weighed.numbers).toEqual(written.numbers);
  expect(weighed.error).toBeCloseTo(written.error, 9);
  expect(weighed.gain.error).toBeCloseTo(written.gain.error, 9);
  expect(weighed.error).not.toBeCloseTo(chooseAverage(all, numbers).error, 4);
});

test("classes are compared by the probability of the true one, and reported by how many are wrong", () => {
  const codes = Int32Array.from({ length: rows }, (_, row) => row % 2);
  const judged: JudgedRows = { ...numbers, task: "classification", targets: ndarray(codes, [rows]) };
  const sure = (number: number, right: number, wrong: (row: number) => boolean): Contender => ({
    number,
    answers: Float64Array.from({ length: 2 * rows }, (_, at) => {
      const row = at >> 1;
      const p = wrong(row) ? 1 - right : right;
      return at % 2 === codes[row] ? p : 1 - p;
    }),
  });
  const first = sure(0, 0.7, (row) => row % 10 === 0);
  const other = sure(5, 0.9, (row) => row % 10 === 5);
  const found = chooseAverage([first, other], judged);
  expect(found.before).toBeCloseTo(0.1, 10);
  expect(found.numbers).toContain(5);
  // one output is the probability of the second class
  const single = { number: 0, answers: Float64Array.from(codes, (code) => (code === 1 ? 0.8 : 0.3)) };
  expect(chooseAverage([single], judged).error).toBe(0);
});

test("probabilities that are better do not pay for answers that are worse", () => {
  const codes = new Int32Array(rows);
  const judged: JudgedRows = { ...numbers, task: "classification", targets: ndarray(codes, [rows]) };
  const withProbability = (number: number, of: (row: number) => number): Contender => ({
    number,
    answers: Float64Array.from({ length: 2 * rows }, (_, at) => (at % 2 === 0 ? of(at >> 1) : 1 - of(at >> 1))),
  });
  const first = withProbability(0, () => 0.55);
  const surer = withProbability(1, (row) => (row % 20 === 0 ? 0.3 : 0.9));
  expect(chooseAverage([first, surer], judged)).toMatchObject({ numbers: [0], gain: { error: 0 } });
});
