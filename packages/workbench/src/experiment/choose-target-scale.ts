/**
 * On which scale a number is learned where nobody says it, and counts by which loss: what predicts held-out rows better in
 * the target's own unit.
 */
import {
  adam,
  applyPreparation,
  cosine,
  foldRows,
  fork,
  joinTables,
  known,
  type Loss,
  logScaled,
  NablaError,
  type Notice,
  ndarray,
  network,
  type PrepareOptions,
  permutation,
  poisson,
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
  optimizer: adam({ rate: 0.005 }),
  schedule: cosine(),
  batch: 32,
  epochs: 60,
} as const;

/** Only targets whose middle nine tenths span so much on the scale of log(1 + value) are tried: a factor of four. */
const LEAST_SPAN = Math.log(4);

/**
 * The log scale must be better by a twentieth. On made-up prices with effects that multiply it was in every trial of three,
 * and then by a quarter on test rows; on four public tables it never was, and was worse there on test. Of twelve tables with
 * drawn Poisson counts of 400 rows the deviance was better than the log scale in all, and by a twentieth than none in eleven.
 */
const LEAST_GAIN = 0.05;

/** What trials of the scales found. */
export interface ScaleChoice {
  readonly targetScale: TargetScale;
  /** The loss that belongs to the scale. Default: the one of the experiment. */
  readonly loss?: "poisson";
  readonly notices: readonly Notice[];
}

/** A scale, and the loss that it is tried with. */
interface Candidate {
  readonly targetScale: TargetScale;
  readonly loss: Loss;
  /** How it is said to predict better. */
  readonly how: string;
}

const own: Candidate = { targetScale: "none", loss: squaredError(), how: "on its own scale" };
const log: Candidate = { ...own, targetScale: "log", how: "on a log scale" };
const rates: Candidate = { targetScale: "mean", loss: poisson(), how: "as a count, by the Poisson deviance" };

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
 * Trains on each scale, counts by the Poisson deviance too where the experiment names no loss, and compares the squared error
 * of the rows of train and dev that the networks did not learn. Runs that share a split choose alike, whatever their seeds,
 * so that they can be averaged.
 */
export async function chooseTargetScale(
  {
    seed: ownSeed,
    splitSeed: seed = ownSeed,
    ...experiment
  }: Pick<ResolvedExperiment, "seed" | "splitSeed" | "timeColumn">,
  parts: Parts,
  { namesLoss }: { readonly namesLoss: boolean },
): Promise<ScaleChoice> {
  if (!triesScales(experiment, parts)) return plain;
  const pool = sampled(joinTables(parts.train, parts.dev), seed);
  try {
    const errorOf = async ({ targetScale, loss }: Candidate): Promise<number> =>
      await heldOutError(pool, { seed, loss, preparing: { ...parts.preparing, targetScale } });
    const none = await errorOf(own);
    let [best, least] = [own, none];
    for (const other of !namesLoss && areCounts(pool) ? [log, rates] : [log]) {
      const error = await errorOf(other);
      if (error < least) [best, least] = [other, error];
    }
    if (!(least < (1 - LEAST_GAIN) * none)) return plain;
    const gain = percent(1 - least / none);
    const message = `${pool.target?.name} is predicted better ${best.how}: on rows that networks did not learn, the mean squared error is ${gain} lower (--target-scale none decides otherwise)`;
    const { targetScale } = best;
    return {
      targetScale,
      ...(best === rates ? { loss: "poisson" } : {}),
      notices: [{ code: "data/scale-chosen", message }],
    };
  } catch (error) {
    // what cannot be trained on so few rows says so when it is trained on all
    if (error instanceof NablaError) return plain;
    throw error;
  }
}

/** Whether the target holds whole numbers alone, half of which others repeat: prices in whole dollars seldom do. */
function areCounts({ target, rows }: Table): boolean {
  if (target?.kind !== "number") return false;
  const { data } = target.values;
  return new Set(data).size <= rows / 2 && data.every(Number.isInteger);
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
async function heldOutError(
  pool: Table,
  { seed, loss, preparing }: { readonly seed: number; readonly loss: Loss; readonly preparing: PrepareOptions },
): Promise<number> {
  const preparation = prepare.fit(pool, preparing);
  const job = { ...trial, loss, model: network(trialNetwork), seed, train: applyPreparation(preparation, pool) };
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
