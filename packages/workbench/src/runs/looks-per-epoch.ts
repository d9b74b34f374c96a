import { trainingDefaults } from "nabla";

/** Minimum steps between two looks: each costs as much as a step or two of a small network. */
const STRIDE = 20;

/** How often an epoch is looked at that nobody watches step by step: to stop, to report or to save. */
export function looksPerEpoch(rows: number, batch: number): number {
  return Math.max(1, Math.min(trainingDefaults.progress, Math.floor(rows / batch / STRIDE)));
}
