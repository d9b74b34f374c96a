/** What was done to a run while it trained, as the store records it. */
import { type Checkpoint, grouped, type JournalEntry, type Json, NablaError, read } from "nabla";
import type { RunHistory, StoredRunEvent } from "../store/run.ts";

/** Kinds of events that are lines of a live run's journal. */
export const kinds = {
  change: "change",
  undo: "undo",
  pause: "pause",
  continue: "continue",
  stop: "stop",
  fork: "fork",
  forked: "forked",
  watch: "watch",
  live: "live",
} as const;

/** Settings that were changed, and what they were before. */
export interface LiveChange extends JournalEntry {
  readonly was: Readonly<Record<string, number>>;
  /** In words: `rate 0.001 → 0.0003`. */
  readonly said: string;
}

const readChange = read.record<LiveChange>({
  step: read.whole,
  settings: read.byName(read.number),
  end: read.optional(read.word(["stopped", "time"])),
  was: read.byName(read.number),
  said: read.text,
});

/** The changes that count: those that were made and not undone, first to last. Throws `record/field`. */
export function changesOf(events: readonly StoredRunEvent[]): readonly LiveChange[] {
  const made: LiveChange[] = [];
  for (const { kind, data } of events) {
    if (kind === kinds.change) made.push(readChange(data, "a change of the run"));
    else if (kind === kinds.undo) made.pop();
  }
  return made;
}

/** A change as an event. */
export function changeEvent({ step, settings, was, said: message }: LiveChange): {
  readonly kind: string;
  readonly data: Json;
} {
  return { kind: kinds.change, data: { step, settings, was, said: message } };
}

/** The journal that makes the same training again, its end included. */
export function replayJournal({ events, epochs, outcome }: RunHistory): readonly JournalEntry[] {
  const changes = changesOf(events).map(({ step, settings }) => ({ step, settings }));
  const end = outcome?.reason;
  const last = epochs.find(({ epoch }) => epoch === outcome?.epochs);
  if ((end !== "stopped" && end !== "time") || last === undefined) return changes;
  // what came after the last whole epoch was not measured
  return [...changes.filter(({ step }) => step < last.step), { step: last.step, settings: {}, end }];
}

/** Whether a checkpoint knows of no change but those that count. */
export function matchesChanges(checkpoint: Checkpoint, changes: readonly JournalEntry[]): boolean {
  const { journal = [] } = checkpoint.position;
  return journal.every(({ step, settings }, i) => {
    const own = changes[i];
    return own?.step === step && sameSettings(own.settings, settings);
  });
}

function sameSettings(one: JournalEntry["settings"], other: JournalEntry["settings"]): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => Object.is(one[name], other[name]));
}

/** The journal as lines for people, with what was undone; empty for a run without live changes. */
export function journalLines(events: readonly StoredRunEvent[]): readonly string[] {
  return events.flatMap(({ kind, data }) => {
    const line = data as { readonly from?: number; readonly run?: string } & Partial<LiveChange>;
    const at = `step ${grouped(line.step ?? 0)}`;
    const message: Readonly<Record<string, string>> = {
      [kinds.change]: `${at}: ${line.said}`,
      [kinds.undo]: `${at}: back here from step ${grouped(line.from ?? 0)}, to before ${line.said}`,
      [kinds.pause]: `${at}: paused`,
      [kinds.continue]: `${at}: continued`,
      [kinds.stop]: `${at}: stopped`,
      [kinds.watch]: `${at}: its layers are recorded from here on`,
      [kinds.fork]: `${at}: forked as ${line.run}`,
      [kinds.forked]: `${at}: forked from ${line.run}`,
    };
    const text = message[kind];
    return text === undefined ? [] : [text];
  });
}

/** Where a live training listens. */
export interface LiveAddress {
  readonly address: string;
  /** The machine, as the store knows owners. */
  readonly machine: string;
}

const readListening = read.record<LiveAddress>({ address: read.text, machine: read.text });

/** Where a run listens, by its last entry about it. Throws `live/not-live`. */
export function liveAddressOf({ id, events }: RunHistory): LiveAddress {
  const last = events.findLast(({ kind }) => kind === kinds.live);
  if (last !== undefined) return readListening(last.data, `where the run ${id} listens`);
  const hint = `stop it with Ctrl-C, then \`nabla resume ${id} --live\` goes on with the same weights; \`nabla train --live\` begins so`;
  throw new NablaError("live/not-live", `the run ${id} was started without --live, so it hears nobody`, hint);
}
