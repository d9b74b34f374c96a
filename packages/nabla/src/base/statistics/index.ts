/** nabla/statistics: summaries, distributions and intervals. */
export { type ConformalScores, conformalQuantile, conformalScores } from "./conformal.ts";
export { chiSquareTail } from "./gamma.ts";
export {
  differenceInterval,
  type Estimate,
  type Interval,
  normalInterval,
  percentileInterval,
  studentInterval,
  wilson,
} from "./intervals.ts";
export { deviationOfMoments, type Moments, meanOfMoments, moments } from "./moments.ts";
export { normalCdf, normalDensity, normalQuantile, normalTail } from "./normal.ts";
export { studentCdf, studentQuantile, studentTail } from "./student.ts";
export {
  columnMeans,
  correlation,
  meanOf,
  medianOf,
  midranks,
  populationVariance,
  quantileOf,
  sampleVariance,
} from "./summary.ts";
export { effectiveRows, type RowWeights, weightedMean, weightedVariance } from "./weighted.ts";
