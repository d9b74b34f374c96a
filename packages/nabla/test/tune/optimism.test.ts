import { expect, test } from "vitest";
import { fork, seedKey, uniform53 } from "../../src/base/random.ts";
import { optimism } from "../../src/tune/optimism.ts";

/** `count` networks that are wrong on each of `rows` rows with the probabilities `of`. */
function mistakesOf(count: number, rows: number, of: (network: number) => number, seed = 1): readonly Float64Array[] {
  return Array.from({ length: count }, (_, network) =>
    uniform53(fork(seedKey(seed), `network ${network}`), rows).map((draw) => Number(draw < of(network))),
  );
}

test("of many networks that are equally good, the best one's luck is seen through", () => {
  let [apparent, honest] = [0, 0];
  for (let seed = 1; seed <= 10; seed++) {
    const found = optimism(
      mistakesOf(40, 200, () => 0.1, seed),
      { seed },
    );
    apparent += (found?.apparent ?? 0) / 10;
    honest += (found?.honest ?? 0) / 10;
  }
  expect(apparent).toBeLessThan(0.065); // looks far better than 0.1
  expect(Math.abs(honest - 0.1)).toBeLessThan(0.012);
});

test("a clear winner was not lucky", () => {
  const found = optimism(mistakesOf(20, 500, (network) => (network === 7 ? 0.02 : 0.3)));
  expect(found?.trials).toBe(20);
  expect((found?.honest ?? 1) - (found?.apparent ?? 0)).toBeLessThan(0.003);
});

test("more rows leave less to luck", () => {
  const gain = (rows: number): number => {
    const { apparent = 0, honest = 0 } = optimism(mistakesOf(20, rows, () => 0.2)) ?? {};
    return honest - apparent;
  };
  expect(gain(4000)).toBeLessThan(0.5 * gain(200));
});

test("a scale divides both, and too little says nothing", () => {
  const mistakes = mistakesOf(5, 100, () => 0.3);
  const [one, half] = [optimism(mistakes), optimism(mistakes, { scale: 2 })];
  expect(half?.apparent).toBeCloseTo((one?.apparent ?? 0) / 2, 12);
  expect(half?.honest).toBeCloseTo((one?.honest ?? 0) / 2, 12);
  expect(optimism(mistakes.slice(0, 1))).toBeUndefined();
  expect(optimism([[1], [0]])).toBeUndefined();
});
