/** A temperature that is taken only where rows that it was not fitted on show that it helps. */
import { type NdArray, takeRows } from "../../array/ndarray.ts";
import { meanOf, sampleVariance } from "../../base/statistics/summary.ts";
import { type RowWeights, weightedMean } from "../../base/statistics/weighted.ts";
import { foldRows } from "../../data/folds.ts";
import { classProbabilities, likeliest, logLosses, temper } from "../../train/probabilities.ts";
import { fitTemperature, reliability } from "./calibration.ts";
import { sameRows } from "./confusion.ts";

/** A temperature and what it does on rows that the fit did not see. */
export interface CrossFit {
  /** 1, which changes nothing, unless it surely lowers the loss and does not raise the calibration error. */
  readonly temperature: number;
  readonly kept: boolean;
  readonly rows: number;
  /** The mean log loss and the calibration error without it, and with temperatures fitted on the other folds. */
  readonly before: { readonly loss: number; readonly ece: number };
  readonly after: { readonly loss: number; readonly ece: number };
}

/** Options of `crossFitTemperature`. */
export interface CrossFitOptions {
  /** Default 5. */
  readonly folds?: number;
  /** The seed of the folds; 0 by default. */
  readonly seed?: number;
  /**
   * The temperature of what is used, by that which was fitted: for an average of several networks, for one. The same
   * by default.
   */
  readonly softened?: (temperature: number) => number;
  /** How much each row counts in losses, in the calibration error and in the fit. By default all count alike. */
  readonly weights?: RowWeights;
}

/** One-sided 95%: how many standard errors of the mean gain lie above 0 by chance. */
const SURE = 1.645;
const FEWEST = 20;

/**
 * Fits a temperature (Guo et al. 2017) and measures it by cross-fitting: each fold is judged by a temperature of the others.
 * Rows with weights count by them. `answers` are probabilities [rows, classes] of rows that the network did not learn.
 */
export function crossFitTemperature(
  answers: NdArray,
  targets: ArrayLike<number>,
  { folds = 5, seed = 0, softened = (temperature) => temperature, weights }: CrossFitOptions = {},
): CrossFit {
  const probabilities = classProbabilities(answers);
  const rows = probabilities.shape[0] ?? 0;
  sameRows({ length: rows }, targets);
  const plain = logLosses(probabilities, targets);
  const before = { loss: weightedMean(plain, weights), ece: errorOf(probabilities, targets, weights) };
  if (rows < FEWEST) return { temperature: 1, kept: false, rows, before, after: before };
  const fit = (of: ArrayLike<number>): number =>
    softened(
      cautious(
        takeRows(probabilities, of),
        Array.from(of, (row) => targets[row] ?? 0),
        weights && Float64Array.from(of, (row) => weights[row] ?? 0),
      ),
    );
  const crossed: NdArray = { ...probabilities, data: probabilities.data.slice() };
  const width = probabilities.shape[1] ?? 1;
  for (const { learn, held } of foldRows({ rows, classes: targets }, { folds, seed })) {
    const tempered = temper(takeRows(probabilities, held), fit(learn)).data;
    for (const [i, row] of held.entries()) crossed.data.set(tempered.subarray(i * width, (i + 1) * width), row * width);
  }
  const losses = logLosses(crossed, targets);
  const after = { loss: weightedMean(losses, weights), ece: errorOf(crossed, targets, weights) };
  // so that the plain mean of what rows gain is the weighted one
  const usual = weights === undefined ? 1 : meanOf(weights);
  const gains = plain.map((loss, row) => {
    const gain = loss - (losses[row] ?? 0);
    return weights === undefined ? gain : (gain * (weights[row] ?? 0)) / usual;
  });
  const error = Math.sqrt(sampleVariance(gains) / rows);
  const kept = meanOf(gains) > SURE * error && after.ece <= before.ece;
  return { temperature: kept ? fit(everyRow(rows)) : 1, kept, rows, before, after };
}

/** The fitted temperature; where not one row is wrong, none below 1, since nothing says then how sure is too sure. */
function cautious(probabilities: NdArray, targets: readonly number[], weights: RowWeights): number {
  const { temperature } = fitTemperature(probabilities, targets, { weights });
  const { classes } = likeliest(probabilities);
  return targets.some((code, row) => code !== classes[row] && (weights?.[row] ?? 1) > 0)
    ? temperature
    : Math.max(1, temperature);
}

function errorOf(probabilities: NdArray, targets: ArrayLike<number>, weights: RowWeights): number {
  const { classes, confidence } = likeliest(probabilities);
  return reliability(
    confidence,
    Array.from(targets, (code, row) => Number(code === classes[row])),
    { weights },
  ).ece;
}

function everyRow(rows: number): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => row);
}
