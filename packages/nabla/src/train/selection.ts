/** Which epoch's weights a training saves. */
import type { Measures } from "./measures.ts";

/** Whether the dev measures of an epoch are preferred to those of the epoch selected so far. */
type Rule = (dev: Measures, before: Measures) => boolean;

const rules = {
  /** The lowest dev error, of equal ones the lowest dev cost. */
  error: (dev, before) => dev.error < before.error || (dev.error === before.error && dev.cost < before.cost),
  /** The lowest dev cost: on few rows it tells more than how many of them are wrong, which many epochs share by chance. */
  cost: (dev, before) => dev.cost < before.cost,
  /** The last epoch, where a schedule has brought the rate down. */
  last: () => true,
} as const satisfies { readonly [name: string]: Rule };

/** The name of a way to select an epoch. */
export type Selection = keyof typeof rules;

/** All names. */
export const SELECTIONS: readonly Selection[] = Object.keys(rules) as Selection[];

/** Whether an epoch is preferred to the one selected so far; without dev measures the later one is. */
export function isPreferred(selection: Selection, dev: Measures | undefined, before: Measures | undefined): boolean {
  return dev === undefined || before === undefined || rules[selection](dev, before);
}
