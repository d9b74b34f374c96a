import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readHealth } from "../../src/store/health-record.ts";
import { endless, expectReplayed, startLive } from "./live.ts";
import { nabla, penguins, start, workFolder } from "./nabla.ts";

test("rate, keep, penalty and batch are changed, one is undone, it is paused, stopped and replayed bit for bit", async () => {
  const folder = workFolder();
  const live = await startLive(endless, folder);
  const { adjust, past, run } = live;
  await past(20);
  const [paused] = await adjust("pause");
  const set = await nabla(["adjust", run.slice(-6), "rate=2e-5", "keep.2=0.7"], { folder });
  expect(set).toMatchObject({ code: 0, stderr: "" });
  expect(set.stdout).toMatch(/^rate 0\.00001 → 0\.00002, keep\.2 0\.8 → 0\.7 from step [\d,]+\n$/);
  const [still] = await adjust();
  expect(still).toMatchObject({
    step: paused?.step,
    summary: expect.stringMatching(/^paused .*rate=0\.00002.*keep\.2=0\.7/),
  });
  await adjust("batch=50", "penalty=1e-3");
  await adjust("keep=0.5");
  const [undone, on] = await adjust("undo", "continue");
  expect(undone).toMatchObject({ kind: "undo", step: paused?.step });
  expect(on).toMatchObject({ kind: "continue", step: paused?.step });
  expect((await adjust("watch"))[0]?.summary).toMatch(/^its layers are recorded after step/);
  const behind = await past((paused?.step ?? 0) + 30);
  await adjust("rate=0.1");
  await past(behind + 30);
  const [back] = await adjust("undo");
  expect(back?.summary).toMatch(/^back after step [\d,]+, [\d,]+ epochs? finished, before rate 0\.00002 → 0\.1$/);
  const step = back?.step ?? 0;
  await past(step + 40);
  await adjust("stop");
  const ended = await live.ended;
  expect(ended).toMatchObject({ code: 130, stdout: expect.stringContaining("stopped by you") });
  expect(ended.stderr).toContain("rate 0.00002 → 0.1 from step");
  expect(ended.stderr).toContain("paused after step");

  const { status, epochs, outcome, events } = await live.stored();
  expect(status).toBe("stopped");
  expect(epochs.map(({ epoch }) => epoch)).toEqual(epochs.map((_, i) => i + 1));
  expect(outcome).toMatchObject({ reason: "stopped", epochs: epochs.length });
  expect(outcome?.best?.step).toBeGreaterThan(step);
  expect(events.map(({ kind }) => kind)).toEqual([
    "live",
    "pause",
    "change",
    "change",
    "change",
    "undo",
    "continue",
    "watch",
    "change",
    "undo",
    "stop",
  ]);
  // from where it was asked for, and again from where it went back to
  const watched = (await readHealth((await live.stored()).checkpoint ?? "")).map((record) => record.epoch);
  expect(watched.length).toBeGreaterThan(0);
  expect(watched).toEqual(watched.toSorted((a, b) => a - b));
  expect(watched.at(-1)).toBeLessThanOrEqual(epochs.length);
  const shown = await nabla(["show", run], { folder });
  expect(shown.stdout).toMatch(
    /Journal +step [\d,]+: paused\n +step [\d,]+: rate 0\.00001 → 0\.00002, keep\.2 0\.8 → 0\.7\n/,
  );
  await expectReplayed(live);
});

test("what cannot be done is refused before anything is done, and the training goes on", async () => {
  const folder = workFolder();
  const live = await startLive(endless, folder);
  const refusal = async (...words: readonly string[]) => await live.adjust(...words).catch((error: unknown) => error);
  expect(await refusal("rate=0.5", "rat=3")).toMatchObject({
    code: "live/setting",
    message: 'this run has no setting "rat"',
    hint: expect.stringMatching(
      /did you mean rate.*There are rate, beta1, beta2, epsilon, strength, penalty, keep\.1, keep\.2 and batch/,
    ),
  });
  expect(await refusal("keep.2=1.5")).toMatchObject({ message: expect.stringContaining("received 1.5") });
  expect(await refusal("batch=12.5")).toMatchObject({ message: expect.stringContaining("received 12.5") });
  expect(await refusal("rate=-1")).toMatchObject({ code: "options/range" });
  expect(await refusal("undo")).toMatchObject({ code: "live/undo" });
  expect(await refusal("pause", "undo", "undo")).toMatchObject({ code: "live/undo" });
  expect(await refusal("fork")).toMatchObject([{ kind: "fork" }]);
  const [first] = await live.adjust();
  expect(first?.summary).toMatch(/^trains after step/);
  expect(first?.settings).toMatchObject({ rate: 1e-5, batch: 32 });
  expect((await live.adjust("rate=1e-5"))[0]?.summary).toBe("rate is 0.00001 already");
  expect((await live.adjust("continue"))[0]?.summary).toBe("it is not paused");

  await live.adjust("pause"); // so that what follows has the machine for itself
  const wrong = await nabla(["adjust", live.run, "pasue"], { folder });
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/"pasue" is not a command or setting\nhint: .*pause\?/),
  });
  const named = await nabla(["adjust", live.run, "fork", "--name", "Try 2"], { folder });
  expect(named).toMatchObject({ code: 1, stderr: expect.stringContaining('"Try 2" cannot name a run') });
  const taken = await nabla(["adjust", live.run, "fork", "--name", "penguins"], { folder });
  expect(taken).toMatchObject({ code: 1, stderr: expect.stringMatching(/there is a run penguins-\w+ already/) });

  await Promise.all(["rate=2e-5", "keep=0.9", "batch=64", "penalty=1e-4"].map((word) => live.adjust(word)));
  expect((await live.adjust())[0]?.settings).toMatchObject({
    ...{ rate: 2e-5, batch: 64, "penalty.l2": 1e-4 },
    ...{ "dropout1.keep": 0.9, "dropout2.keep": 0.9 },
  });
  await live.adjust("stop");
  await live.ended;
  expect(await refusal("pause")).toMatchObject({
    code: "live/not-running",
    hint: expect.stringContaining(`nabla resume ${live.run} --live`),
  });
});

test("a change that makes numbers go wrong ends the run, is taken back all the same, and the run goes on", async () => {
  const folder = workFolder();
  const wild = endless.flatMap((word) => (word === "--schedule" ? ["--optimizer", "gradientDescent", word] : [word]));
  const live = await startLive(wild, folder);
  await live.past(30);
  const [change] = await live.adjust("rate=1e12");
  const { code, stderr } = await live.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/is not finite[\s\S]*adjust \S+ undo undoes the last change; .*resume \S+ --live continues/);
  expect(await live.stored()).toMatchObject({ status: "failed", outcome: { reason: "diverged" } });
  await expect(live.adjust("rate=1e-5")).rejects.toMatchObject({ code: "live/not-running" });
  const undone = await nabla(["adjust", live.run, "undo"], { folder });
  expect(undone).toMatchObject({ code: 0, stderr: "" });
  expect(undone.stdout).toMatch(/before rate 0\.00001 → 1000000000000\n {2}\S+.* resume \S+ --live {2}resumes it\n$/);
  await expect(live.adjust("undo")).rejects.toMatchObject({ code: "live/undo" });
  expect((await live.stored()).status).toBe("stopped");
  const again = await startLive(["resume", live.run, "--live"], folder);
  await again.past((change?.step ?? 0) + 30);
  expect((await again.adjust())[0]?.settings).toMatchObject({ rate: 1e-5 });
  await again.adjust("stop");
  expect((await again.ended).code).toBe(130);
  await expectReplayed(again);
});

test("Ctrl-C ends a training that is paused where it stands, and it can be resumed there", async () => {
  const folder = workFolder();
  const live = await startLive(endless, folder);
  await live.past(30);
  const [paused] = await live.adjust("pause");
  live.child.kill("SIGINT");
  const { code, stderr } = await live.ended;
  expect(code).toBe(130);
  expect(stderr).toContain("stopping where it is paused");
  const wrong = await nabla(["resume", live.run, "--live", "--set", "keep=2"], { folder });
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("received 2") });
  expect((await live.stored()).status).toBe("stopped");
  const again = await startLive(["resume", live.run, "--live"], folder);
  const [standing] = await again.adjust();
  expect(standing?.step).toBeGreaterThanOrEqual(paused?.step ?? 0);
  await again.adjust("stop");
  expect((await again.ended).code).toBe(130);
});

test("a training without --live says how to be so; --live and --until-good exclude each other, and --set needs --live", async () => {
  const folder = workFolder();
  const running = start(
    endless.filter((word) => word !== "--live"),
    { folder },
  );
  onTestFinished(() => void running.child.kill("SIGKILL"));
  await new Promise<void>((resolve, reject) => {
    running.child.stderr?.on("data", (part) => /^epoch/m.test(String(part)) && resolve());
    running.ended.then(({ stderr }) => reject(new Error(`it ended before its first epoch: ${stderr}`)), reject);
  });
  const { stdout } = await nabla(["runs", "--json"], { folder });
  const [{ id }] = JSON.parse(stdout) as [{ id: string }];
  const deaf = await nabla(["adjust", id, "rate=1"], { folder });
  expect(deaf).toMatchObject({ code: 1, stderr: expect.stringContaining(`\`nabla resume ${id} --live\``) });
  running.child.kill("SIGINT");
  await running.ended;
  expect(await nabla(["resume", id, "--set", "rate=1"], { folder })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("add --live"),
  });
  expect(await nabla(["resume", id, "--live", "--set", "pause"], { folder })).toMatchObject({ code: 2 });
  const both = await nabla(["train", penguins, "--target", "body_mass_g", "--live", "--until-good"], { folder });
  expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("cannot be carried out together") });
  expect(readdirSync(join(folder, ".nabla", "checkpoints")).some((name) => name.includes("before"))).toBe(false);
});
