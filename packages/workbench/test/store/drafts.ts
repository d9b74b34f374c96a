import type { EpochRecord } from "nabla";
import type { RunDraft, RunOutcome } from "../../src/store/run.ts";

/** A run's beginning, as small as it may be. */
export function draft(changes: Partial<RunDraft> = {}): RunDraft {
  return {
    name: "digits",
    job: { layers: [{ kind: "dense", units: 32 }], rate: 0.001, limit: Number.POSITIVE_INFINITY },
    data: { path: "digits.csv", sha256: "ab".repeat(32) },
    seed: 2 ** 53 - 1,
    version: "0.1.0",
    task: "classification",
    target: "digit",
    rows: { train: 60, dev: 20, test: 20 },
    parameters: 2410,
    ...changes,
  };
}

/** An epoch whose numbers all come from its own. */
export function epoch(number: number, changes: Partial<EpochRecord> = {}): EpochRecord {
  return {
    epoch: number,
    step: number * 30,
    cost: 1 / number,
    train: { cost: 0.9 / number, error: 0.1, mistake: 0.1, rows: 60 },
    dev: { cost: 2 / number, error: 0.2, mistake: 0.2, rows: 20 },
    rate: 0.001,
    best: true,
    seconds: number / 4,
    ...changes,
  };
}

/** An outcome, as small as it may be. */
export function outcome(changes: Partial<RunOutcome> = {}): RunOutcome {
  return {
    reason: "epochs",
    best: epoch(7),
    train: { cost: 0.1, error: 0, mistake: 0, rows: 60 },
    epochs: 9,
    steps: 270,
    seconds: 1.5,
    seed: 1,
    ...changes,
  };
}
