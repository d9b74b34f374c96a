import type { EpochRecord, RunDraft } from "../../src/store/run.ts";

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
    cost: 1 / number,
    trainError: 0.1,
    devCost: 2 / number,
    devError: 0.2,
    rate: 0.001,
    seconds: number / 4,
    steps: number * 30,
    ...changes,
  };
}
