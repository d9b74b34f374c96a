import {
  type ByPath,
  compact,
  type Examples,
  type Fold,
  joinExamples,
  type MembersOptions,
  type NdArray,
  type PoolJob,
} from "nabla";
import type { ResolvedExperiment } from "../experiment/fields.ts";
import { jobOf } from "../experiment/resolve.ts";
import { looksPerEpoch } from "./looks-per-epoch.ts";
import { shownRows } from "./shown-rows.ts";

/** What the networks of a small table are trained from: plain data, which threads are handed. */
export interface MembersTask {
  readonly resolved: ResolvedExperiment;
  readonly folds: readonly Fold[];
  readonly train: Examples;
  readonly dev: Examples;
  /** Rows that every network learns as well, and that measure nothing any more. */
  readonly test?: Examples;
  /** The most seconds that each network may take. */
  readonly time?: number;
  /** What every network begins with; drawn by default. */
  readonly weights?: ByPath<NdArray>;
}

/** The job of all networks, and what each is shown of it. */
export interface MembersPlan {
  readonly job: PoolJob & { readonly train: Examples };
  readonly options: Required<Pick<MembersOptions, "folds" | "shown" | "progress">>;
}

/** What a task comes to: in the leading thread and in any other the same. */
export function membersPlan({ resolved, folds, train, dev, test, time, weights }: MembersTask): MembersPlan {
  const { time: _, ...job } = jobOf(resolved, weights);
  const pool = joinExamples(train, dev);
  const shown = (learned: Examples): Examples => {
    const rows = test === undefined ? learned : joinExamples(learned, test);
    return shownRows(resolved, rows);
  };
  return {
    job: { ...job, ...compact({ time }), train: pool },
    options: { folds, shown, progress: looksPerEpoch(pool.rows, resolved.batch) },
  };
}
