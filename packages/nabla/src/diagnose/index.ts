/** Why a network is not better, and what to try. */

export { type Interval, wilson } from "../base/statistics/intervals.ts";
export { classCounts, isImbalanced } from "../train/deciding/class-balance.ts";
export {
  classProbabilities,
  likeliest,
  logLosses,
  probabilitiesOf,
  temper,
  worstRows,
} from "../train/probabilities.ts";
export type { Advice } from "./advice.ts";
export { atFloor, floorCode } from "./at-floor.ts";
export { type BaselineResults, baselineResults, type TimeLimit } from "./baselines.ts";
export { type CostSurface, type Curvature, type CurvatureOptions, curvature, type Point } from "./curvature.ts";
export {
  checkHuman,
  type DiagnoseOptions,
  type Diagnosis,
  diagnose,
  type Errors,
  type Measured,
  type Verdict,
} from "./diagnose.ts";
export { type Drift, type DriftOptions, drift } from "./drift.ts";
export type { ColumnDrift } from "./drift-columns.ts";
export {
  type DuplicateOptions,
  type DuplicatePair,
  type Duplicates,
  duplicates,
  type NamedParts,
} from "./duplicates.ts";
export {
  fitTemperature,
  type Reliability,
  type ReliabilityBin,
  reliability,
  type Temperature,
} from "./errors/calibration.ts";
export {
  type ClassMeasures,
  type ClassMeasuresOptions,
  classMeasures,
  type FoundClass,
  type PositiveMeasures,
} from "./errors/class-measures.ts";
export { type ClassErrors, type Confusion, confusionMatrix, worstClasses } from "./errors/confusion.ts";
export { type CrossFit, type CrossFitOptions, crossFitTemperature } from "./errors/cross-fit.ts";
export {
  type Curve,
  cheapestThreshold,
  type Decision,
  decisionAt,
  type MistakeCosts,
  type OperatingPoint,
  type Operations,
  operations,
  precisionRecall,
  rocCurve,
} from "./errors/ranking.ts";
export { type ResidualBin, type Residuals, residualsOf } from "./errors/residuals.ts";
export { errorBySlice, type Slice, type SliceOptions, type Slices } from "./errors/slices.ts";
export {
  type DataFinding,
  type Evidence,
  type ExamineOptions,
  examine,
  type InputFacts,
} from "./evidence.ts";
export { type ColumnEffect, columnEffect, type EffectOptions } from "./explain/column-effect.ts";
export { type AnswerInputs, type ColumnGroup, columnGroups } from "./explain/column-groups.ts";
export {
  type ColumnImportance,
  columnImportance,
  type ExplainedRows,
  type ImportanceOptions,
} from "./explain/column-importance.ts";
export {
  type ExplainedPicture,
  explainPicture,
  meanPicture,
  type PatchMap,
  type PatchOptions,
} from "./explain/explain-picture.ts";
export {
  type ColumnShare,
  type ExplainedPrediction,
  type ExplainOptions,
  explainPrediction,
} from "./explain/explain-prediction.ts";
export type { Finding } from "./findings.ts";
export { type RowGroupOptions, type RowGroups, rowGroups } from "./groups.ts";
export { type Health, type HealthArrays, type HealthOptions, health, type Network, type Patient } from "./health.ts";
export {
  type AveragedTrainings,
  type Improved,
  type ImprovementAttempt,
  type ImprovementStep,
  type ImproveOptions,
  improve,
  improving,
  type MeasuredRun,
} from "./improve.ts";
export { applyPatch, type JobPatch, type JobPlan, planOf } from "./job-patch.ts";
export type { ChangeVerdict } from "./judge-change.ts";
export { type Apply, eigenvaluesOf, type LanczosOptions, lanczos } from "./lanczos.ts";
export type { LayerHealth } from "./layer-health.ts";
export { type FeatureScore, type Leak, type Leakage, type LeakageOptions, leakage } from "./leakage.ts";
export { type LearningCurve, type LearningCurveOptions, learningCurve } from "./learning-curve.ts";
export { type LikeRowsOptions, likeRows } from "./like-rows.ts";
export { lookAtParts } from "./look-at-parts.ts";
export { type NoiseFloor, type NoiseFloorOptions, noiseFloor } from "./noise-floor.ts";
export { type Effect, type EffectOfOptions, effectOf } from "./paired.ts";
export { decidingMeasure, measuredError, type PartError, partError } from "./part-error.ts";
export { type CurvePoint, type FittedLaw, fitPowerLaw, type PowerLaw } from "./power-law.ts";
export { type Action, recipe } from "./recipe.ts";
export { balanced, without as withoutInputs } from "./reshape-data.ts";
export { mistakeScale, type RowResults, rowResults } from "./row-results.ts";
export { targetParts } from "./target-parts.ts";
export { attributeTimes, type TimeSign, type TimeSignOptions, timeSigns } from "./time-signs.ts";
export { type Trend, type TrendOptions, trend } from "./trend.ts";
export { type CodedMissing, codedMissing } from "./values/coded-missing.ts";
export { type CopiedValue, copiedValues } from "./values/copied-values.ts";
export { type FilledLater, filledLater } from "./values/filled-later.ts";
export { type MixedUnits, mixedUnits } from "./values/mixed-units.ts";
export { type FarValues, farValues, type NearlyConstant, nearlyConstant } from "./values/rare-values.ts";
export { areRealLevels } from "./values/real-levels.ts";
