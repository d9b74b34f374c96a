/** Averages of weights over steps, which often generalise better than the last ones. */
import { type Described, type Kinds, makeFrom, maker } from "../base/described.ts";
import { inRange, number } from "../base/fields.ts";
import type { Json } from "../base/json.ts";
import type { Position } from "../optim/schedule.ts";

/** Where a training stands, for an average. */
export interface AveragingPosition extends Position {
  /** Steps done, of whatever batch. */
  readonly taken: number;
  /** Whether the step that is going on is the last of its epoch. */
  readonly endsEpoch: boolean;
}

/** An average as data with its function. What is measured on dev and kept is the average. */
export interface Averaging extends Described {
  /** The share of the newest weights in the average behind the step that is going on; 1 follows them. */
  readonly share: (position: AveragingPosition) => number;
}

/**
 * An exponentially weighted average of the weights: keep · average + (1 - keep) · weights, its start corrected by
 * 1 - keep^t (Polyak and Juditsky 1992; Kingma and Ba 2015, section 7.2).
 */
export function movingAverage({ keep = 0.999 }: { readonly keep?: number } = {}): Averaging {
  inRange("keep", keep, { atLeast: 0, below: 1 });
  // avg(t) = avg(t-1) + (1 - keep)/(1 - keep^t) · (w - avg(t-1)) is the corrected average without a second state
  const share = ({ taken }: AveragingPosition): number => (1 - keep) / (1 - keep ** (taken + 1));
  return { kind: "movingAverage", options: { keep }, share };
}

/**
 * The plain mean of the weights at the ends of epochs, from the share `from` of all epochs on (SWA: Izmailov et al.
 * 2018). It wants a rate that stays up. For models with batch norm see `recomputeStatistics`.
 */
export function tailAverage({ from = 0.75 }: { readonly from?: number } = {}): Averaging {
  inRange("from", from, { atLeast: 0, below: 1 });
  const share = ({ epoch, epochs, endsEpoch }: AveragingPosition): number => {
    const averaged = epoch - Math.floor(from * epochs);
    if (averaged <= 0) return 1;
    return endsEpoch ? 1 / (averaged + 1) : 0;
  };
  return { kind: "tailAverage", options: { from }, share };
}

/** Every average by the name that data calls it. */
export const averagings: Kinds<Averaging> = {
  movingAverage: maker({ keep: number }, movingAverage),
  tailAverage: maker({ from: number }, tailAverage),
};

/** An average from data, as `"movingAverage"` or `{ kind: "tailAverage", from: 0.5 }`. */
export function averagingFrom(data: Json, place?: string): Averaging {
  return makeFrom("average", averagings, data, place);
}
