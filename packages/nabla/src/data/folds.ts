import { compact } from "../base/compact.ts";
import { NablaError } from "../base/error.ts";
import { fork, permutation, seedKey } from "../base/random.ts";
import { inRange } from "../base/range.ts";
import { count } from "../base/text.ts";
import { deal, denseCodes } from "./deal.ts";
import { groupParts } from "./group-split.ts";
import type { SplitRows } from "./split.ts";

/** Options of `foldRows`. */
export interface FoldOptions {
  /** How many parts; each is held out once. At least 2. */
  readonly folds: number;
  readonly seed: number;
  /**
   * The rows that the first fold holds out, as a dev part that was drawn before; the others share the rest. By
   * default all folds are drawn.
   */
  readonly first?: ArrayLike<number>;
}

/** One round of cross-validation: training rows and held-out rows. Row numbers, ascending. */
export interface Fold {
  readonly learn: Uint32Array;
  readonly held: Uint32Array;
}

/**
 * k-fold cross-validation for few rows: each row is held out exactly once, class shares are preserved, a group is never
 * torn unless `first` tears it. Throws `data/few-rows` for fewer rows than folds, `data/empty-part` for fewer groups, `data/folds-in-time`
 * where there are times, since a model would be evaluated on rows earlier than its training data.
 */
export function foldRows(
  { rows, classes, groups, times }: Omit<SplitRows, "sources">,
  { folds, seed, first }: FoldOptions,
): readonly Fold[] {
  inRange("folds", folds, { atLeast: 2, whole: true });
  if (times !== undefined) {
    const message =
      "cross-validation would predict rows from before those it trained on, and these rows are ordered in time";
    throw new NablaError("data/folds-in-time", message, "use no folds, or no time column");
  }
  if (rows < folds) {
    const message = `${count(rows, "row")} cannot be divided into ${count(folds, "fold")}`;
    throw new NablaError("data/few-rows", message, "use fewer folds");
  }
  const given = compact({ rows, classes, groups });
  const parts = first === undefined ? heldOut(given, { folds, seed }) : heldOutAfter(first, given, { folds, seed });
  return parts.map((held) => ({ held, learn: restOf(held, rows) }));
}

function heldOut(
  { rows, classes, groups }: Omit<SplitRows, "sources">,
  { folds, seed }: FoldOptions,
): readonly Uint32Array[] {
  const sizes = Array.from({ length: folds }, (_, fold) => Math.floor((rows + folds - 1 - fold) / folds));
  const kinds = classes === undefined ? undefined : denseCodes(classes, rows);
  const key = fork(seedKey(seed), "folds");
  return groups === undefined
    ? deal(permutation(key, rows), kinds, sizes)
    : groupParts(compact({ groups, sizes, key, classes: kinds }));
}

/** The first fold as it is given, and the other rows divided among the others. */
function heldOutAfter(
  first: ArrayLike<number>,
  { rows, classes, groups }: Omit<SplitRows, "sources">,
  { folds, seed }: FoldOptions,
): readonly Uint32Array[] {
  const held = Uint32Array.from(first).sort();
  const rest = restOf(held, rows);
  if (rest.length < folds - 1) {
    const message = `${count(rest.length, "row")} beside the first fold cannot be divided into ${count(folds - 1, "fold")}`;
    throw new NablaError("data/few-rows", message, "use fewer folds");
  }
  const codesOf = (codes: ArrayLike<number> | undefined): Int32Array | undefined =>
    codes && Int32Array.from(rest, (row) => codes[row] ?? -1);
  const others = compact({ rows: rest.length, classes: codesOf(classes), groups: codesOf(groups) });
  const parts = heldOut(others, { folds: folds - 1, seed });
  return [held, ...parts.map((part) => part.map((at) => rest[at] ?? 0))];
}

function restOf(held: Uint32Array, rows: number): Uint32Array {
  const isHeld = new Uint8Array(rows);
  for (const row of held) isHeld[row] = 1;
  return Uint32Array.from({ length: rows }, (_, row) => row).filter((row) => isHeld[row] === 0);
}
