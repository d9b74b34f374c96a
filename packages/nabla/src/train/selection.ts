/** Which epoch's weights a training saves. */
import { compact } from "../base/compact.ts";
import { NablaError } from "../base/error.ts";
import { listing } from "../base/text.ts";
import type { Loss } from "../nn/loss.ts";
import { decidingError, type Measures, type TargetMeasures } from "./measures.ts";
import { type NamedLosses, termsOf } from "./objective.ts";

/** What an epoch is selected by, of all targets or of one. */
type Selecting = TargetMeasures & Pick<Measures, "deciding">;

/** Whether the dev measures of an epoch are preferred to those of the epoch selected so far. */
type Rule = (dev: Selecting, before: Selecting) => boolean;

const rules = {
  /** The lowest dev error by what decides, of equal ones the lowest dev cost. */
  error: (dev, before) => {
    const [now, then] = [decidingError(dev), decidingError(before)];
    return now < then || (now === then && dev.cost < before.cost);
  },
  /** The lowest dev cost: on few rows it tells more than how many of them are wrong, which many epochs share by chance. */
  cost: (dev, before) => dev.cost < before.cost,
  /** The last epoch, where a schedule has brought the rate down. */
  last: () => true,
} as const satisfies { readonly [name: string]: Rule };

/** The name of a way to select an epoch. */
export type Selection = keyof typeof rules;

/** All names. */
export const SELECTIONS: readonly Selection[] = Object.keys(rules) as Selection[];

/**
 * Whether an epoch is preferred to the one selected so far, by the measures of all targets or of one; without dev measures the
 * later one is.
 */
export function isPreferred(
  { selection, selectionTarget }: { readonly selection: Selection; readonly selectionTarget?: string | undefined },
  dev: Measures | undefined,
  before: Measures | undefined,
): boolean {
  const by = (measures: Measures): Selecting => {
    const own = selectionTarget === undefined ? undefined : measures.targets?.[selectionTarget];
    return own === undefined ? measures : { ...own, ...compact({ deciding: measures.deciding }) };
  };
  return dev === undefined || before === undefined || rules[selection](by(dev), by(before));
}

/** Throws `train/selection-target` where the epoch is to be selected by a target that is not one of several. */
export function checkSelectionTarget(selectionTarget: string | undefined, losses: Loss | NamedLosses): void {
  if (selectionTarget === undefined) return;
  const names = termsOf(losses).flatMap(({ name, loss }) => name ?? (loss.heads ?? []).map((head) => head.name));
  if (names.includes(selectionTarget)) return;
  const has = names.length === 0 ? "there is one target" : `the targets are ${listing(names)}`;
  throw new NablaError(
    "train/selection-target",
    `the epoch is to be selected by "${selectionTarget}", and ${has}`,
    "name one of several targets as the selection target, or leave it out",
  );
}
