import type { NdArray } from "../array/ndarray.ts";
import { known } from "../base/error.ts";
import { inRange } from "../base/range.ts";
import { ewa } from "../optim/ewa.ts";
import { RATE } from "../optim/optimizer.ts";
import { arrayFor, arraysOfGroup, type Checkpoint, GROUPS } from "./checkpoint.ts";
import { dataLoaderFor } from "./data-loader.ts";
import { exampleFeeds } from "./example-inputs.ts";
import { type AnyJob, resolveJob } from "./job.ts";
import { prepareStep, type TrainingStep } from "./step.ts";

/** Options of `findRate`. */
export interface RateRange {
  /** The first learning rate. Default 1e-6. */
  readonly from?: number;
  /** The last learning rate, unless the cost diverges before. Default 10. */
  readonly to?: number;
  /** How many learning rates, one per step. Default 100. */
  readonly steps?: number;
  /** Initial weights and moments; they are copied. */
  readonly checkpoint?: Checkpoint;
}

/** A step of a learning rate range test. */
export interface RatePoint {
  readonly rate: number;
  /** The cost of the step's batch before its update. */
  readonly cost: number;
  /** The cost averaged over about ten steps, bias-corrected. */
  readonly smooth: number;
}

/** What a learning rate range test found. */
export interface RateFinding {
  readonly curve: readonly RatePoint[];
  /** The learning rate at which the smoothed cost falls most steeply: a good one to start with. */
  readonly rate: number;
  /** The learning rate at which it is lowest: larger ones overshoot. */
  readonly highest: number;
}

/** A cost this many times the lowest one counts as divergence. */
const AWAY = 4;
// slopes are taken over five points; the first ten are left out, where the average is of a few batches, easy or hard by chance
const [REACH, SETTLING] = [2, 10];

/**
 * Trains for some steps while the learning rate grows by a constant factor per step, and finds where the cost falls
 * fastest (Smith 2017, section 3.3). It works on its own copy of the states: job and checkpoint are not modified.
 */
export async function findRate(
  job: AnyJob,
  { from = 1e-6, to = 10, steps = 100, checkpoint }: RateRange = {},
): Promise<RateFinding> {
  inRange("from", from, { above: 0 });
  inRange("to", to, { above: from });
  inRange("steps", steps, { atLeast: 10, whole: true });
  const resolved = resolveJob(job);
  const step = await prepareStep(resolved);
  if (checkpoint !== undefined) restore(step, checkpoint);
  const average = ewa(0.9, { correct: true });
  const curve: RatePoint[] = [];
  const feeds: Record<string, NdArray | number> = {};
  const loader = dataLoaderFor(resolved, undefined);
  let lowest = Number.POSITIVE_INFINITY;
  for (let epoch = 0; curve.length < steps; epoch++) {
    const { batches } = loader.restOfEpoch({ epoch, row: 0, batch: resolved.batch });
    for (const batch of batches(() => undefined)) {
      const rate = from * (to / from) ** (curve.length / (steps - 1));
      step.feed(step.settings, curve.length, feeds);
      Object.assign(feeds, exampleFeeds(batch), { [RATE]: rate });
      const cost = known((await step.program.run(feeds)).cost?.data[0], "cost");
      if (!Number.isFinite(cost)) return finding(curve);
      const smooth = average.add(cost);
      curve.push({ rate, cost, smooth });
      if (curve.length > SETTLING) lowest = Math.min(lowest, smooth);
      if (curve.length === steps || smooth > AWAY * lowest) return finding(curve);
    }
  }
  return finding(curve);
}

function restore({ program, states: kept, slots }: TrainingStep, { arrays }: Checkpoint): void {
  for (const [states, name] of [
    [kept, GROUPS.model],
    [slots, GROUPS.optimizer],
  ] as const) {
    const saved = arraysOfGroup(arrays, name);
    for (const [path, state] of states) program.write(state, arrayFor(saved, path, state.shape as readonly number[]));
  }
}

function finding(curve: readonly RatePoint[]): RateFinding {
  const pointAt = (i: number): RatePoint => known(curve[i], "a point of the curve");
  // a cost that left all bounds before has nothing but the first ones
  const first = curve.length > SETTLING + REACH ? SETTLING : 0;
  const bottom = curve.reduce((best, { smooth }, i) => (i > first && smooth < pointAt(best).smooth ? i : best), first);
  let [steepest, at] = [0, Math.max(first, bottom - REACH)];
  for (let i = first + REACH; i + REACH <= bottom; i++) {
    const slope = pointAt(i + REACH).smooth - pointAt(i - REACH).smooth;
    if (slope < steepest) [steepest, at] = [slope, i];
  }
  return { curve, rate: curve[at]?.rate ?? Number.NaN, highest: curve[bottom]?.rate ?? Number.NaN };
}
