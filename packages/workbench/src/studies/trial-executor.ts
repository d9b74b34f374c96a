/** Who trains the trials of a study: threads of this process, or workers elsewhere. */
import type { TrialDraft } from "../store/study.ts";
import type { TrainingTask, TrialEnd, TrialSignal, TrialStop } from "./trial.ts";

/** A trial in the store that is to be trained. */
export interface TrialTask extends Pick<TrialDraft, "number" | "repeat"> {
  readonly study: string;
  /** The bytes of a checkpoint are the store's. */
  readonly task: Omit<TrainingTask, "checkpoint">;
  /** Called with its status: first when the training starts. */
  readonly onChange: (signal: TrialSignal) => void;
}

/** Claims trials, trains them from their checkpoints, and stores their results. */
export interface TrialExecutor extends AsyncDisposable {
  /** How many train at once, as far as it is known. */
  readonly size: number;
  /** Resolves when the result is in the store: how the trial ended, or that it was stopped and can be resumed. */
  submit(order: TrialTask): Promise<TrialEnd | TrialStop>;
  /** Stops the submitted trials: checkpoints are saved, and the trials are `waiting` again. */
  stop(): void;
}
