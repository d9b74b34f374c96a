import { expect, test } from "vitest";
import type { Examples } from "../../src/data/examples.ts";
import { improving } from "../../src/diagnose/improve.ts";
import { pathologies } from "../../src/testing/pathologies/pathologies.ts";
import { fit } from "../../src/train/fit.ts";
import type { Run } from "../../src/train/run.ts";
import { predict } from "../../src/train/trained.ts";

test("a change that repeats rare rows is compared by the same measure: the mean of the classes' errors", async () => {
  const { plant, human = 0 } =
    pathologies.find(({ right }) => right.includes("data/imbalance")) ?? expect.fail("there is such a pathology");
  const { job } = plant(1);
  const runs: Run[] = [];
  const steps = improving(job, {
    human,
    trials: 1,
    look: () => [],
    fit: async (attempt) => {
      const run = await fit(attempt.job);
      runs.push(run);
      return run;
    },
  });
  const { value } = await steps.next();
  const step = value !== undefined && "action" in value ? value : expect.fail("a change was tried");
  expect(step.action.code).toBe("data/imbalance");
  expect(step.diagnosis.measure).toEqual({ kind: "balancedError" });
  const dev = job.dev as Examples;
  const errors = await Promise.all(runs.map(async ({ trained }) => await classMean(trained, dev)));
  expect(step.diagnosis.errors.dev).toBeCloseTo(errors[1] ?? Number.NaN, 10);
  const percents = errors.map((error) => `${Number((100 * error).toPrecision(2))}%`);
  expect(step.summary).toContain(`dev error ${percents.join(" → ")}`);
});

/** The mean over the classes of the share of their rows that are answered wrong, counted here. */
async function classMean(trained: Run["trained"], { inputs, targets }: Examples): Promise<number> {
  const { classes } = await predict(trained, inputs);
  const shares = [...new Set(targets.data)].map((code) => {
    const rows = [...targets.data.keys()].filter((row) => targets.data[row] === code);
    return rows.filter((row) => classes?.data[row] !== code).length / rows.length;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
