import { expect, test } from "vitest";
import {
  cosine,
  exponential,
  inverseTime,
  type Schedule,
  scheduleFrom,
  schedules,
  squareRoot,
  staircase,
  warmup,
} from "../../src/optim/schedule.ts";
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

test("M5 staircase, cosine and warm-up", () => {
  close(perEpoch(staircase({ factor: 0.1, every: 2 }), 1, 5), [1, 1, 0.1, 0.1, 0.01]);
  const half = perStep(cosine({ floor: 0.1 }), 41);
  close([half[0] ?? 0, half[20] ?? 0, half[40] ?? 0], [1, 0.55, 0.1]);
  close(perStep(warmup({ epochs: 1 }), 6), [0.25, 0.5, 0.75, 1, 1, 1]);
  const risen = perStep(warmup({ epochs: 1, schedule: staircase({ factor: 0.5, every: 2 }) }), 9);
  expect(risen[8]).toBe(0.5);
});

test("every schedule comes back from its data", () => {
  for (const kind of Object.keys(schedules)) {
    const made = scheduleFrom(kind === "warmup" ? { kind, epochs: 2, schedule: "cosine" } : kind);
    const again = scheduleFrom({ kind, ...made.options });
    expect(perStep(again, 40)).toEqual(perStep(made, 40));
  }
  expect(thrown(() => scheduleFrom({ kind: "inverseTime", deacy: 1 })).hint).toContain("decay");
});
