/** How good predictions are, and how sure a difference is. The measures are those of peers.py. */
import { meanOf, sampleVariance } from "nabla/statistics";

/** What came of one model on the test rows. */
export interface Measured {
  /** The misclassified share, or 1 - R² against the mean of the test rows. */
  readonly error: number;
  /** Of classifiers: the mean of -ln of the probability of the true class. */
  readonly logLoss?: number;
  /** Of classifiers: the calibration error of the likeliest class. */
  readonly calibration?: number;
  /** The calibration error that probabilities as honest as can be are expected to show on so few rows. */
  readonly chance?: number;
  /** The part of each row in the error: their mean is the error. */
  readonly losses: readonly number[];
}

/** Classes and the probabilities of them, a row for each example. */
export interface ClassAnswers {
  readonly classes: readonly string[];
  readonly probabilities: readonly (readonly number[])[];
}

/** Bins of the calibration error, with the same number of rows each. */
const BINS = 15;

/** Smaller probabilities count as this one, so that one row cannot make a mean infinite. */
const LEAST = 1e-6;

/** Measures predicted classes by the likeliest one. */
export function measureClasses({ classes, probabilities }: ClassAnswers, truth: readonly string[]): Measured {
  const likeliest = probabilities.map((row) => row.indexOf(Math.max(...row)));
  const losses = truth.map((name, row) => Number(classes[likeliest[row] ?? -1] !== name));
  const own = truth.map((name, row) => probabilities[row]?.[classes.indexOf(name)] ?? 0);
  const confidence = likeliest.map((place, row) => probabilities[row]?.[place] ?? 0);
  return {
    error: meanOf(losses),
    logLoss: meanOf(own.map((share) => -Math.log(Math.max(share, LEAST)))),
    ...calibrationOf(confidence, losses),
    losses,
  };
}

/** Measures predicted numbers: squared errors, in units of the variance of the truth. */
export function measureNumbers(answers: readonly number[], truth: readonly number[]): Measured {
  const mean = meanOf(truth);
  const variance = meanOf(truth.map((value) => (value - mean) ** 2));
  const losses = truth.map((value, row) => ((answers[row] ?? Number.NaN) - value) ** 2 / variance);
  return { error: meanOf(losses), losses };
}

/** The mean gap between confidence and the share that is right, over bins of equal mass from the least sure to the surest. */
export function calibrationOf(
  confidence: readonly number[],
  wrong: readonly number[],
): { readonly calibration: number; readonly chance: number } {
  const rows = confidence.length;
  const order = [...confidence.keys()].sort((a, b) => (confidence[a] ?? 0) - (confidence[b] ?? 0));
  let [gap, chance] = [0, 0];
  for (let bin = 0; bin < BINS; bin++) {
    const those = order.slice(Math.round((bin * rows) / BINS), Math.round(((bin + 1) * rows) / BINS));
    const sure = those.map((row) => confidence[row] ?? 0);
    const right = those.reduce((sum, row) => sum + 1 - (wrong[row] ?? 0), 0);
    const expected = sure.reduce((sum, share) => sum + share, 0);
    gap += Math.abs(expected - right);
    chance += spreadOf(sure, expected);
  }
  return { calibration: gap / rows, chance: chance / rows };
}

/** The mean distance from `expected` of how many of independent events come true (the Poisson binomial distribution). */
function spreadOf(chances: readonly number[], expected: number): number {
  let counts = [1];
  for (const chance of chances) {
    const next = new Array<number>(counts.length + 1).fill(0);
    for (const [count, share] of counts.entries()) {
      next[count] = (next[count] ?? 0) + share * (1 - chance);
      next[count + 1] = (next[count + 1] ?? 0) + share * chance;
    }
    counts = next;
  }
  return counts.reduce((sum, share, count) => sum + share * Math.abs(count - expected), 0);
}

/** The standard error of a mean of rows. */
export function standardError(losses: readonly number[]): number {
  return losses.length < 2 ? Number.POSITIVE_INFINITY : Math.sqrt(sampleVariance(losses) / losses.length);
}

/** The mean of each row over several seeds. */
export function rowMeans(seeds: readonly (readonly number[])[]): readonly number[] {
  const [first = []] = seeds;
  return first.map((_, row) => meanOf(seeds.map((losses) => losses[row] ?? Number.NaN)));
}
