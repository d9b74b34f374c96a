/** The hyperparameters that can change during training, and the journal of changes. */
import { compact } from "../base/compact.ts";
import { NablaError } from "../base/error.ts";
import { inRange, type Range } from "../base/range.ts";
import { listing, nearest } from "../base/text.ts";
import type { JournalEntry } from "./record.ts";

/** Settings by name: their values and their ranges. */
export interface Adjustable {
  readonly settings: Readonly<Record<string, number>>;
  readonly ranges: Readonly<Record<string, Range>>;
}

/** The name of the setting for the batch size. */
export const BATCH_SETTING = "batch";

/**
 * Rejects changes that a training would reject, before they are sent: `checkSettings(start, { rate: 0.01 })` with the
 * start event. Throws `train/setting` for an unknown name, `options/range` for a value out of range.
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

/** The current settings, and the journal of their changes. */
export class Settings {
  readonly now: Record<string, number>;
  #journal: JournalEntry[] = [];
  /** How many entries of the replayed journal were applied; unknown after a checkpoint. */
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

  /** Applies all changes or, when it throws, none; changes are added to the journal. */
  change({ step, settings, end }: JournalEntry): void {
    this.check(settings);
    Object.assign(this.now, settings);
    if (Object.keys(settings).length === 0 && end === undefined) return;
    this.#journal.push(compact({ step, settings: { ...settings }, end }));
  }

  /** Whether `replay` has changes to apply at this step. */
  isDue(journal: readonly JournalEntry[], step: number): boolean {
    const next = journal[this.#replayed ?? shared(this.#journal, journal)];
    return next !== undefined && next.step <= step;
  }

  /**
   * Applies the changes of a journal that are due. Returns whether the training ended here. Throws `train/journal` for
   * a change that is overdue.
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

  /** Stops replaying a journal. */
  endReplay(): void {
    this.#replayed = Number.POSITIVE_INFINITY;
  }

  /**
   * Restores a checkpoint. One from before batch size was a setting does not change it; a recorded end is dropped on
   * resume.
   */
  restore(settings: Readonly<Record<string, number>>, journal: readonly JournalEntry[]): void {
    this.check(settings);
    Object.assign(this.now, settings);
    this.#journal = journal
      .map(({ step, settings: changed }) => ({ step, settings: changed }))
      .filter(({ settings: changed }) => Object.keys(changed).length > 0);
    this.#replayed = undefined;
  }
}

/** The length of the common prefix of two journals. */
function shared(one: readonly JournalEntry[], other: readonly JournalEntry[]): number {
  const differs = one.findIndex((entry, i) => JSON.stringify(entry) !== JSON.stringify(other[i]));
  return differs < 0 ? one.length : differs;
}
