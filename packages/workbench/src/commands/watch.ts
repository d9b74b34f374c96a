/** Follows a training on the terminal: progress as it goes, Ctrl-C as it comes. */
import { NablaError } from "nabla";
import type { RunEvent, RunResult } from "../experiment/events.ts";
import { fact } from "../terminal/layout.ts";
import { noProgress, type ProgressView, progressBar, progressLines, type Standing } from "../terminal/progress.ts";

export interface WatchOptions {
  /** Show nothing while it goes on. */
  readonly silent: boolean;
  /** Hears of what comes before the first epoch. */
  readonly onPlan: (event: Extract<RunEvent, { kind: "planned" }>) => void;
  /** Hears of each change that was tried. */
  readonly onStep?: (event: Extract<RunEvent, { kind: "step" }>) => void;
}

/** Runs a training to its end with the first Ctrl-C finishing the epoch and the second one quitting at once. */
export async function watch(
  begin: (signal: AbortSignal) => AsyncGenerator<RunEvent, void, undefined>,
  { silent, onPlan, onStep }: WatchOptions,
): Promise<RunResult> {
  const controller = new AbortController();
  const view = silent ? noProgress : viewFor(process.stderr);
  const interrupt = (): void => {
    if (controller.signal.aborted) {
      view.stop();
      process.exit(130);
    }
    controller.abort();
    if (!silent) process.stderr.write("\nfinishing this epoch; Ctrl-C again quits at once\n");
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    const follow = follower(view);
    for await (const event of begin(controller.signal)) {
      if (event.kind === "planned") onPlan(event);
      else if (event.kind === "step") onStep?.(event);
      else if (event.kind === "done") return event.result;
      else {
        if (event.kind === "start" && !silent)
          for (const said of event.notices) process.stderr.write(`${fact("Note", said)}\n`);
        follow(event);
      }
    }
    throw new NablaError("run/ended", "the training ended without a result");
  } finally {
    view.stop();
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

function viewFor(stream: NodeJS.WriteStream): ProgressView {
  return stream.isTTY ? progressBar(stream) : progressLines((line) => stream.write(`${line}\n`));
}

/** Turns events into standings. */
function follower(view: ProgressView): (event: RunEvent) => void {
  let start: Extract<RunEvent, { kind: "start" }> | undefined;
  let began = { step: 0, seconds: 0 };
  let errors: Pick<Standing, "trainError" | "devError"> = {};
  return (event) => {
    if (event.kind === "start") {
      start = event;
      began = { step: event.resumed?.step ?? 0, seconds: Number.NaN };
    }
    if (start === undefined || (event.kind !== "progress" && event.kind !== "epoch")) return;
    const { epochs, stepsPerEpoch, rows } = start;
    const { epoch, cost, rate, step, seconds } = event;
    if (Number.isNaN(began.seconds)) began = { step, seconds };
    if (event.kind === "epoch") {
      errors = { trainError: event.train.error, ...(event.dev === undefined ? {} : { devError: event.dev.error }) };
    }
    const speed = step > began.step ? (step - began.step) / (seconds - began.seconds) : Number.NaN;
    view.show({
      epoch,
      epochs,
      share: step / (epochs * stepsPerEpoch),
      cost,
      ...errors,
      rate,
      rowsPerSecond: (speed * rows.train) / stepsPerEpoch,
      secondsLeft: (epochs * stepsPerEpoch - step) / speed,
      epochDone: event.kind === "epoch",
    });
  };
}
