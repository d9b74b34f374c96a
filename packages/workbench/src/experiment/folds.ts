/** The folds of an experiment: what each of its networks holds out. */

import { type Fold, foldRows, NablaError, type Notice, type Table } from "nabla";
import type { Experiment, ResolvedExperiment } from "./fields.ts";
import type { Parts } from "./parts.ts";

/**
 * The folds of train and dev, whose rows are counted on from those of train; the first holds out dev, as the training that
 * is watched does. The test part stays sealed. Throws what `foldRows` throws.
 */
export function foldsOf(
  { seed, splitSeed = seed, timeColumn, members }: ResolvedExperiment,
  { train, dev, groups }: Parts,
): readonly Fold[] {
  const rows = train.rows + dev.rows;
  const given = {
    rows,
    ...codesOf(train, dev),
    ...(groups === undefined ? {} : { groups: [...groups.train, ...groups.dev] }),
  };
  const first = Array.from({ length: dev.rows }, (_, row) => train.rows + row);
  return foldRows(timeColumn === undefined ? given : { ...given, times: [] }, {
    folds: members,
    seed: splitSeed,
    first,
  });
}

/** Folds where no rows are set apart to measure by: the fewest that leave most rows to learn from. */
const FOLDS = 5;

/**
 * The experiment as it is carried out: with a split such as 100/0/0, which sets no rows apart for dev, each member holds out
 * its share of train, and dev is that of the first. Throws `data/fractions` where there is one network alone.
 */
export function withDev(experiment: Experiment): Experiment {
  const { split, members = FOLDS, refit } = experiment;
  if (split?.dev !== 0) return experiment;
  if (members === 1 || refit === "none") {
    const message = "the split leaves no rows for dev, and one network alone has nothing that measures it";
    throw new NablaError("data/fractions", message, "give dev a share, as in 80/20/0, or take several --members");
  }
  const dev = split.train / members;
  return { ...experiment, members, split: { ...split, train: split.train - dev, dev } };
}

/**
 * The experiment, whose members have folds: where they were not asked for and rows cannot be divided so often, as when there
 * are few groups, half of them, and so on; at last one network learns train and dev.
 */
export function withMembers(experiment: Experiment, resolved: ResolvedExperiment, parts: Parts): ResolvedExperiment {
  if (resolved.members === 1) return resolved;
  try {
    foldsOf(resolved, parts);
    return resolved;
  } catch (error) {
    if (!(error instanceof NablaError) || experiment.members !== undefined) throw error;
    return withMembers(experiment, { ...resolved, members: Math.floor(resolved.members / 2) }, parts);
  }
}

/** What to know of an experiment that `withDev` changed. */
export function rotationNotice(asked: Experiment, { rows }: Pick<Parts, "rows">): readonly Notice[] {
  const { split, members = FOLDS } = asked;
  if (split?.dev !== 0) return [];
  const message = `no rows are dev alone: each of ${members} networks holds out a share of the ${rows.train + rows.dev} rows, which measures it, and dev below is that of the first`;
  return [{ code: "data/rotation", message }];
}

function codesOf({ target }: Table, { target: other }: Table): { readonly classes?: readonly number[] } {
  if (target?.kind !== "category" || other?.kind !== "category") return {};
  return { classes: [...target.codes, ...other.codes] };
}
