import type { Change, Checkpoint, Json, ProgressEvent, TrainingPosition } from "nabla";
import { expect, test } from "vitest";
import {
  changeEvent,
  changesOf,
  journalLines,
  type LiveChange,
  matchesChanges,
  replayJournal,
} from "../../src/live/journal.ts";
import { PendingChange } from "../../src/live/pending-change.ts";
import type { RunHistory, RunOutcome, StoredRunEvent } from "../../src/store/run.ts";
import { epoch } from "../store/drafts.ts";
import { positionAt } from "../store/positions.ts";

const made = (step: number, rate: number): LiveChange => ({
  step,
  settings: { rate },
  was: { rate: 1 },
  said: `rate 1 → ${rate}`,
});
const at = "2026-11-22T08:00:00.000Z";
const line = (kind: string, data: Json): StoredRunEvent => ({ kind, at, data });
const change = (step: number, rate: number): StoredRunEvent => ({ ...changeEvent(made(step, rate)), at });
const undo = (from: number, one: LiveChange): StoredRunEvent =>
  line("undo", { step: one.step, from, settings: { ...one.settings }, was: { ...one.was }, said: one.said });

const events = [
  line("live", { address: "a", machine: "b" }),
  change(5, 0.1),
  change(9, 0.2),
  undo(12, made(9, 0.2)),
  line("pause", { step: 10 }),
  line("continue", { step: 10 }),
  change(11, 0.3),
  line("fork", { step: 14, run: "try-2-abc" }),
  line("peek", { error: 0.1 }),
  line("stop", { step: 1400 }),
];

const history = (reason: string, epochs: number): RunHistory =>
  ({
    events,
    epochs: [epoch(1), epoch(2), epoch(3)],
    outcome: { reason, epochs } as unknown as RunOutcome,
  }) as unknown as RunHistory;

test("the changes that count are those that were not taken back", () => {
  expect(changesOf(events)).toEqual([made(5, 0.1), made(11, 0.3)]);
  expect(changesOf([])).toEqual([]);
});

test("a change that has lost its settings is refused by name", () => {
  const lost = line("change", { step: 3, was: {}, said: "" });
  expect(() => changesOf([lost])).toThrow("a change of the run.settings: expected a record, found nothing");
});

test("a replay makes them again and ends where the run ended: nowhere, by a stop, or by the clock", () => {
  const changes = [
    { step: 5, settings: { rate: 0.1 } },
    { step: 11, settings: { rate: 0.3 } },
  ];
  for (const reason of ["epochs", "patience", "diverged"]) expect(replayJournal(history(reason, 3))).toEqual(changes);
  expect(replayJournal(history("stopped", 2))).toEqual([...changes, { step: 60, settings: {}, end: "stopped" }]);
  expect(replayJournal(history("time", 3))).toEqual([...changes, { step: 90, settings: {}, end: "time" }]);
});

test("the journal reads as what was done, in order", () => {
  expect(journalLines(events)).toEqual([
    "step 5: rate 1 → 0.1",
    "step 9: rate 1 → 0.2",
    "step 9: back here from step 12, to before rate 1 → 0.2",
    "step 10: paused",
    "step 10: continued",
    "step 11: rate 1 → 0.3",
    "step 14: forked as try-2-abc",
    "step 1,400: stopped",
  ]);
});

const standing = (position: Partial<TrainingPosition>): Checkpoint => ({
  arrays: new Map(),
  position: positionAt(1, { step: 5, settings: { rate: 1, batch: 8 }, ...position }),
});

test("a checkpoint that knows of an undone change is of another past", () => {
  const changes = [made(5, 0.1), made(11, 0.3)];
  const knows = (...journal: readonly (readonly [number, number])[]): boolean =>
    matchesChanges(standing({ journal: journal.map(([step, rate]) => ({ step, settings: { rate } })) }), changes);
  expect(matchesChanges(standing({}), changes)).toBe(true);
  expect(knows([5, 0.1])).toBe(true);
  expect(knows([5, 0.1], [11, 0.3])).toBe(true);
  expect(knows([5, 0.2])).toBe(false);
  expect(knows([6, 0.1])).toBe(false);
  expect(knows([5, 0.1], [11, 0.3], [12, 0.4])).toBe(false);
});

test("changes and a way back reach the training one after the other, a stop waits for the last of them", async () => {
  const told: Change[] = [];
  const training = { checkpoint: async () => standing({}), change: async (change: Change) => void told.push(change) };
  const held = new PendingChange({ kind: "progress", step: 5, epoch: 2, rate: 1 } as ProgressEvent, training);
  expect([held.step, held.epochs, held.rate, held.stopped]).toEqual([5, 1, 1, false]);
  // a setting that was changed here was not the one of the last step
  expect([held.scheduleFactor(4), held.scheduleFactor(0.5)]).toEqual([0.25, 0.25]);
  await held.change(made(5, 0.1));
  await held.change(made(5, 0.3));
  const back = standing({ step: 2, epoch: 0 });
  await held.goBack(back);
  expect([held.step, held.epochs]).toEqual([2, 0]);
  expect(held.scheduleFactor(0.5)).toBe(Number.NaN);
  held.stop();
  expect(held.stopped).toBe(true);
  expect(told).toEqual([{ settings: { rate: 0.1 } }, { settings: { rate: 0.3 } }, { restore: back }]);
});
