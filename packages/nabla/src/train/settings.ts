/** The numbers of a training that may change while it goes on, and the journal of what was changed. */
import { compact } from "../base/compact.ts";
import { NablaError } from "../base/error.ts";
import { inRange, type Range } from "../base/range.ts";
import { listing, nearest } from "../base/text.ts";
import type { JournalEntry } from "./record.ts";

/** Settings by name: what they are, and what they may become. */
export interface Adjustable {
  readonly settings: Readonly<Record<string, number>>;
  readonly ranges: Readonly<Record<string, Range>>;
}

/** The setting that says how many rows a step learns from. */
export const BATCH_SETTING = "batch";

/**
 * Refuses changes that a training would refuse, before they are sent: `checkSettings(start, { rate: 0.01 })` with the start
 * event. Throws `train/setting` for a name that there is not, `options/range` for a value out of range.
 */
export function checkSettings({ settings, ranges }: Adjustable, changes: Readonly<Record<string, number>>): void {
  const names = Object.keys(settings);
  for (const [name, value] of Object.entries(changes)) {
    if (Object.hasOwn(settings, name)) inRange(name, value, ranges[name] ?? {});
    else {
      const message = `there is no setting "${name}"`;
      throw new NablaError("train/setting", message, `did you mean ${listing(nearest(name, names), "or")}?`);
    }
  }
}

/** Settings as they are now, and how they came to be so. */
export class Settings {
  readonly now: Record<string, number>;
  #journal: JournalEntry[] = [];
  /** How many entries of the journal that is replayed were made; not known after a checkpoint. */
  #replayed: number | undefined = 0;
  readonly #ranges: Adjustable["ranges"];

  constructor({ settings, ranges }: Adjustable) {
    this.now = { ...settings };
    this.#ranges = ranges;
  }

  get journal(): readonly JournalEntry[] {
    return this.#journal;
  }

  /** Throws what `checkSettings` throws. */
  check(settings: Readonly<Record<string, number>>): void {
    checkSettings({ settings: this.now, ranges: this.#ranges }, settings);
  }

  /** All of it or, when it throws, nothing; what changes is noted down. */
  change({ step, settings, end }: JournalEntry): void {
    this.check(settings);
    Object.assign(this.now, settings);
    if (Object.keys(settings).length === 0 && end === undefined) return;
    this.#journal.push(compact({ step, settings: { ...settings }, end }));
  }

  /** Whether `replay` has something to do at this step. */
  isDue(journal: readonly JournalEntry[], step: number): boolean {
    const next = journal[this.#replayed ?? shared(this.#journal, journal)];
    return next !== undefined && next.step <= step;
  }

  /**
   * Makes the changes of a journal that are due, and says if the training ended here. Throws `train/journal` where one should
   * have been made before.
   */
  replay(journal: readonly JournalEntry[], step: number): JournalEntry["end"] {
    let made = this.#replayed ?? shared(this.#journal, journal);
    let end: JournalEntry["end"];
    for (let next = journal[made]; next !== undefined && next.step <= step && end === undefined; next = journal[made]) {
      if (next.step < step) {
        const message = `the journal has a change at step ${next.step}, and the training stands at step ${step} without it`;
        throw new NablaError(
          "train/journal",
          message,
          "go on from a checkpoint of the training that the journal belongs to",
        );
      }
      made += 1;
      this.change(next);
      end = next.end;
    }
    this.#replayed = made;
    return end;
  }

  /** A journal that was being replayed is no longer followed. */
  endReplay(): void {
    this.#replayed = Number.POSITIVE_INFINITY;
  }

  /** What a checkpoint holds. One from before the batch was a setting leaves it as it is; an end is none if it goes on. */
  restore(settings: Readonly<Record<string, number>>, journal: readonly JournalEntry[]): void {
    this.check(settings);
    Object.assign(this.now, settings);
    this.#journal = journal
      .map(({ step, settings: changed }) => ({ step, settings: changed }))
      .filter(({ settings: changed }) => Object.keys(changed).length > 0);
    this.#replayed = undefined;
  }
}

/** How many entries two journals begin with in common. */
function shared(one: readonly JournalEntry[], other: readonly JournalEntry[]): number {
  const differs = one.findIndex((entry, i) => JSON.stringify(entry) !== JSON.stringify(other[i]));
  return differs < 0 ? one.length : differs;
}
