import type { TrialOutcome } from "nabla/tune";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Host, longestSilence, thisHost, threadText } from "../../src/store/owner.ts";
import type { StudyDraft, TrialDraft } from "../../src/store/study.ts";
import type { StudyStore } from "../../src/store/study-store.ts";
import { pretendedHost } from "./hosts.ts";

/** Opens the store of the test that runs, as the process of that host; the same store each time until the next test. */
export type OpenStudiesForTest = (host: Host) => Promise<StudyStore>;

/** A study's beginning, as small as it may be. */
function studyDraft(changes: Partial<StudyDraft> = {}): StudyDraft {
  return {
    name: "digits-search",
    definition: { space: { rate: { logUniform: [1e-4, 1] } }, goal: "minimize", seed: 7 },
    experiment: { model: { kind: "dense", units: 32 }, limit: Number.POSITIVE_INFINITY },
    plan: { trials: 60, finalists: 3, repeats: 3 },
    data: { path: "digits.csv", sha256: "ab".repeat(32) },
    version: "0.1.0",
    task: "classification",
    target: "digit",
    rows: { train: 60, dev: 20, test: 20 },
    ...changes,
  };
}

const asked = (number: number, repeat = 0): TrialDraft => ({
  number,
  repeat,
  units: { rate: (number + 0.1) / 1e3, "optimizer.beta1": 0.1 + 0.2 },
  values: { rate: 10 ** -number, optimizer: { kind: "adam", beta1: 0.9 } },
});

const done = {
  state: "done",
  value: 0.1 + 0.2,
  reports: [
    { step: 1, value: 0.5 },
    { step: 2, value: 0.30000000000000004 },
  ],
  seconds: 1.25,
  measures: {
    parameters: 32,
    epochs: 2,
    steps: 60,
    bestEpoch: 1,
    trainError: 0.1 + 0.2,
    trainCost: 5e-324,
    devCost: 0.2,
    rowErrors: "AAI=",
  },
} satisfies TrialOutcome;

const code = (name: string) => expect.objectContaining({ code: name });

/** What every store must keep: the rules of StudyStore, one test or more for each. */
export function studyKit(kind: string, open: OpenStudiesForTest): void {
  describe(`a ${kind} store of studies keeps the rules`, () => {
    const opened: StudyStore[] = [];
    const openAs = async (host: Host = thisHost()): Promise<StudyStore> => {
      const store = await open(host);
      opened.push(store);
      return store;
    };
    let store: StudyStore;
    const study = "digits-search";
    const first = { number: 0, repeat: 0 };

    beforeEach(async () => {
      store = await openAs();
    });
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
    });

    test("a study reads as it was written, by another reader too", async () => {
      const given = studyDraft({ name: "Größe & Co" });
      const made = await store.createStudy(given);
      expect(made).toEqual({ ...given, status: "running", created: made.created, updated: made.created });
      expect(await (await openAs()).getStudy(given.name)).toEqual(made);
      expect(await store.trials(given.name)).toEqual([]);
    });

    test("no two studies have one name", async () => {
      await store.createStudy(studyDraft());
      await expect(store.createStudy(studyDraft({ target: "other" }))).rejects.toThrow(code("store/study-exists"));
      expect((await store.getStudy(study)).target).toBe("digit");
    });

    test("a study is found by its name or the start of it, and lists go from the latest", async () => {
      for (const name of ["penguins", "digits", "digits-2"]) await store.createStudy(studyDraft({ name }));
      expect((await store.getStudy("pen")).name).toBe("penguins");
      expect((await store.getStudy("digits")).name).toBe("digits");
      await expect(store.getStudy("digit")).rejects.toThrow(code("store/ambiguous"));
      for (const unknown of ["", "zzz", "%"])
        await expect(store.getStudy(unknown)).rejects.toThrow(code("store/unknown-study"));
      expect((await store.listStudies()).map(({ name }) => name)).toEqual(["digits-2", "digits", "penguins"]);
    });

    test("a change sets what it names and leaves the rest; a state lets go", async () => {
      const made = await store.createStudy(studyDraft());
      const outcome = { hash: "00", best: { error: Number.NaN } };
      const changed = await store.updateStudy(study, { outcome, plan: { trials: 90 }, status: "finished" });
      expect(changed).toEqual({
        ...made,
        outcome,
        plan: { trials: 90 },
        status: "finished",
        updated: changed.updated,
      });
      expect(await store.updateStudy(study, { definition: { seed: 8 }, notes: "wider" })).toMatchObject({
        definition: { seed: 8 },
        notes: "wider",
        outcome,
      });
    });

    test("a study whose leader lives cannot be resumed; of many that try behind it, one leads", async () => {
      const leader = await openAs(pretendedHost());
      await leader.createStudy(studyDraft());
      const other = await openAs(pretendedHost({ pid: 2 }));
      await expect(other.resumeStudy(study)).rejects.toThrow(code("store/running"));
      await expect(other.resumeStudy(study)).rejects.toThrow("process 1 on here still works on the study");
      expect((await (await openAs(pretendedHost({ alive: false }))).getStudy(study)).status).toBe("interrupted");
      await leader.updateStudy(study, { status: "stopped" });
      const heirs = await Promise.all([3, 4, 5].map((pid) => openAs(pretendedHost({ pid }))));
      const tried = await Promise.allSettled(heirs.map((heir) => heir.resumeStudy(study)));
      expect(tried.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const one of tried)
        if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "store/running" });
    });

    test("trials come back by number and repeat, with every bit", async () => {
      await store.createStudy(studyDraft());
      await store.ask(study, [asked(2), asked(0, 1), asked(0)]);
      const trials = await (await openAs()).trials(study);
      expect(trials.map(({ number, repeat }) => [number, repeat])).toEqual([
        [0, 0],
        [0, 1],
        [2, 0],
      ]);
      expect(trials[2]).toStrictEqual({ ...asked(2), state: "running", status: "waiting", attempt: 0, reports: [] });
      expect((await store.trials(study, 1)).map(({ number }) => number)).toEqual([2]);
      expect(await store.trials(study, 3)).toEqual([]);
    });

    test("asking again changes nothing, and 2,000 are asked at once", async () => {
      await store.createStudy(studyDraft());
      await store.ask(study, [asked(0)]);
      await store.tell(await store.claim(study, first), done);
      await store.ask(study, [{ ...asked(0), units: { rate: 0.5 } }, asked(1)]);
      const [kept, added] = await store.trials(study);
      expect(kept).toMatchObject({ units: asked(0).units, status: "done", value: 0.30000000000000004 });
      expect(added).toMatchObject({ number: 1, status: "waiting" });
      await store.ask(
        study,
        Array.from({ length: 2000 }, (_, number) => asked(number)),
      );
      expect((await store.trials(study)).map(({ number }) => number)).toEqual([...Array(2000).keys()]);
    });

    test("what a trial came to is read back as told, and cannot be told or claimed again", async () => {
      const { created } = await store.createStudy(studyDraft());
      await store.ask(study, [asked(0), asked(1)]);
      const claim = await store.claim(study, first);
      expect(claim).toEqual({ study, ...first, attempt: 1 });
      expect((await store.trials(study))[0]).toMatchObject({ status: "running", attempt: 1 });
      expect((await store.trials(study))[0]).not.toHaveProperty("started");
      await store.heartbeat(claim, { thread: 1 });
      await store.tell(claim, done);
      const [{ started = "", ended = "", worker = "", ...told0 } = expect.fail()] = await store.trials(study);
      expect(told0).toStrictEqual({ ...asked(0), ...done, status: "done", attempt: 1 });
      expect([created <= started, started <= ended, ended <= new Date().toISOString()]).toEqual([true, true, true]);
      expect(threadText(worker)).toMatch(new RegExp(`^process ${process.pid} on .+, thread 1$`));
      await expect(store.tell(claim, { ...done, value: 7 })).rejects.toThrow(code("store/fenced"));
      await expect(store.claim(study, first)).rejects.toThrow(code("store/told"));
      await expect(store.claim(study, first, { takeOver: true })).rejects.toThrow(code("store/told"));
      const failed = await store.claim(study, { number: 1, repeat: 0 });
      await store.tell(failed, { state: "failed", reports: [{ step: 3, value: 0.5 }], reason: "turned to NaN" });
      const [, told] = await store.trials(study);
      expect(told).not.toHaveProperty("value");
      expect(told).toMatchObject({
        status: "failed",
        reason: "turned to NaN",
        reports: [{ step: 3, value: 0.5 }],
      });
    });

    test("an outcome that has lost a field is refused by name, never filled in", async () => {
      await store.createStudy(studyDraft());
      await store.ask(study, [asked(0)]);
      const { devCost: _, ...lost } = done.measures;
      await store.tell(await store.claim(study, first), { ...done, measures: lost as never });
      await expect(store.trials(study)).rejects.toThrow(code("record/field"));
      await expect(store.trials(study)).rejects.toThrow(
        "trial 0 of the study digits-search.measures.devCost: expected a finite number, found nothing",
      );
    });

    test("a trial has one worker while it lives, and waits once it is dead", async () => {
      const leader = await openAs(pretendedHost());
      await leader.createStudy(studyDraft());
      await leader.ask(study, [asked(0)]);
      const claim = await leader.claim(study, first);
      const late = 1e12 + longestSilence;
      const other = await openAs(pretendedHost({ pid: 2 }));
      await expect(other.claim(study, first)).rejects.toThrow(code("store/running"));
      await expect(other.claim(study, first)).rejects.toThrow("process 1 on here still works on trial 0");
      const elsewhere = { pid: 2, machine: "there 1" };
      await expect((await openAs(pretendedHost(elsewhere))).claim(study, first)).rejects.toThrow(code("store/running"));
      const heir = await openAs(pretendedHost({ ...elsewhere, now: late }));
      expect((await heir.trials(study))[0]?.status).toBe("waiting");
      expect(await heir.claim(study, first)).toEqual({ ...claim, attempt: 2 });
    });

    test("of many that claim a trial at once, one has it", async () => {
      await store.createStudy(studyDraft());
      await store.ask(study, [asked(0)]);
      const workers = await Promise.all([1, 2, 3, 4].map((pid) => openAs(pretendedHost({ pid }))));
      const tried = await Promise.allSettled(workers.map((worker) => worker.claim(study, first)));
      expect(tried.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const one of tried)
        if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "store/running" });
    });

    test("what is said under an older attempt is refused and changes nothing", async () => {
      const slow = await openAs(pretendedHost());
      await slow.createStudy(studyDraft());
      await slow.ask(study, [asked(0)]);
      const old = await slow.claim(study, first);
      const fast = await openAs(pretendedHost({ pid: 2 }));
      const claim = await fast.claim(study, first, { takeOver: true });
      await fast.heartbeat(claim, { checkpoint: Uint8Array.of(2) });
      const before = await fast.trials(study);
      for (const late of [
        () => slow.tell(old, done),
        () => slow.release(old),
        () => slow.heartbeat(old, { reports: done.reports, checkpoint: Uint8Array.of(1) }),
      ]) {
        await expect(late()).rejects.toThrow(code("store/fenced"));
      }
      await expect(slow.tell(old, done)).rejects.toThrow("attempt 2 has begun");
      expect(await fast.trials(study)).toEqual(before);
      expect([...((await fast.checkpoint(study, first)) ?? [])]).toEqual([2]);
      await fast.tell(claim, done);
    });

    test("the last checkpoint outlives its worker, and is gone with the trial's end", async () => {
      const dead = await openAs(pretendedHost());
      await dead.createStudy(studyDraft());
      await dead.ask(study, [asked(0), asked(0, 1)]);
      const claim = await dead.claim(study, first);
      expect(await dead.checkpoint(study, first)).toBeUndefined();
      const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) >> 3);
      await dead.heartbeat(claim, { checkpoint: Uint8Array.of(1, 2) });
      await dead.heartbeat(claim, { checkpoint: bytes, reports: done.reports });
      await dead.heartbeat(claim, { reports: done.reports });
      const heir = await openAs(pretendedHost({ pid: 2, alive: false }));
      const next = await heir.claim(study, first);
      const kept = await heir.checkpoint(study, first);
      expect(kept?.length).toBe(bytes.length);
      expect(kept?.every((byte, i) => byte === bytes[i])).toBe(true);
      expect(await heir.checkpoint(study, { number: 0, repeat: 1 })).toBeUndefined();
      expect((await heir.trials(study))[0]?.reports).toEqual(done.reports);
      await heir.tell(next, done);
      expect(await heir.checkpoint(study, first)).toBeUndefined();
    });

    test("a trial that is let go waits, and its checkpoint stays", async () => {
      await store.createStudy(studyDraft());
      await store.ask(study, [asked(0)]);
      const claim = await store.claim(study, first);
      await store.heartbeat(claim, { checkpoint: Uint8Array.of(9) });
      await store.release(claim);
      expect((await store.trials(study))[0]).toMatchObject({ status: "waiting", attempt: 1 });
      await expect(store.tell(claim, done)).rejects.toThrow(code("store/fenced"));
      expect((await store.claim(study, first)).attempt).toBe(2);
      expect([...((await store.checkpoint(study, first)) ?? [])]).toEqual([9]);
    });

    test("many trials told at once through two connections are all there", async () => {
      await store.createStudy(studyDraft());
      const other = await openAs();
      const numbers = [...Array(40).keys()];
      await store.ask(
        study,
        numbers.map((number) => asked(number)),
      );
      await Promise.all(
        numbers.map(async (number) => {
          const through = number % 2 ? store : other;
          await through.tell(await through.claim(study, { number, repeat: 0 }), { ...done, value: number });
        }),
      );
      expect((await store.trials(study)).map(({ value }) => value)).toEqual(numbers);
    });

    test("every method names a study or a trial that is not there", async () => {
      const unknown = code("store/unknown-study");
      await expect(store.ask("zzz", [asked(0)])).rejects.toThrow(unknown);
      await expect(store.trials("zzz")).rejects.toThrow(unknown);
      await expect(store.updateStudy("zzz", {})).rejects.toThrow(unknown);
      await expect(store.resumeStudy("zzz")).rejects.toThrow(unknown);
      await store.createStudy(studyDraft());
      await expect(store.claim(study, first)).rejects.toThrow(code("store/unknown-trial"));
      await expect(store.tell({ study, ...first, attempt: 1 }, done)).rejects.toThrow(
        "there is no trial 0 of the study",
      );
    });

    test("an ask that fails leaves nothing", async () => {
      await store.createStudy(studyDraft());
      const broken = { ...asked(1), values: 1n as unknown as number };
      await expect(store.ask(study, [asked(0), broken])).rejects.toThrow(TypeError);
      expect(await store.trials(study)).toEqual([]);
    });
  });
}
