import { fit } from "nabla";
import { expect, test } from "vitest";
import { jobOf } from "../../src/experiment/resolve.ts";
import { unpackRowErrors } from "../../src/studies/row-errors.ts";
import type { TrialEnd, TrialSignal, TrialStop } from "../../src/studies/trial.ts";
import { type TrialHost, trainTrial } from "../../src/workers/train-trial.ts";
import { planar, planarTrial } from "./planar.ts";

/** A host whose clock goes on by a second each time it is read. */
function slowHost(changes: Partial<TrialHost> = {}): TrialHost {
  let seconds = 0;
  return { clock: () => seconds++, stopped: () => false, signal: () => {}, ...changes };
}

function timeless(end: TrialEnd | TrialStop): object {
  const { seconds: _, ...rest } = end as TrialEnd;
  return rest;
}

test("a trial is the training itself, with its dev error told by epoch", async () => {
  const resolved = planarTrial(3);
  const end = (await trainTrial({ settled: resolved }, planar, slowHost())) as TrialEnd;
  const run = await fit({ ...jobOf(resolved), ...planar });
  expect(end.value).toBe(run.best?.dev?.error);
  expect(end.reports).toEqual(run.history.map(({ epoch, dev }) => ({ step: epoch, value: dev?.error })));
  expect(end.measures).toMatchObject({ parameters: 122, epochs: 12, devCost: run.best?.dev?.cost });
});

test("Q2 a trial that is stopped anywhere goes on to the same end", async () => {
  const resolved = planarTrial(4, { batch: 2 });
  const whole = await trainTrial({ settled: resolved, marksUpTo: 1 }, planar, slowHost());
  for (const events of [1, 13, 40]) {
    let left = events;
    const stop = await trainTrial({ settled: resolved }, planar, slowHost({ stopped: () => left-- <= 0 }));
    expect(stop.state).toBe("stopped");
    const { checkpoint } = stop as Required<TrialStop>;
    expect(timeless(await trainTrial({ settled: resolved, checkpoint, marksUpTo: 1 }, planar, slowHost()))).toEqual(
      timeless(whole),
    );
  }
});

test("Q2 a trial that was killed goes on from any checkpoint that it sent", async () => {
  const resolved = planarTrial(5, { batch: 2, epochs: 30 });
  const signals: TrialSignal[] = [];
  const whole = await trainTrial({ settled: resolved }, planar, slowHost({ signal: (signal) => signals.push(signal) }));
  const checkpoints = signals.flatMap(({ checkpoint }) => checkpoint ?? []);
  expect(checkpoints.length).toBeGreaterThan(5);
  for (const checkpoint of [checkpoints[0], checkpoints.at(-1)]) {
    if (checkpoint === undefined) throw new Error("no checkpoint");
    expect(timeless(await trainTrial({ settled: resolved, checkpoint }, planar, slowHost()))).toEqual(timeless(whole));
  }
});

test("a trial ends where it misses a standard, with the reason, and its last report is the one that missed it", async () => {
  const standards = [
    { step: 3, value: 1, name: "anything" },
    { step: 6, value: 0, name: "perfection" },
  ];
  const pruning = { pruner: { kind: "median" }, goal: "minimize", standards } as const;
  const end = (await trainTrial({ settled: planarTrial(3), pruning }, planar, slowHost())) as TrialEnd;
  expect(end).toMatchObject({ state: "pruned", reason: expect.stringContaining("worse than 0, perfection") });
  expect(end.reports.at(-1)?.step).toBe(6);
  expect(end.value).toBeUndefined();
});

test("a training whose numbers go wrong fails with the tensor that did, and one that cannot begin with why", async () => {
  const diverged = await trainTrial({ settled: planarTrial(1, { rate: 1e30 }) }, planar, slowHost());
  expect(diverged).toMatchObject({ state: "failed", reason: expect.stringMatching(/is not finite/) });
  const broken = await trainTrial({ settled: { ...planarTrial(1), batch: 2.5 } }, planar, slowHost());
  expect(broken).toMatchObject({ state: "failed", reason: expect.stringContaining("received 2.5") });
});

test("thousands of epochs are told of in a hundred reports", async () => {
  const end = (await trainTrial({ settled: planarTrial(1, { epochs: 250 }) }, planar, slowHost())) as TrialEnd;
  expect(end.reports.map(({ step }) => step)).toEqual([...Array(84).keys()].map((i) => Math.min(250, 3 * (i + 1))));
});

test("marks say of each dev row whether it was wrong", async () => {
  const end = (await trainTrial({ settled: planarTrial(2), marksUpTo: 1 }, planar, slowHost())) as TrialEnd;
  const wrong = unpackRowErrors(end.measures?.rowErrors ?? "", planar.dev.rows, {
    task: "classification",
    measure: undefined,
  });
  expect(wrong.reduce((sum, mistake) => sum + mistake, 0) / planar.dev.rows).toBeCloseTo(end.value ?? Number.NaN, 12);
  expect(await trainTrial({ settled: planarTrial(2), marksUpTo: 0 }, planar, slowHost())).not.toHaveProperty(
    "measures.rowErrors",
  );
});
