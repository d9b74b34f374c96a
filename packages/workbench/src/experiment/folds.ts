/** The folds of an experiment with cross-validation. */

import type { Fold, Table } from "nabla";
import { foldRows } from "nabla";
import type { ResolvedExperiment } from "./fields.ts";
import type { Parts } from "./parts.ts";

/** The folds of train and dev; the test part stays under seal. Throws what `foldRows` throws. */
export function foldsOf(
  { seed, splitSeed = seed, timeColumn }: ResolvedExperiment,
  { train, dev, groups }: Parts,
  folds: number,
): readonly Fold[] {
  const rows = train.rows + dev.rows;
  const given = {
    rows,
    ...codesOf(train, dev),
    ...(groups === undefined ? {} : { groups: [...groups.train, ...groups.dev] }),
  };
  return foldRows(timeColumn === undefined ? given : { ...given, times: [] }, { folds, seed: splitSeed });
}

function codesOf({ target }: Table, { target: other }: Table): { readonly classes?: readonly number[] } {
  if (target?.kind !== "category" || other?.kind !== "category") return {};
  return { classes: [...target.codes, ...other.codes] };
}
