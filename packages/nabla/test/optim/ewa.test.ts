import { expect, test } from "vitest";
import { effectiveWindow, ewa } from "../../src/optim/ewa.ts";

const days = [40, 49, 45];

test("K1 exponentially weighted average of 40, 49, 45 with beta .9 is 4, 8.5, 12.15", () => {
  const average = ewa(0.9);
  for (const [i, expected] of [4, 8.5, 12.15].entries()) expect(average.add(days[i] ?? 0)).toBeCloseTo(expected, 12);
});

test("K2 it equals the closed form", () => {
  const average = ewa(0.8);
  for (const day of days) average.add(day);
  expect(average.value).toBeCloseTo(
    days.reduce((sum, day, i) => sum + 0.2 * 0.8 ** (days.length - 1 - i) * day, 0),
    12,
  );
});

test("K3 the effective window is 10, 50 and 2 values", () => {
  for (const [beta, window] of [
    [0.9, 10],
    [0.98, 50],
    [0.5, 2],
  ] as const)
    expect(effectiveWindow(beta)).toBeCloseTo(window, 9);
});

test("K6 corrected it is 40, 44.7368, 44.8339; fed back, as the notes have it, it runs away", () => {
  const average = ewa(0.9, { correct: true });
  for (const [i, expected] of [40, 44.7368, 44.8339].entries())
    expect(average.add(days[i] ?? 0)).toBeCloseTo(expected, 4);
  let literal = 0;
  for (const [i, day] of days.entries()) literal = (0.9 * literal + 0.1 * day) / (1 - 0.9 ** (i + 1));
  expect(literal).toBeCloseTo(731.5, 1);
});
