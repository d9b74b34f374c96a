import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Json } from "../../src/base/json.ts";
import { cyclic, oneCycle, warmRestarts } from "../../src/optim/cycles.ts";
import { byHand, multiStep, onPlateau } from "../../src/optim/measured-schedules.ts";
import {
  cosine,
  exponential,
  inverseTime,
  linearRate,
  polynomialRate,
  type Schedule,
  squareRoot,
  staircase,
  warmup,
} from "../../src/optim/schedule.ts";
import { scheduleFrom, schedules } from "../../src/optim/schedules.ts";
import { thrown } from "../data/thrown.ts";

const place = { epochs: 10, stepsPerEpoch: 4 };
const perEpoch = (schedule: Schedule, rate: number, epochs: number) =>
  Array.from(
    { length: epochs },
    (_, epoch) => rate * schedule.factor({ ...place, epoch, step: epoch * place.stepsPerEpoch }),
  );
const perStep = (schedule: Schedule, steps: number) =>
  Array.from({ length: steps }, (_, step) => schedule.factor({ ...place, step, epoch: Math.floor(step / 4) }));

function close(received: readonly number[], expected: readonly number[]): void {
  expect(received.length).toBe(expected.length);
  for (const [i, x] of expected.entries()) expect(received[i]).toBeCloseTo(x, 6);
}

test("M1 inverse time from .2 with decay 1: .2, .1, .066667, .05, .04", () => {
  close(perEpoch(inverseTime(), 0.2, 5), [0.2, 0.1, 0.0666667, 0.05, 0.04]);
});

test("M2 the rate is the same throughout an epoch, unless it changes by the step", () => {
  expect(new Set(perStep(inverseTime(), 4)).size).toBe(1);
  expect(new Set(perStep(inverseTime({ per: "step" }), 4)).size).toBe(4);
});

test("M3 exponential .95 from .2", () => {
  close(perEpoch(exponential(), 0.2, 5), [0.2, 0.19, 0.1805, 0.171475, 0.16290125]);
});

test("M4 the square root is finite from the first epoch on, and halves the rate in the fourth", () => {
  const rates = perEpoch(squareRoot({ k: 3 }), 0.2, 4);
  expect(rates[0]).toBeCloseTo(0.6, 12);
  expect(rates[3]).toBeCloseTo(3 * 0.1, 12);
});

test("M5 staircase, cosine and warmup", () => {
  close(perEpoch(staircase({ factor: 0.1, every: 2 }), 1, 5), [1, 1, 0.1, 0.1, 0.01]);
  const half = perStep(cosine({ floor: 0.1 }), 41);
  close([half[0] ?? 0, half[20] ?? 0, half[40] ?? 0], [1, 0.55, 0.1]);
  close(perStep(warmup({ epochs: 1 }), 6), [0.25, 0.5, 0.75, 1, 1, 1]);
  const risen = perStep(warmup({ epochs: 1, schedule: staircase({ factor: 0.5, every: 2 }) }), 9);
  expect(risen[8]).toBe(0.5);
});

/** Made by golden/make-schedules.py with PyTorch: factors by step, 10 epochs of 4 steps. */
const golden: Record<string, readonly number[]> = JSON.parse(
  readFileSync(new URL("golden/schedules.json", import.meta.url), "utf8"),
);

test.each([
  ["cosine", cosine({ floor: 0.1 })],
  ["warmRestarts", warmRestarts({ period: 2, floor: 0.1 })],
  ["growingRestarts", warmRestarts({ period: 1, growth: 2 })],
  ["oneCycle", oneCycle()],
  ["shortCycle", oneCycle({ rise: 0.1, start: 0.1, end: 0.001 })],
  ["multiStep", multiStep({ at: [3, 7] })],
  ["staircase", staircase({ factor: 0.5, every: 3 })],
  ["exponential", exponential({ base: 0.9 })],
  ["linear", linearRate({ start: 0.25, end: 0.75, over: 6 })],
  ["polynomial", polynomialRate({ power: 2 })],
  ["shortPolynomial", polynomialRate({ power: 0.5, over: 5 })],
] as const)("M5 %s is PyTorch's", (name, made) => {
  close(perStep(made, 40), golden[name] ?? []);
});

test("M5 on plateau: the rate falls when the cost has not, as PyTorch's does", () => {
  const costs = golden.plateauCosts ?? [];
  expect(costs.length).toBeGreaterThan(10);
  const factors = (values: readonly number[], options: Parameters<typeof onPlateau>[0]) => {
    const made = onPlateau({ factor: 0.5, floor: 0.1, ...options });
    return values.map((_, i) =>
      made.factor({ ...place, epoch: i + 1, step: 4 * (i + 1), measured: values.slice(0, i + 1) }),
    );
  };
  const [less, inverse] = [costs.map((x) => -x), costs.map((x) => 1 / x)];
  close(factors(costs, { patience: 2, least: 0.01 }), golden.plateau ?? []);
  close(factors(costs, { patience: 1, least: 0.01, cooldown: 3 }), golden.plateauCooldown ?? []);
  close(factors(less, { patience: 1, least: 0.01, mode: "max" }), golden.plateauMax ?? []);
  close(factors(inverse, { patience: 1, least: 0.05, mode: "max", cooldown: 1 }), golden.plateauRising ?? []);
  close(factors(costs, { patience: 1, least: 0.15, threshold: "absolute" }), golden.plateauAbsolute ?? []);
  close(
    factors(inverse, { patience: 1, least: 0.2, threshold: "absolute", mode: "max" }),
    golden.plateauAbsoluteMax ?? [],
  );
});

test("M5 by hand, from a list", () => {
  close(perEpoch(byHand({ factors: [1, 0.5, 0.1] }), 2, 5), [2, 1, 0.2, 0.2, 0.2]);
});

test("E9 the snapshot schedule of 100 steps in 5 cycles begins anew at steps 1, 21, 41, 61 and 81", () => {
  const factors = Array.from({ length: 100 }, (_, step) =>
    cyclic({ cycles: 5 }).factor({ step, epoch: step, epochs: 100, stepsPerEpoch: 1 }),
  );
  expect(factors.flatMap((factor, i) => (factor === 1 ? [i + 1] : []))).toEqual([1, 21, 41, 61, 81]);
  for (const [i, factor] of factors.entries())
    expect(factor).toBeCloseTo(0.5 * (Math.cos((Math.PI * (i % 20)) / 20) + 1), 12);
});

test("every schedule comes back from its data", () => {
  for (const kind of Object.keys(schedules)) {
    const needed: Record<string, Json> = {
      warmup: { kind, epochs: 2, schedule: "cosine" },
      multiStep: { kind, at: [2, 5] },
      byHand: { kind, factors: [1, 0.5] },
    };
    const made = scheduleFrom(needed[kind] ?? kind);
    const again = scheduleFrom({ kind, ...made.options });
    expect(perStep(again, 40)).toEqual(perStep(made, 40));
  }
  expect(thrown(() => scheduleFrom({ kind: "inverseTime", deacy: 1 })).hint).toContain("decay");
});
