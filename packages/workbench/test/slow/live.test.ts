import { join } from "node:path";
import { expect, test } from "vitest";
import { endless, expectReplayed, startLive } from "../commands/live.ts";
import { nabla, workFolder } from "../commands/nabla.ts";

test("a fork stands where the run stands, goes its own way, and the run goes on untouched", async () => {
  const folder = workFolder();
  const live = await startLive([...endless, "--out", "first"], folder);
  const { adjust, past } = live;
  await past(20);
  await adjust("keep.1=0.9");
  await past(60);
  const { stdout } = await nabla(["adjust", live.run, "pause", "fork", "--name", "try-2"], { folder });
  expect(stdout).toMatch(/nabla resume (try-2-[0-9a-f]{6}) --live {2}continues its training\n$/);
  const { step = 0 } = (await adjust("rate=3e-5"))[0] ?? {};

  const fork = await startLive(["resume", "try-2", "--live", "--set", "rate=5e-5", "--set", "batch=16"], folder);
  expect(fork.run).toMatch(/^try-2-[0-9a-f]{6}$/);
  const forked = await fork.stored();
  expect(forked).toMatchObject({ parent: live.run, notes: expect.stringContaining(`forked from ${live.run}`) });
  expect(forked.events.map(({ kind }) => kind)).toEqual(["change", "forked", "live", "change"]);
  await fork.past(step + 40);
  await expect(fork.adjust("undo", "undo")).rejects.toMatchObject({
    code: "live/undo",
    message: expect.stringMatching(
      /^back after step .*; but then: the checkpoint from before the last change is not there$/,
    ),
  });
  expect((await fork.adjust())[0]?.settings).toMatchObject({ rate: 1e-5, batch: 32, "dropout1.keep": 0.9 });
  await fork.adjust("penalty=1e-2");
  await fork.past(step + 60);
  await fork.adjust("stop");
  await adjust("continue");
  await past(step + 40);
  await adjust("stop");
  expect((await fork.ended).code).toBe(130);
  expect((await live.ended).code).toBe(130);
  expect((await fork.stored()).model).toBe(join(folder, ".nabla", "models", fork.run));
  expect((await live.stored()).model).toBe(join(folder, "first"));
  await Promise.all([expectReplayed(live), expectReplayed(fork)]);
});

test("Q1 a live run that was changed, undone, paused, killed and resumed is replayed bit for bit", async () => {
  const folder = workFolder();
  const first = await startLive(endless, folder);
  await first.past(20);
  await first.adjust("rate=2e-5");
  const one = await first.past((await first.past(0)) + 20);
  await first.adjust("keep.2=0.7", "batch=48");
  await first.past(one + 40);
  await first.adjust("pause", "penalty=1e-3");
  await first.adjust("undo", "keep.1=0.9", "continue");
  await first.past(one + 60);
  // an undo whose checkpoint is the last thing that was written, and a change that no checkpoint knows
  await first.adjust("rate=0.5");
  const [undone] = await first.adjust("undo");
  await first.past((undone?.step ?? 0) + 20);
  const [late] = await first.adjust("penalty=1e-2");
  await first.past((late?.step ?? 0) + 1);
  first.child.kill("SIGKILL");
  expect(await first.ended).toMatchObject({ signal: "SIGKILL" });
  expect((await first.stored()).status).toBe("interrupted");
  await expect(first.adjust("rate=1")).rejects.toMatchObject({ code: "live/not-running" });

  const second = await startLive(["resume", first.run, "--live"], folder);
  const [standing] = await second.adjust();
  expect(standing?.step).toBeGreaterThanOrEqual(late?.step ?? Number.NaN);
  expect(standing?.settings).toMatchObject({
    ...{ rate: 2e-5, batch: 48, "penalty.l2": 1e-2 },
    ...{ "dropout1.keep": 0.9, "dropout2.keep": 0.7 },
  });
  // what was changed before the kill can be taken back behind it
  const [back] = await second.adjust("undo");
  expect(back?.step).toBe(late?.step);
  const [again] = await second.adjust("batch=24");
  second.child.kill("SIGKILL");
  await second.ended;

  const third = await startLive(["resume", first.run, "--live", "--set", "keep.2=0.75"], folder);
  const from = await third.past((again?.step ?? 0) + 30);
  await third.adjust("stop");
  expect((await third.ended).code).toBe(130);
  const { outcome, epochs } = await third.stored();
  expect(epochs.map(({ epoch }) => epoch)).toEqual(epochs.map((_, i) => i + 1));
  expect(outcome?.best?.step).toBeGreaterThan(again?.step ?? Number.NaN);
  expect(from).toBeGreaterThan(back?.step ?? 0);
  await expectReplayed(third);
});
