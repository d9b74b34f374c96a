import { fork, seedKey, uniform } from "nabla";
import { expect, test } from "vitest";
import { optimismOf } from "../../src/experiment/optimism.ts";

const rows = 200;

/** Trials that are each wrong in a row with the same probability, by chance alone. */
function trials(count: number, error: number, seed: number): readonly Float64Array[] {
  return Array.from({ length: count }, (_, trial) =>
    uniform(fork(seedKey(seed), `trial ${trial}`), rows).map((draw) => Number(draw < error)),
  );
}

test("the lowest of many equal trials owes all of its lead to luck, and most of it is found", () => {
  let [apparent, honest] = [0, 0];
  for (let seed = 0; seed < 20; seed++) {
    const found = optimismOf({ mistakes: trials(30, 0.1, seed), scale: 1, seed });
    apparent += (found?.apparent ?? 0) / 20;
    honest += (found?.honest ?? 0) / 20;
  }
  expect(apparent).toBeLessThan(0.065);
  expect(honest).toBeGreaterThan(0.085);
  expect(honest).toBeLessThan(0.115);
});

test("a trial that is far better than all others owes little to luck", () => {
  const mistakes = [...trials(1, 0.02, 1), ...trials(20, 0.3, 2)];
  const found = optimismOf({ mistakes, scale: 1, seed: 1 });
  expect(found).toMatchObject({ trials: 21 });
  expect((found?.honest ?? 1) - (found?.apparent ?? 0)).toBeLessThan(0.01);
});

test("the same seed gives the same numbers, and one trial has no optimism", () => {
  const given = { mistakes: trials(5, 0.2, 3), scale: 2, seed: 4 };
  expect(optimismOf(given)).toEqual(optimismOf(given));
  expect(optimismOf({ mistakes: trials(1, 0.2, 3), scale: 1, seed: 1 })).toBeUndefined();
});
