/** What the learning curves of a training run show. */
import { meanOf } from "../base/statistics/summary.ts";
import { shareText } from "../base/text.ts";
import type { Run } from "../train/run.ts";

type CurveEvidence = { readonly run: Pick<Run, "history" | "reason"> };

/** A cost that in the last quarter fell by more than this share of itself has not arrived. */
const FALLING = 0.04;
/** Of fewer epochs the last half is looked at: a schedule may bring the rate to 0 in the last quarter. */
const FEW_EPOCHS = 16;

/** A dev cost that in that time rose by more than this share of itself only stands to lose by more epochs. */
const RISING = 0.02;

/** Evidence that the cost had not converged when training ended, and that dev would gain by going on. */
export function stillFalling({ run: { history, reason } }: CurveEvidence): string | undefined {
  const costs = history.map(({ train }) => train.cost);
  const last = costs.at(-1);
  if (last === undefined) return undefined;
  const [from, part] = costs.length < FEW_EPOCHS ? [0.5, "half"] : [0.75, "quarter"];
  const before = costs[Math.floor((costs.length - 1) * from)] ?? last;
  const ended = reason === "patience" || reason === "time" ? `, ended by ${reason}` : "";
  if (costs.length === 1) return "there was one epoch only";
  if (before - last <= FALLING * Math.abs(before) || hasTurned(history)) return undefined;
  return `the cost was still falling when the training ended${ended}: by ${shareText((before - last) / before)} in the last ${part} of ${costs.length} epochs`;
}

/** Whether dev rose in the last quarter, by the mean of its costs before and in it: single epochs are noisy. */
function hasTurned(history: CurveEvidence["run"]["history"]): boolean {
  const dev = history.flatMap(({ dev: own }) => (own === undefined ? [] : [own.cost]));
  const last = Math.floor(dev.length / 4);
  if (last < 2) return false;
  const [before, after] = [meanOf(dev.slice(-2 * last, -last)), meanOf(dev.slice(-last))];
  return after - before > RISING * Math.abs(before);
}

/** Evidence that the training rows were memorized. */
export function memorizes({ run: { history } }: CurveEvidence): string | undefined {
  const dev = history.flatMap(({ dev: own }) => (own === undefined ? [] : [own.cost]));
  const lowest = Math.min(...dev);
  const last = dev.at(-1) ?? lowest;
  if (!(last > 1.2 * lowest)) return undefined;
  return `the network memorizes training rows: the dev cost was lowest in epoch ${dev.indexOf(lowest) + 1} and has grown by ${shareText(last / lowest - 1)} since`;
}

/**
 * Evidence that the network can fit the rows only at the expense of dev: the saved weights still make mistakes on
 * rows that it memorized later, when dev had become worse. Wrong labels show this.
 */
export function learnedByHeart(told: CurveEvidence): string | undefined {
  const { history } = told.run;
  const kept = history.findLast(({ best }) => best);
  const last = history.at(-1);
  if (kept === undefined || last === undefined || memorizes(told) === undefined) return undefined;
  if (!(last.train.error < 0.5 * kept.train.error)) return undefined;
  return `the network can fit the training rows (error ${shareText(last.train.error)} in the last epoch), but the dev error is lowest before it does, at a train error of ${shareText(kept.train.error)}: from then on it memorizes single rows or wrong labels`;
}
