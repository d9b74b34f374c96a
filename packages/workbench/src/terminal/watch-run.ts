/** Follows a training on the terminal: shows progress, and handles Ctrl-C. */

import { compact, decidingError, drain, type TrainingEvent } from "nabla";
import { onInterrupt } from "../host/interrupts.ts";
import { printError } from "../host/output.ts";
import type { RunEvent, RunResult } from "../runs/run-events.ts";
import { fact } from "../text/layout.ts";
import { type MeasureWords, measureWords } from "../text/measure-words.ts";
import { commandLine } from "./command-line.ts";
import { noProgress, type ProgressView, progressBar, progressLines, type TrainingStatus } from "./progress.ts";

/** Options of `watch`. */
export interface WatchOptions {
  /** Show nothing while it runs. */
  readonly silent: boolean;
  /** Called with the events before the first epoch. */
  readonly onPlan: (event: Extract<RunEvent, { kind: "planned" }>) => void;
  /** Is called with each change that was tried; nothing is by default. */
  readonly onStep?: (event: Extract<RunEvent, { kind: "step" }>) => void;
}

/** Runs a training to its end with the first Ctrl-C finishing the epoch and the second one quitting at once. */
export async function watch(
  begin: (signal: AbortSignal) => AsyncGenerator<RunEvent, RunResult, undefined>,
  { silent, onPlan, onStep }: WatchOptions,
): Promise<RunResult> {
  const controller = new AbortController();
  const view = silent ? noProgress : viewFor(process.stderr);
  let paused = false;
  const quit = (): void => {
    view.stop();
    process.exit(130);
  };
  const stop = (): void => {
    controller.abort();
    const does = paused ? "stopping where it is paused" : "finishing this epoch";
    if (!silent) printError(`\n${does}; Ctrl-C again quits at once\n`);
  };
  // Until a run is made there is nothing to save: the system's own way of ending a process is the fastest.
  let deafen: (() => Promise<void>) | undefined;
  try {
    const follow = follower(view);
    return await drain(begin(controller.signal), (event) => {
      if (event.kind === "created") deafen ??= onInterrupt({ first: stop, again: quit });
      if (event.kind === "planned") {
        onPlan(event);
        follow(event);
      } else if (event.kind === "step") onStep?.(event);
      else if (event.kind === "live")
        view.tell(fact("Live", `${commandLine(["adjust", event.run, "rate=1e-3"])}, from another terminal`));
      else if (event.kind === "adjusted") {
        ({ paused } = event);
        view.tell(event.summary);
      } else {
        if (event.kind === "start" && !silent)
          for (const message of event.notices) printError(`${fact("Note", message)}\n`);
        follow(event);
      }
    });
  } finally {
    view.stop();
    await deafen?.();
  }
}

function viewFor(stream: NodeJS.WriteStream): ProgressView {
  return stream.isTTY ? progressBar(stream) : progressLines((line) => printError(`${line}\n`));
}

/** Turns events into statuses. */
function follower(view: ProgressView): (event: RunEvent) => void {
  let start: Extract<RunEvent, { kind: "start" }> | undefined;
  let latest = { seconds: Number.NaN, passed: Number.NaN };
  let done = { seconds: 0, passed: 0 };
  let errors: Pick<TrainingStatus, "trainError" | "devError"> = {};
  let unmeasured: readonly string[] = [];
  let words: MeasureWords | undefined;
  const follow = (event: RunEvent | TrainingEvent, name?: string): void => {
    if (event.kind === "member" || event.kind === "refit") {
      follow(event.event, nameOf(event));
      return;
    }
    if (event.kind === "start" && name !== undefined) [latest, errors] = [{ seconds: 0, passed: 0 }, {}];
    if (event.kind === "planned") {
      ({ unmeasured } = event);
      words = measureWords(event.resolved.measure, event.resolved);
    }
    if (event.kind === "start") start = event;
    if (start === undefined || (event.kind !== "progress" && event.kind !== "epoch")) return;
    const { epochs, rows } = start;
    const { epoch, cost, rate, seconds } = event;
    // by rows and not by steps: a live training may change its batch, and may go back
    const passed = event.kind === "epoch" ? epoch : epoch - 1 + event.rowOfEpoch / rows.train;
    if (passed > latest.passed && seconds >= latest.seconds)
      done = { seconds: done.seconds + seconds - latest.seconds, passed: done.passed + passed - latest.passed };
    latest = { seconds, passed };
    if (event.kind === "epoch") {
      errors = compact({
        trainError: unmeasured.includes("train") ? undefined : decidingError(event.train),
        devError: unmeasured.includes("dev") || event.dev === undefined ? undefined : decidingError(event.dev),
      });
    }
    const speed = done.passed > 0 ? done.passed / done.seconds : Number.NaN;
    view.show({
      epoch,
      epochs,
      share: passed / epochs,
      cost,
      ...errors,
      ...(words === undefined || words.isPlain ? {} : { value: words.value }),
      rate,
      rowsPerSecond: speed * rows.train,
      secondsLeft: (epochs - passed) / speed,
      epochDone: event.kind === "epoch",
      ...(name === undefined ? {} : { name }),
    });
  };
  return follow;
}

/** What is trained beside the network that is measured. */
function nameOf(event: Extract<RunEvent, { kind: "member" | "refit" }>): string {
  return event.kind === "refit" ? "with dev" : `member ${event.member} of ${event.members}`;
}
