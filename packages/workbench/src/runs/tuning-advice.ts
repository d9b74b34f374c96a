/** Whether the next models are best trained many at once or adjusted by hand one by one. */
import { availableParallelism } from "node:os";
import { advise } from "nabla/tune";

/** What is known of a training that has ended. */
export interface Pace {
  /** Epochs done, and seconds that they took. */
  readonly epochs: number;
  readonly seconds: number;
  /** Epochs that a whole training has. */
  readonly whole: number;
}

/** A sentence with its reason; nothing for a training too short to judge. */
export function wayOfTuning({ epochs, seconds, whole }: Pace, cores = availableParallelism()): string | undefined {
  if (epochs === 0 || !(seconds > 0)) return undefined;
  const { way, reasons } = advise({ cores, secondsPerEpoch: seconds / epochs, epochs: whole });
  const [first = ""] = reasons;
  return way === "caviar"
    ? `caviar, many trials in parallel (nabla tune): ${first}`
    : `panda, one model adjusted by hand (--live, nabla adjust): ${first}`;
}
