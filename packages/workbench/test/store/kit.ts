import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Host, longestSilence, thisHost } from "../../src/store/owner.ts";
import type { RunFilter, RunStore } from "../../src/store/run-store.ts";
import { draft, epoch, outcome } from "./drafts.ts";
import { pretendedHost } from "./hosts.ts";

/** Opens the store of the test that runs, as the process of that host; the same store each time until the next test. */
export type OpenForTest = (host: Host) => Promise<RunStore>;

const code = (name: string) => expect.objectContaining({ code: name });

/** What every store must keep: the rules of RunStore, one test or more for each. */
export function storeKit(kind: string, open: OpenForTest): void {
  describe(`a ${kind} store keeps the rules`, () => {
    const opened: RunStore[] = [];
    const openAs = async (host: Host = thisHost()): Promise<RunStore> => {
      const store = await open(host);
      opened.push(store);
      return store;
    };
    let store: RunStore;

    beforeEach(async () => {
      store = await openAs();
    });
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
    });

    test("a run reads as it was written, by another reader too", async () => {
      const given = draft({ name: "Größe & Co", model: "m", checkpoint: "c", notes: "first try", study: "s" });
      const made = await store.create(given);
      expect(made).toMatchObject({ ...given, status: "running", testEvaluations: [], created: made.updated });
      expect(made.id).toMatch(/^gro-e-co-[0-9a-f]{6}$/);
      expect(await (await openAs()).get(made.id)).toEqual({ ...made, epochs: [], events: [] });
    });

    test("what a draft leaves out is absent, not undefined or null", async () => {
      const made = await store.create(draft());
      expect(Object.keys(made)).not.toEqual(expect.arrayContaining(["model"]));
      expect("outcome" in (await store.get(made.id))).toBe(false);
    });

    test("epochs come back in order, and one appended again replaces the first", async () => {
      const { id } = await store.create(draft());
      await store.append(id, { epochs: [epoch(2), epoch(1)] });
      await store.append(id, { epochs: [epoch(2, { cost: 7, best: false }), epoch(3)] });
      expect((await store.get(id)).epochs).toEqual([epoch(1), epoch(2, { cost: 7, best: false }), epoch(3)]);
    });

    test("a run that goes back loses the epochs behind, and no other run does", async () => {
      const [{ id }, other] = [await store.create(draft()), await store.create(draft())];
      for (const run of [id, other.id]) await store.append(run, { epochs: [1, 2, 3, 4].map((n) => epoch(n)) });
      const again = { ...epoch(3), cost: 0.25 };
      await store.append(id, { back: 2, epochs: [again], events: [{ kind: "undo", data: null }] });
      expect((await store.get(id)).epochs).toEqual([epoch(1), epoch(2), again]);
      expect((await store.get(other.id)).epochs).toHaveLength(4);
    });

    test("the end of what happened in a run comes without its beginning", async () => {
      const { id } = await store.create(draft());
      const event = (kind: string) => ({ kind, at: "2026-01-01T00:00:00.000Z", data: null });
      await store.append(id, { epochs: [1, 2, 3].map((n) => epoch(n)), events: [event("live"), event("pause")] });
      expect(await store.tail(id, { epoch: 3, events: 1 })).toEqual({ epochs: [epoch(3)], events: [event("pause")] });
      expect(await store.tail(id, { epoch: 4, events: 2 })).toEqual({ epochs: [], events: [] });
    });

    test("a run that was archived or deleted is left out when asked so, and is whole again when restored", async () => {
      const [kept, put, gone] = [await store.create(draft()), await store.create(draft()), await store.create(draft())];
      const { updated } = await store.get(gone.id);
      await store.mark(put.id, { archived: true, tags: ["best", "größer"] });
      await store.mark(put.id, { tags: ["best"] });
      await store.mark(gone.id, { deleted: true });
      const ids = async (filter: RunFilter): Promise<readonly string[]> =>
        (await store.list(filter)).map(({ id }) => id);
      expect(await ids({})).toEqual([put.id, kept.id]);
      expect(await ids({ archived: false })).toEqual([kept.id]);
      expect(await ids({ archived: true, deleted: true })).toEqual([put.id]);
      expect(await ids({ ids: [gone.id, kept.id], deleted: true })).toEqual([gone.id, kept.id]);
      expect(await ids({ ids: [] })).toEqual([]);
      expect((await store.get(put.id)).marks).toEqual({ tags: ["best"], archived: true, deleted: false });
      // it is still there for whoever names it in full, and its name's beginning means the others
      expect((await store.get(gone.id)).marks?.deleted).toBe(true);
      expect((await store.get(kept.id.slice(-6))).id).toBe(kept.id);
      await expect(store.get(gone.id.slice(-6))).rejects.toThrow(code("store/unknown-run"));
      await store.mark(gone.id, { deleted: false });
      expect(await ids({})).toEqual([gone.id, put.id, kept.id]);
      expect((await store.stamps()).map(({ id }) => id).sort()).toEqual([kept.id, put.id, gone.id].sort());
      expect((await store.stamps(updated)).map(({ id }) => id)).toContain(gone.id);
      expect(await store.stamps("9999")).toEqual([]);
      await expect(store.mark("digits-000000", { archived: true })).rejects.toThrow(code("store/unknown-run"));
    });

    test("a deleted run is removed for good, and what it led to comes from what led to it", async () => {
      const first = await store.create(draft());
      const gone = await store.create(draft({ parent: first.id }));
      const child = await store.create(draft({ parent: gone.id }));
      await store.append(gone.id, { epochs: [epoch(1)], events: [{ kind: "live", data: null }] });
      await store.mark(gone.id, { deleted: true, tags: ["no"] });
      await expect(store.remove(gone.id)).rejects.toThrow(code("store/running"));
      await store.update(gone.id, { status: "stopped" });
      await store.mark(gone.id, { deleted: false });
      await expect(store.remove(gone.id)).rejects.toThrow(code("store/not-deleted"));
      expect((await store.get(gone.id)).epochs).toHaveLength(1);
      await store.mark(gone.id, { deleted: true });
      await store.remove(gone.id);
      await expect(store.get(gone.id)).rejects.toThrow(code("store/unknown-run"));
      await expect(store.remove(gone.id)).rejects.toThrow(code("store/unknown-run"));
      expect(await store.tail(gone.id, { epoch: 0, events: 0 })).toEqual({ epochs: [], events: [] });
      expect((await store.stamps()).map(({ id }) => id).sort()).toEqual([first.id, child.id].sort());
      expect(await store.get(child.id)).toMatchObject({ parent: first.id });
    });

    test("numbers keep every bit, and those of events NaN and infinities too", async () => {
      const { id } = await store.create(draft());
      const { dev: _, ...bare } = epoch(2, { cost: 5e-324 });
      await store.append(id, {
        epochs: [epoch(1, { cost: 0.1 + 0.2 }), bare],
        events: [{ kind: "nan", data: { last: Number.NaN } }],
      });
      const { epochs, events, seed } = await store.get(id);
      expect(epochs).toStrictEqual([epoch(1, { cost: 0.1 + 0.2 }), bare]);
      expect(events[0]?.data).toEqual({ last: Number.NaN });
      expect(seed).toBe(2 ** 53 - 1);
    });

    test("2,000 epochs and events at once keep their order", async () => {
      const { id } = await store.create(draft());
      const numbers = Array.from({ length: 2000 }, (_, i) => i + 1);
      await store.append(id, {
        epochs: numbers.map((n) => epoch(n)),
        events: numbers.map((n) => ({ kind: "step", data: n })),
      });
      await store.append(id, { events: [{ kind: "step", data: 2001, at: "2026-01-01T00:00:00.000Z" }] });
      const { epochs, events } = await store.get(id);
      expect(epochs.map((record) => record.epoch)).toEqual(numbers);
      expect(events.map(({ data }) => data)).toEqual([...numbers, 2001]);
      expect(events.at(-1)?.at).toBe("2026-01-01T00:00:00.000Z");
    });

    test("appends at once through two connections are all there", async () => {
      const { id } = await store.create(draft());
      const other = await openAs();
      const appends = Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? store : other).append(id, {
          events: [
            { kind: "a", data: i },
            { kind: "b", data: i },
          ],
        }),
      );
      await Promise.all(appends);
      const { events } = await store.get(id);
      expect(events.map(({ data }) => data).sort((a, b) => Number(a) - Number(b))).toEqual(
        Array.from({ length: 40 }, (_, i) => i >> 1),
      );
      for (let i = 0; i < 40; i += 2) expect([events[i]?.kind, events[i + 1]?.data]).toEqual(["a", events[i]?.data]);
    });

    test("an append that fails leaves nothing", async () => {
      const { id } = await store.create(draft());
      const broken = { epochs: [epoch(1)], events: [{ kind: "x", data: 1n as unknown as number }] };
      await expect(store.append(id, broken)).rejects.toThrow(TypeError);
      expect((await store.get(id)).epochs).toEqual([]);
      await store.append(id, { epochs: [epoch(1)] });
      expect((await store.get(id)).epochs).toEqual([epoch(1)]);
    });

    test("peeks at the test part are counted from the journal", async () => {
      const { id } = await store.create(draft());
      await store.append(id, {
        events: [
          { kind: "peek", data: { error: 0.03 } },
          { kind: "other", data: null },
        ],
      });
      await (await openAs()).append(id, { events: [{ kind: "peek", data: { error: 0.02 } }] });
      expect((await store.get(id)).testEvaluations.map(({ result }) => result)).toEqual([
        { error: 0.03 },
        { error: 0.02 },
      ]);
      expect((await store.list())[0]?.testEvaluations).toHaveLength(2);
    });

    test("a change sets what it names and leaves the rest", async () => {
      const made = await store.create(draft({ notes: "first" }));
      const given = outcome({ dev: null, rmse: { train: 3 }, baseline: { error: 0.5 }, verdict: "good" });
      const changed = await store.update(made.id, { status: "finished", outcome: given, model: "models/a" });
      expect(changed).toStrictEqual({
        ...made,
        status: "finished",
        outcome: given,
        model: "models/a",
        updated: changed.updated,
      });
      expect(await store.update(made.id, { notes: "second" })).toMatchObject({
        notes: "second",
        status: "finished",
        outcome: given,
      });
    });

    test("a record that has lost a field is refused by name, never filled in", async () => {
      const { id } = await store.create(draft());
      const { rate: _, ...lost } = epoch(3);
      await store.append(id, { epochs: [lost as never] });
      await expect(store.get(id)).rejects.toThrow(code("record/field"));
      await expect(store.get(id)).rejects.toThrow(
        `epoch 3 of the run ${id}.rate: expected a finite number, found nothing`,
      );
      const other = await store.create(draft());
      await store.append(other.id, { epochs: [epoch(1, { cost: Number.NaN })] });
      await expect(store.get(other.id)).rejects.toThrow("cost: expected a finite number, found NaN");
    });

    test("lists go from the latest to the first and take what fits the filter", async () => {
      const host = pretendedHost();
      const still = await openAs(host);
      const [a, b, c] = [
        await still.create(draft()),
        await still.create(draft({ name: "penguins" })),
        await still.create(draft()),
      ];
      const child = await still.create(draft({ parent: a.id.slice(0, -2) }));
      await still.update(b.id, { status: "failed" });
      const ids = async (filter: Parameters<RunStore["list"]>[0]) => (await still.list(filter)).map(({ id }) => id);
      expect(await ids({})).toEqual([child.id, c.id, b.id, a.id]);
      expect(await ids({ name: "penguins" })).toEqual([b.id]);
      expect(await ids({ status: "failed" })).toEqual([b.id]);
      expect(await ids({ status: "running", limit: 2 })).toEqual([child.id, c.id]);
      expect(await ids({ parent: a.id })).toEqual([child.id]);
      expect(child.parent).toBe(a.id);
    });

    test("a run is found by its id, the start of it, or the start of its digits", async () => {
      const digits = await store.create(draft({ name: "digits" }));
      const penguins = await store.create(draft({ name: "penguins" }));
      const found = async (start: string) => (await store.get(start)).id;
      expect(await found("dig")).toBe(digits.id);
      expect(await found(penguins.id.toUpperCase())).toBe(penguins.id);
      expect(await found(penguins.id.slice(-6))).toBe(penguins.id);
      const twin = await store.create(draft({ name: "digits" }));
      await expect(store.get("digits")).rejects.toThrow(code("store/ambiguous"));
      await expect(store.get("digits")).rejects.toThrow(twin.id);
      for (const unknown of ["", "zzz", "%"])
        await expect(store.get(unknown)).rejects.toThrow(code("store/unknown-run"));
    });

    test("every method names a run that is not there", async () => {
      const { id } = await store.create(draft());
      const unknown = code("store/unknown-run");
      await expect(store.append("zzz", { epochs: [epoch(1)] })).rejects.toThrow(unknown);
      await expect(store.append(id.slice(0, -1), {})).rejects.toThrow(unknown);
      await expect(store.update("zzz", { notes: "" })).rejects.toThrow(unknown);
      await expect(store.resume("zzz")).rejects.toThrow(unknown);
      await expect(store.create(draft({ parent: "zzz" }))).rejects.toThrow(unknown);
      await expect(store.get("zzz")).rejects.toThrow('"zzz"');
      expect(await store.list()).toHaveLength(1);
    });

    test("a run is running while its owner lives, and interrupted after", async () => {
      const { id } = await (await openAs(pretendedHost({ pid: 1 }))).create(draft());
      const status = async (host: Host) => (await (await openAs(host)).get(id)).status;
      const late = 1e12 + longestSilence;
      expect(await status(pretendedHost({ pid: 2, alive: true, now: late }))).toBe("running");
      expect(await status(pretendedHost({ pid: 2, alive: false }))).toBe("interrupted");
      const unsure = { pid: 2, alive: "unknown" } as const;
      expect(await status(pretendedHost({ ...unsure, now: late - 1 }))).toBe("running");
      expect(await status(pretendedHost({ ...unsure, now: late }))).toBe("interrupted");
      const elsewhere = { machine: "there", alive: false };
      expect(await status(pretendedHost({ ...elsewhere, now: late - 1 }))).toBe("running");
      expect(await status(pretendedHost({ ...elsewhere, now: late }))).toBe("interrupted");
    });

    test("the owner's appends are signs of life, other processes' are not", async () => {
      const { id } = await (await openAs(pretendedHost({ machine: "there" }))).create(draft());
      const late = 1e12 + longestSilence;
      const here = await openAs(pretendedHost({ now: late }));
      await here.append(id, { events: [{ kind: "note", data: null }] });
      expect((await here.get(id)).status).toBe("interrupted");
      await (await openAs(pretendedHost({ machine: "there", now: late }))).append(id, { epochs: [epoch(1)] });
      expect((await here.get(id)).status).toBe("running");
    });

    test("a run with a living owner cannot be resumed, not by its owner either", async () => {
      const first = await openAs(pretendedHost());
      const { id } = await first.create(draft());
      const other = await openAs(pretendedHost({ pid: 2 }));
      await expect(other.resume(id)).rejects.toThrow(code("store/running"));
      await expect(other.resume(id)).rejects.toThrow(`process 1 on here still works on the run ${id}`);
      await expect(first.resume(id)).rejects.toThrow(code("store/running"));
      const heir = await openAs(pretendedHost({ pid: 3, alive: false }));
      expect(await heir.resume(id)).toMatchObject({ id, job: draft().job });
      await expect(other.resume(id)).rejects.toThrow("process 3");
    });

    test("of many that resume a run at once, one has it", async () => {
      const { id } = await store.create(draft());
      await store.update(id, { status: "stopped" });
      const heirs = await Promise.all([1, 2, 3, 4].map((pid) => openAs(pretendedHost({ pid }))));
      const tried = await Promise.allSettled(heirs.map((heir) => heir.resume(id)));
      expect(tried.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const one of tried)
        if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "store/running" });
      expect((await heirs[0]?.get(id))?.status).toBe("running");
    });
  });
}
