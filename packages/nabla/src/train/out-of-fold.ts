/** What members do with the rows that they held out, and with those that they learned. */
import { wrongArgument } from "../array/check-array.ts";
import { compact } from "../base/compact.ts";
import { known, NablaError } from "../base/error.ts";
import { isRecord } from "../base/value-type.ts";
import { type Examples, takeExamples } from "../data/examples.ts";
import type { Fold } from "../data/folds.ts";
import type { Engine } from "../engine/contract.ts";
import { checkExamples, checkFoldList, checkTrained } from "./check-job.ts";
import { type RowResults, rowResults, weightsIn } from "./row-results.ts";
import type { Trained } from "./trained.ts";

/** One answer to each row of a pool from a member that learned it, and one from the member that held it out. */
export interface OutOfFold {
  /** The member that held out each row, from 0. */
  readonly heldBy: Int32Array;
  /** Each row as the member does it that did not learn it: an honest estimate, by all rows. */
  readonly heldOut: RowResults;
  /** The same rows as the member after that one does them, which learned them. */
  readonly learned: RowResults;
}

/** Options of `outOfFold`. */
export interface OutOfFoldOptions {
  readonly pool: Examples;
  /** What each member learned and held out, in the order of the members. */
  readonly folds: readonly Fold[];
  /** The engine that computes; WebAssembly by default. */
  readonly engine?: Engine | undefined;
}

/** Asks each member for the rows that it held out, and for those that the member before it did. */
export async function outOfFold(members: readonly Trained[], options: OutOfFoldOptions): Promise<OutOfFold> {
  if (!Array.isArray(members)) throw wrongArgument("outOfFold › members", "a list of trained models", members);
  for (const [i, member] of members.entries()) checkTrained(`outOfFold › members[${i}]`, member);
  checkExamples(isRecord(options) ? options.pool : undefined, "outOfFold › options › pool");
  checkFoldList("outOfFold › options › folds", options.folds);
  const { pool, folds, engine } = options;
  if (members.length !== folds.length)
    throw new NablaError("members/folds", `there are ${members.length} members, and ${folds.length} folds`);
  const heldBy = new Int32Array(pool.rows);
  const heldOut: RowResults[] = [];
  const learned: RowResults[] = [];
  for (const [at, { held }] of folds.entries()) {
    for (const row of held) heldBy[row] = at;
    const part = takeExamples(pool, held);
    heldOut.push(await rowResults(known(members[at], "a member"), part, { engine }));
    learned.push(await rowResults(known(members[(at + 1) % members.length], "a member"), part, { engine }));
  }
  const inOrder = (parts: readonly RowResults[]): RowResults => spread(parts, { pool, folds });
  return { heldBy, heldOut: inOrder(heldOut), learned: inOrder(learned) };
}

/** Results of the held-out rows of each fold, put where the rows lie in the pool. */
function spread(parts: readonly RowResults[], { pool, folds }: OutOfFoldOptions): RowResults {
  const { rows, targets } = pool;
  const first = known(parts[0], "the results of a fold");
  const width = first.answers.length / Math.max(1, first.mistakes.length);
  const placed = (of: (part: RowResults) => Float64Array, each: number): Float64Array => {
    const all = new Float64Array(rows * each);
    for (const [at, part] of parts.entries())
      for (const [i, row] of (folds[at]?.held ?? new Uint32Array()).entries())
        all.set(of(part).subarray(i * each, (i + 1) * each), row * each);
    return all;
  };
  return {
    task: first.task,
    targets,
    mistakes: placed(({ mistakes }) => mistakes, 1),
    losses: placed(({ losses }) => losses, 1),
    answers: placed(({ answers }) => answers, width),
    ...compact({ weights: weightsIn(pool) }),
  };
}

/** The models that a model averages, each with its weights; none where it is no average of answers. */
export function membersOf(trained: Trained): readonly Trained[] {
  checkTrained("membersOf", trained);
  const { averages = [], layers } = trained.model;
  return averages.map((name) => {
    const path = `${name}.`;
    const own = [...trained.weights].flatMap(([at, array]) =>
      at.startsWith(path) ? [[at.slice(path.length), array] as const] : [],
    );
    return { ...trained, model: known(layers?.get(name), name), weights: new Map(own) };
  });
}
