/** The messages between the main thread and the training threads: plain data. */
import type { TrainingTask, TrialEnd, TrialSignal, TrialStop } from "../studies/trial.ts";

/** From the leading thread. */
export type ThreadRequest = { readonly kind: "train"; readonly task: TrainingTask } | { readonly kind: "end" };

/** From a training thread. */
export type ThreadReply =
  | { readonly kind: "signal"; readonly signal: TrialSignal }
  | { readonly kind: "end"; readonly end: TrialEnd | TrialStop };
