/** Who trains the trials of a study: threads of this process, or workers elsewhere. */
import type { TrialDraft } from "../store/study.ts";
import type { TrainingTask, TrialEnd, TrialSignal, TrialStop } from "./trial.ts";

/** A trial that stands in the store and is to be trained. */
export interface TrialTask extends Pick<TrialDraft, "number" | "repeat"> {
  readonly study: string;
  /** The bytes of a checkpoint are the store's. */
  readonly task: Omit<TrainingTask, "checkpoint">;
  /** Hears its status: first when the training begins. */
  readonly onChange: (signal: TrialSignal) => void;
}

/** Claims trials, trains them from where they stood, and tells the store what they came to. */
export interface TrialExecutor extends AsyncDisposable {
  /** How many train at once, as far as it is known. */
  readonly size: number;
  /** Resolves when the store has been told: how the trial ended, or that it was stopped and can be resumed. */
  submit(order: TrialTask): Promise<TrialEnd | TrialStop>;
  /** Stops what was ordered so far: checkpoints are kept, and the trials wait again. */
  stop(): void;
}
