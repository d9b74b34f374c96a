/** Follows a study on the terminal: redraws the table, and handles Ctrl-C. */
import { drain } from "nabla";
import { onInterrupt } from "../host/interrupts.ts";
import { printError } from "../host/output.ts";
import type { PlannedStudyEvent, StudyEvent, StudyResult } from "../studies/study-events.ts";
import { fact } from "../text/layout.ts";
import { measureWords } from "../text/measure-words.ts";
import { noStudyView, type StudyStatus, type StudyView, studyLines, studyTable } from "./study-view.ts";
import { styleFor } from "./style.ts";

/** Options of `watchStudy`. */
export interface WatchStudyOptions {
  /** Show nothing while it runs. */
  readonly silent: boolean;
  readonly workers: number;
  /** Is called with the study before its first trial. */
  readonly onCreated: (planned: PlannedStudyEvent, kept: number) => void;
}

/** Runs a study to its end; the first Ctrl-C stops it where it can be resumed, the second one quits at once. */
export async function watchStudy(
  begin: (signal: AbortSignal) => AsyncGenerator<StudyEvent, StudyResult, undefined>,
  { silent, workers, onCreated }: WatchStudyOptions,
): Promise<StudyResult> {
  const controller = new AbortController();
  const view = silent ? noStudyView : viewFor(process.stderr);
  const quit = (): void => {
    view.stop();
    process.exit(130);
  };
  const stop = (): void => {
    controller.abort();
    if (!silent) view.tell("\nstopping the trials where they can be resumed; Ctrl-C again quits at once");
  };
  // Until the study is made there is nothing to save: the system's own way of ending a process is the fastest.
  let deafen: (() => Promise<void>) | undefined;
  try {
    let progress: StudyProgress | undefined;
    let planned: PlannedStudyEvent | undefined;
    return await drain(begin(controller.signal), (event) => {
      if (event.kind === "planned") {
        planned = event;
        progress = new StudyProgress(event, workers);
      } else if (event.kind === "created") {
        deafen ??= onInterrupt({ first: stop, again: quit });
        const { done, pruned, failed } = event.counts;
        if (planned !== undefined) onCreated(planned, done + pruned + failed);
      } else if (event.kind === "notice") view.tell(fact("Note", event.message));
      progress?.receive(event);
      if (progress !== undefined && event.kind !== "planned" && event.kind !== "done") view.show(progress.status());
    });
  } finally {
    view.stop();
    await deafen?.();
  }
}

function viewFor(stream: NodeJS.WriteStream): StudyView {
  return stream.isTTY ? studyTable(stream, styleFor(stream)) : studyLines((line) => printError(`${line}\n`));
}

/** Turns events into statuses. */
class StudyProgress {
  readonly #planned: PlannedStudyEvent;
  readonly #workers: number;
  readonly #running = new Map<string, StudyStatus["running"][number]>();
  #stage: StudyStatus["stage"] = "trials";
  #counts = { done: 0, pruned: 0, failed: 0 };
  #best: StudyStatus["best"];
  #seconds = 0;
  #ended = 0;

  constructor(planned: PlannedStudyEvent, workers: number) {
    this.#planned = planned;
    this.#workers = workers;
  }

  receive(event: StudyEvent): void {
    if (event.kind === "created") {
      this.#counts = { ...event.counts };
      this.#best = event.best;
    } else if (event.kind === "finalists") this.#stage = "finalists";
    else if (event.kind === "winner") this.#stage = "winner";
    if (event.kind !== "begun" && event.kind !== "signal" && event.kind !== "ended") return;
    const { number, repeat } = event;
    const key = `${number}.${repeat}`;
    if (event.kind !== "ended") {
      const signal = event.kind === "signal" ? event : { reports: [], share: 0 };
      const errors = signal.reports.map(({ value }) => value);
      this.#running.set(key, { number, repeat, errors, share: signal.share });
      return;
    }
    this.#running.delete(key);
    const { state, seconds } = event.end;
    this.#seconds += seconds;
    this.#ended += 1;
    if (repeat > 0) return;
    this.#counts = { ...this.#counts, [state]: this.#counts[state] + 1 };
    this.#best = event.best;
  }

  status(): StudyStatus {
    const { name, wanted, measure, task } = this.#planned;
    const { done, pruned, failed } = this.#counts;
    const left = wanted.trials - done - pruned - failed;
    const each = this.#ended === 0 ? Number.NaN : this.#seconds / this.#ended;
    return {
      name,
      trials: wanted.trials,
      words: measureWords(measure, { task }),
      ...this.#counts,
      ...(this.#best === undefined ? {} : { best: this.#best }),
      running: [...this.#running.values()],
      stage: this.#stage,
      secondsLeft: this.#stage === "trials" ? (left * each) / Math.max(1, this.#workers) : Number.NaN,
    };
  }
}
