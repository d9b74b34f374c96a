/** All studies of a store as rows: what changes in them, by whichever process, is here a moment later. */
import { NablaError } from "nabla";
import type { StoredStudy } from "../../store/study.ts";
import type { StudyStore } from "../../store/study-store.ts";
import type { StudyLine } from "./api-studies.ts";
import { studyLine } from "./study-details.ts";

/** Milliseconds between two looks. */
const POLL = 1000;

interface Known {
  readonly line: StudyLine;
  /** Tells whether its trials have gone on. */
  readonly mark: string;
}

/** The studies of a store, watched. */
export class StudyIndex {
  readonly #store: StudyStore;
  readonly #onChange: (names: readonly string[]) => void;
  readonly #known = new Map<string, Known>();
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(store: StudyStore, onChange: (names: readonly string[]) => void) {
    this.#store = store;
    this.#onChange = onChange;
  }

  /** Reads all studies, then goes on watching. Throws what the store throws. */
  async open(): Promise<void> {
    await this.refresh();
    this.#wait();
  }

  get lines(): readonly StudyLine[] {
    return [...this.#known.values()].map(({ line }) => line).sort((a, b) => (a.created < b.created ? 1 : -1));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Reads what has changed since the last time. */
  async refresh(): Promise<void> {
    this.#refreshing ??= this.#read().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  async #read(): Promise<void> {
    const changed: string[] = [];
    for (const study of await this.#store.listStudies()) {
      const before = this.#known.get(study.name);
      const { updated, status } = before?.line ?? {};
      if (status !== "running" && updated === study.updated && status === study.status) continue;
      const known = await this.#look(study);
      if (known.mark === before?.mark) continue;
      this.#known.set(study.name, known);
      changed.push(study.name);
    }
    if (changed.length > 0) this.#onChange(changed);
  }

  async #look(study: StoredStudy): Promise<Known> {
    try {
      const trials = await this.#store.trials(study.name);
      const line = studyLine(study, trials);
      const reports = trials.reduce((sum, trial) => sum + trial.reports.length, 0);
      return { line, mark: JSON.stringify([line, reports, trials.length]) };
    } catch (error) {
      if (!(error instanceof NablaError)) throw error;
      const line = studyLine({ ...study, changed: true }, []);
      return { line, mark: JSON.stringify(line) };
    }
  }

  #wait(): void {
    this.#timer = setTimeout(async () => {
      // a store that cannot be read is told of by the watch over its runs
      await this.refresh().catch(() => {});
      if (this.#timer !== undefined) this.#wait();
    }, POLL);
  }
}
