/** On which scale a number is learned where nobody says it: the one that predicts held-out rows better in its own unit. */
import {
  adam,
  applyPreparation,
  cosine,
  foldRows,
  fork,
  joinTables,
  known,
  logScaled,
  NablaError,
  type Notice,
  ndarray,
  network,
  type PrepareOptions,
  permutation,
  prepare,
  restoreTargets,
  seedKey,
  squaredError,
  type Table,
  type TargetScale,
  takeTable,
  targetValues,
  trainMembers,
} from "nabla";
import { meanOf, quantileOf } from "nabla/statistics";
import { percent } from "../text/format.ts";
import type { ResolvedExperiment } from "./fields.ts";
import type { Parts } from "./parts.ts";

/** Each scale is tried by so many networks, each of which answers the rows that it did not learn. */
const FOLDS = 4;

/** Fewer rows tell nothing. */
const FEWEST_ROWS = 40;

/** Rows that the scales are tried on: enough for a difference that matters, and few enough for seconds. */
const MOST_ROWS = 600;

/**
 * What each scale is tried with, whatever network is trained afterwards: on made-up and public tables it came to the same
 * choices as one of 128 and 64 units and 100 epochs, in a quarter of the time.
 */
const trialNetwork = { hidden: [64, 32], outputs: 1 } as const;
const trial = {
  loss: squaredError(),
  optimizer: adam({ rate: 0.005 }),
  schedule: cosine(),
  batch: 32,
  epochs: 60,
} as const;

/** Only targets whose middle nine tenths span so much on the scale of log(1 + value) are tried: a factor of four. */
const LEAST_SPAN = Math.log(4);

/**
 * The log scale must be better by a twentieth. On made-up prices with effects that multiply it was in every trial of three,
 * and then by a quarter on test rows; on four public tables it never was, and was worse there on test.
 */
const LEAST_GAIN = 0.05;

/** What a trial of both scales found. */
export interface ScaleChoice {
  readonly targetScale: TargetScale;
  readonly notices: readonly Notice[];
}

const plain: ScaleChoice = { targetScale: "none", notices: [] };

/**
 * Whether a number to predict is tried on both scales: it is never negative, and large values are many times small ones.
 * Rows that are ordered in time, and groups that must not be torn apart, stay on the plain scale.
 */
export function triesScales({ timeColumn }: Pick<ResolvedExperiment, "timeColumn">, parts: Parts): boolean {
  const { train, dev, groups, task, origin } = parts;
  if (origin !== undefined) return false;
  const { target } = train;
  if (target?.kind !== "number" || task !== "regression") return false;
  const divided = groups !== undefined || timeColumn !== undefined || train.rows + dev.rows < FEWEST_ROWS;
  return !divided && spansMuch(target.values.data);
}

/**
 * Trains on both scales, and compares the squared error of the rows of train and dev that the networks did not learn. Runs
 * that share a split choose alike, whatever their seeds, so that they can be averaged.
 */
export async function chooseTargetScale(
  { seed: own, splitSeed: seed = own, ...experiment }: Pick<ResolvedExperiment, "seed" | "splitSeed" | "timeColumn">,
  parts: Parts,
): Promise<ScaleChoice> {
  if (!triesScales(experiment, parts)) return plain;
  const pool = sampled(joinTables(parts.train, parts.dev), seed);
  try {
    const none = await heldOutError(pool, seed, { ...parts.preparing, targetScale: "none" });
    const log = await heldOutError(pool, seed, { ...parts.preparing, targetScale: "log" });
    if (!(log < (1 - LEAST_GAIN) * none)) return plain;
    const gain = percent(1 - log / none);
    const message = `${pool.target?.name} is predicted better on a log scale: on rows that networks did not learn, the mean squared error is ${gain} lower (--target-scale none decides otherwise)`;
    return { targetScale: "log", notices: [{ code: "data/scale-chosen", message }] };
  } catch (error) {
    // what cannot be trained on so few rows says so when it is trained on all
    if (error instanceof NablaError) return plain;
    throw error;
  }
}

/** Notices without the one that asks to try a log scale, which has been tried. */
export function withoutScaleAdvice(notices: readonly Notice[]): readonly Notice[] {
  return notices.filter(({ code }) => code !== "data/skewed-target");
}

function spansMuch(values: ArrayLike<number>): boolean {
  const sorted = Float64Array.from(values).sort();
  const [low, high] = [quantileOf(sorted, 0.05), quantileOf(sorted, 0.95)];
  return (sorted[0] ?? -1) >= 0 && logScaled(high) - logScaled(low) >= LEAST_SPAN;
}

function sampled(table: Table, seed: number): Table {
  if (table.rows <= MOST_ROWS) return table;
  return takeTable(
    table,
    permutation(fork(seedKey(seed), "target scale"), table.rows)
      .slice(0, MOST_ROWS)
      .sort(),
  );
}

/** The mean squared error in the target's own unit of the rows that each network did not learn. */
async function heldOutError(pool: Table, seed: number, preparing: PrepareOptions): Promise<number> {
  const preparation = prepare.fit(pool, preparing);
  const job = { ...trial, model: network(trialNetwork), seed, train: applyPreparation(preparation, pool) };
  const folds = foldRows({ rows: pool.rows }, { folds: FOLDS, seed });
  const training = trainMembers(job, { folds, progress: 1 });
  let step = await training.next();
  while (step.done !== true) step = await training.next();
  const { answers, targets } = step.value.heldOut;
  const [found, wanted] = [
    restoreTargets(preparation, ndarray(answers, [answers.length, 1])).data,
    targetValues(preparation, targets).data,
  ];
  return meanOf(Array.from(wanted, (value, row) => (value - known(found[row], "an answer")) ** 2));
}
