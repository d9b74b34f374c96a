/** Averages of weights over steps, which often generalize better than the last ones. */
import type { Described } from "../base/described.ts";
import { family, type Kinds, readerOf } from "../base/family.ts";
import { number } from "../base/field.ts";
import type { Json } from "../base/json.ts";
import type { Position } from "../optim/schedule.ts";

/** The training progress that an average depends on. */
export interface AveragingPosition extends Position {
  /** Steps done, whatever their batch size. */
  readonly taken: number;
  /** Whether the current step is the last of its epoch. */
  readonly endsEpoch: boolean;
}

/** An average as data with its function. The averaged weights are the ones evaluated on dev and saved. */
export interface Averaging extends Described {
  /** The weight of the newest parameters in the average after the current step; 1 follows them. */
  readonly share: (position: AveragingPosition) => number;
}

/** Declares an average; a kind returns the weight of the newest parameters. */
const averaging = family<Averaging, Averaging["share"]>((share, { kind, options }) => ({ kind, options, share }));

/**
 * An exponential moving average of the weights: keep · average + (1 - keep) · weights, bias-corrected by
 * 1 - keep^t (Polyak and Juditsky 1992; Kingma and Ba 2015, section 7.2).
 */
export const movingAverage = averaging(
  "movingAverage",
  {
    keep: number({
      atLeast: 0,
      below: 1,
      default: 0.999,
      source: "Kingma and Ba 2015",
      help: "the share of the average so far at each step",
    }),
  },
  // avg(t) = avg(t-1) + (1 - keep)/(1 - keep^t) · (w - avg(t-1)) is the corrected average without a second state
  ({ keep }) =>
    ({ taken }) =>
      (1 - keep) / (1 - keep ** (taken + 1)),
  { help: "an exponentially weighted average of the weights" },
);

/**
 * The plain mean of the weights at the ends of epochs, starting after the fraction `from` of all epochs (SWA: Izmailov
 * et al. 2018). It needs a learning rate that stays high. For models with batch norm see `recomputeStatistics`.
 */
export const tailAverage = averaging(
  "tailAverage",
  {
    from: number({
      atLeast: 0,
      below: 1,
      default: 0.75,
      source: "Izmailov et al. 2018",
      help: "the share of all epochs after which averaging starts",
    }),
  },
  ({ from }) =>
    ({ epoch, epochs, endsEpoch }) => {
      const averaged = epoch - Math.floor(from * epochs);
      if (averaged <= 0) return 1;
      return endsEpoch ? 1 / (averaged + 1) : 0;
    },
  { help: "the mean of the weights at the ends of the last epochs (SWA)" },
);

/** Every average by the name that data calls it. */
export const averagings: Kinds<Averaging> = { movingAverage, tailAverage };

/** An average from data, as `"movingAverage"` or `{ kind: "tailAverage", from: 0.5 }`. */
export const averagingFrom: (data: Json, place?: string) => Averaging = /* @__PURE__ */ readerOf("average", {
  average: averagings,
});
