import type { TrainingPosition } from "nabla";

/** A position of a training, as small as it may be. */
export function positionAt(epoch: number, changes: Partial<TrainingPosition> = {}): TrainingPosition {
  return {
    format: 1,
    seed: 2 ** 53 - 1,
    rows: 30,
    batch: 3,
    epoch,
    stepOfEpoch: 0,
    step: 10 * epoch,
    costs: { sum: 0.1 + 0.2, rows: 3 },
    lastCost: null,
    settings: { rate: 0.1 + 0.2 },
    seconds: 1.5,
    history: [],
    ...changes,
  };
}
