/** Errors of a network for handwritten digits at many settings, which `scripts/tuning-table.ts` measured. */
import { readFileSync } from "node:fs";
import { type DefaultSpace, defaultSpace } from "nabla/tune";

export const DIGITS: URL = new URL("digits-table.json", import.meta.url);

/** The default space for as many rows as the digits have for training. */
export const digitsSpace: DefaultSpace = defaultSpace({ rows: 1078 });

/** Dev error and dev cost of each setting, in the order of the study that drew them. */
export interface Results {
  readonly results: readonly (readonly [error: number, cost: number])[];
}

export function readResults(): Results["results"] {
  return (JSON.parse(readFileSync(DIGITS, "utf8")) as Results).results;
}
