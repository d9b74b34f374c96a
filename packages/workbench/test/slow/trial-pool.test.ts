import type { Worker } from "node:worker_threads";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { TrialEnd } from "../../src/studies/trial.ts";
import { TrialPool } from "../../src/workers/pool.ts";
import { shareData } from "../../src/workers/shared-data.ts";
import { planar, planarTrial } from "../workers/planar.ts";

const started: Worker[] = [];

vi.mock("../../src/host/thread.ts", async (original) => {
  const { startThread } = await original<typeof import("../../src/host/thread.ts")>();
  return {
    startThread: (...given: Parameters<typeof startThread>) => {
      const worker = startThread(...given);
      started.push(worker);
      return worker;
    },
  };
});

// a thread that is stopped while it loads a native library takes the process with it
beforeAll(() => vi.stubEnv("NABLA_BLAS", "off"));
afterEach(() => started.splice(0));

const data = shareData(planar);
const timeless = ({ seconds: _, ...rest }: TrialEnd): object => rest;

async function trainAll(size: number, seeds: readonly number[], epochs = 12): Promise<readonly object[]> {
  await using pool = new TrialPool({ size, data });
  const ends = await Promise.all(seeds.map((seed) => pool.train({ settled: planarTrial(seed, { epochs }) })));
  return ends.map((end) => timeless(end as TrialEnd));
}

test("shared examples are the same numbers, and are copied once", () => {
  expect([...data.train.inputs.data]).toEqual([...planar.train.inputs.data]);
  expect(data.dev.targets.data.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(shareData(data).train.inputs.data).toBe(data.train.inputs.data);
});

test("Q2 one thread or two, the trials end alike; threads end with the pool", async () => {
  const seeds = [1, 2, 3, 4, 5, 6];
  const [one, two] = [await trainAll(1, seeds), await trainAll(2, seeds)];
  expect(two).toEqual(one);
  expect(new Set(one.map((end) => JSON.stringify(end))).size).toBe(seeds.length);
  expect(started.map(({ threadId }) => threadId)).toEqual([-1, -1, -1]);
});

test("Q2 a thread that dies takes nothing with it", async () => {
  const expected = await trainAll(1, [1, 2], 400);
  await using pool = new TrialPool({ size: 1, data });
  let killed = 0;
  const kill = (): void => {
    if (killed++ === 0) void started.at(-1)?.terminate();
  };
  const ends = [1, 2].map((seed) =>
    pool.train({ settled: planarTrial(seed, { epochs: 400 }) }, ({ share }) => share > 0 && kill()),
  );
  const found = await Promise.all(ends);
  expect(killed).toBeGreaterThan(0);
  expect(started).toHaveLength(3);
  expect(found.map((end) => timeless(end as TrialEnd))).toEqual(expected);
});

test("a trial under which every thread dies fails with the reason", async () => {
  await using pool = new TrialPool({ size: 1, data });
  const end = await pool.train({ settled: planarTrial(1, { epochs: 4000 }) }, () => void started.at(-1)?.terminate());
  expect(end).toMatchObject({ state: "failed", reason: expect.stringContaining("its thread died") });
  expect(started.length).toBeGreaterThanOrEqual(3);
});

test("stopped trials can be resumed, and waiting ones were not started", async () => {
  await using pool = new TrialPool({ size: 1, data });
  let begun = 0;
  const resolved = planarTrial(1, { epochs: 20_000 });
  const ends = [1, 2].map(() =>
    pool.train({ settled: resolved }, ({ share }) => {
      begun += 1;
      if (share > 0) pool.stop();
    }),
  );
  const [first, second] = await Promise.all(ends);
  expect(first).toMatchObject({ state: "stopped", checkpoint: expect.any(Uint8Array) });
  expect(second).toEqual({ state: "stopped" });
  expect(begun).toBeGreaterThan(1);
  expect(await pool.train({ settled: planarTrial(1) })).toMatchObject({ state: "done" });
});
