import { normal, seedKey } from "nabla";
import { expect, test } from "vitest";
import { bootstrapError } from "../../src/runs/bootstrap.ts";

const targets = normal(seedKey(1), 500);
const noise = normal(seedKey(2), 500);
const answers = targets.map((target, i) => target + 0.3 * (noise[i] ?? 0));

test("the interval holds the truth, is as wide as theory says, and one seed gives one interval", () => {
  const { error, mistake } = bootstrapError(answers, targets, { seed: 5 });
  expect(error.from).toBeLessThan(0.09);
  expect(error.to).toBeGreaterThan(0.09);
  // the mean of n squared normal errors of variance v has standard deviation v·sqrt(2/n)
  const width = 2 * 1.96 * 0.09 * Math.sqrt(2 / 500);
  expect((mistake.to - mistake.from) / width).toBeGreaterThan(0.75);
  expect((mistake.to - mistake.from) / width).toBeLessThan(1.25);
  expect(bootstrapError(answers, targets, { seed: 5 })).toEqual({ error, mistake });
});
