/** nabla: tensors, gradients, compiled training, layers, optimizers. */
export type { DType } from "./array/dtype.ts";
export { type ArrayData, castArray, type NdArray, ndarray, rows, scalar, takeRows, zeros } from "./array/ndarray.ts";
export type { Nested } from "./array/nested.ts";
export type { Dim, Shape, Size } from "./array/shape.ts";
export { compact } from "./base/compact.ts";
export { type Described, describe, type PlainOptions } from "./base/described.ts";
export { drain } from "./base/drain.ts";
export { known, NablaError, withContext } from "./base/error.ts";
export type { Kind, KindFunction } from "./base/family.ts";
export type { OptionsOf, Values } from "./base/field.ts";
/** What an option is: `fields.number({ above: 0, help: "…" })`; kinds of your own are declared with them. */
export * as fields from "./base/field.ts";
export type { Json } from "./base/json.ts";
export type { ByName } from "./base/named.ts";
export type { Notice } from "./base/notice.ts";
export { fork, type Key, normal, permutation, seedKey, uniform } from "./base/random.ts";
export type { Range } from "./base/range.ts";
/** Readers of records that were written before or elsewhere: `read.record<T>({ … })`. */
export * as read from "./base/reader.ts";
export { type Moments, moments } from "./base/statistics/moments.ts";
export { count, grouped, listing, nearest } from "./base/text.ts";
export type { Tree } from "./base/tree.ts";
export {
  applyPreparation,
  preparedInputs,
  preparedTargets,
  restoreTargets,
  targetValues,
} from "./data/apply-preparation.ts";
export type {
  Augmentation,
  AugmentationChange,
  Augmenter,
  AugmenterMaker,
  Displacement,
  ImageSize,
  Turn,
} from "./data/augment/augmentation.ts";
export { augmentation } from "./data/augment/augmentation-kind.ts";
export * from "./data/augment/augmentations.ts";
export { augmenterFor } from "./data/augment/augmenter.ts";
export { brokenLabels } from "./data/augment/breaking.ts";
export { Draws } from "./data/augment/draws.ts";
export { type Batch, type BatchOptions, type BatchStorage, batchCount, batches } from "./data/batches.ts";
export {
  type ClassThreshold,
  type DecidedClasses,
  decidedCodes,
  temperedShare,
} from "./data/class-threshold.ts";
export {
  type CategoryReading,
  type ColumnReading,
  DATE_ORDERS,
  type DateOrder,
  type DateReading,
  type NumberReading,
  readColumnReading,
  type TextReading,
  type TimeReading,
  type WantedColumn,
} from "./data/column-reading.ts";
export { type Arrays, type Examples, examplesOf, type StoredExamples, takeExamples } from "./data/examples.ts";
export { textInputs } from "./data/fill-features.ts";
export { type Fold, type FoldOptions, foldRows } from "./data/folds.ts";
export { joinExamples } from "./data/join-examples.ts";
export { joinColumns, joinTables } from "./data/join-tables.ts";
export { labelsIn, separatorOf } from "./data/joint-targets.ts";
export { MOST_LEVELS } from "./data/level-slots.ts";
export {
  type PredictedRange,
  predictedRanges,
  type RangeScores,
  rangeScores,
  type ScoredRows,
} from "./data/prediction-ranges.ts";
export type { BatchWork, Prefetch, Prefetched } from "./data/prefetch.ts";
export {
  type ClassTarget,
  type ColumnPreparation,
  featureNames,
  type JointTarget,
  type LabelTarget,
  type NumberTarget,
  numberFeatures,
  orderedFeatures,
  outputsFor,
  type Preparation,
  type SoleTarget,
  soleTargets,
  TASKS,
  type TargetPreparation,
  type Task,
  type TextFeatures,
  targetUnit,
  textFeatures,
  thresholdOf,
  wantedColumns,
  wantedTargets,
} from "./data/preparation.ts";
export { type PrepareOptions, prepare } from "./data/prepare.ts";
export { fitSource } from "./data/prepare-source.ts";
export { preparationFrom } from "./data/read-preparation.ts";
export { rowWeights, wrongWeight } from "./data/row-weights.ts";
export { SCALINGS, type Scale, type Scaling } from "./data/scaling.ts";
export { type LearningParts, SealedTest, seal } from "./data/seal.ts";
export { calendarFeatures } from "./data/series/calendar-features.ts";
export { type Resampled, resampled, resampledSteps, resamplingFor } from "./data/series/resample.ts";
export { AGGREGATES, RESAMPLED, type Resampling } from "./data/series/resampling.ts";
export { forecastReach, seriesErrors, usualChange } from "./data/series/series-errors.ts";
export {
  type ExampleOptions,
  type SeriesExample,
  seriesExamples,
  seriesTable,
} from "./data/series/series-examples.ts";
export { type ForecastPoint, referenceOf } from "./data/series/series-features.ts";
export {
  lastPosition,
  pastsOf,
  type SeriesErrors,
  type SeriesPast,
  type SeriesPreparation,
  type SeriesRecipe,
  type SeriesTail,
  tailsOf,
} from "./data/series/series-recipe.ts";
export { fitRecipe, type RecipeOptions } from "./data/series/series-recipe-fit.ts";
export { repeatedSteps, type SeriesRows, seriesPasts, seriesRows, targetNumbers } from "./data/series/series-rows.ts";
export { stepsOf } from "./data/series/steps-of.ts";
export {
  positionOf,
  type StepName,
  stepName,
  type TimeSteps,
  timeAt,
  timeStepsOf,
} from "./data/series/time-steps.ts";
export type { Source } from "./data/source.ts";
export {
  type DivideOptions,
  type RowParts,
  type SplitOptions,
  type SplitRows,
  split,
  splitRows,
  type TableParts,
} from "./data/split.ts";
export { type Fractions, fractionsOf, type SplitPolicy, splitPolicy } from "./data/split-policy.ts";
export { minMax, robust, type Scaler, smoothClip, standardize } from "./data/standardize.ts";
export {
  type CategoryColumn,
  type Column,
  categoryColumn,
  columnOf,
  identityCodes,
  type NumberColumn,
  numberColumn,
  selectColumns,
  type Table,
  type TableOptions,
  table,
  takeTable,
  targetsOf,
  textColumn,
  withTargets,
} from "./data/table.ts";
export { logScaled, scaledTarget, TARGET_SCALES, type TargetScale, targetBounds } from "./data/target-scale.ts";
export { MOST_PIECES } from "./data/text-preparation.ts";
export { TEXT_BUCKETS } from "./data/text-tokens.ts";
export { inOneUnit, type UnitRule, unitRuleOf, unitRuleText } from "./data/unit-rule.ts";
export { withWeights } from "./data/with-weights.ts";
export type { Engine } from "./engine/contract.ts";
export { type Blas, type BlasSearch, findBlas } from "./engine/native/blas.ts";
export { type CompileOptions, compile, type Feeds, type Program, type ProgramSpec, value } from "./engine/program.ts";
export { reference } from "./engine/reference/reference.ts";
export { defaultThreads } from "./engine/threads/host.ts";
export { float64Engine, type WasmOptions, wasm, wasm64, wasmWith } from "./engine/wasm/engine.ts";
export { detectFeatures, type Features } from "./engine/wasm/features.ts";
export { grad, gradOf } from "./graph/grad.ts";
export { constant, input, state } from "./graph/leaf.ts";
/** The ops under one name, since `tanh` and others are layers too: `ops.matmul(x, w)`. */
export * as ops from "./graph/ops.ts";
export { mean } from "./graph/reduce.ts";
export { type ScanOptions, scan } from "./graph/scan.ts";
export type { ScanInputs, ScanParts, ScanStep } from "./graph/scan-step.ts";
export type { Op, Operand, Tensor } from "./graph/tensor.ts";
export { type BalanceOptions, balancedLoss, classWeights } from "./nn/balanced-loss.ts";
export { layersInOrder } from "./nn/chain.ts";
export { decidedLoss } from "./nn/decided-loss.ts";
export { withoutDropout } from "./nn/dropout.ts";
export { hardMax, logSumExp, oneHot, softmaxJacobian, softmaxOf } from "./nn/functions.ts";
export type { GraphStep } from "./nn/graph-layer.ts";
export { type Fans, type Initializer, initializer } from "./nn/initializer.ts";
export * from "./nn/initializers.ts";
export { type HeadOptions, jointHeads } from "./nn/joint-heads.ts";
export type { JointHead } from "./nn/joint-loss.ts";
export {
  type Applied,
  type FieldScope,
  type InitHints,
  type Layer,
  type LayerBody,
  layer,
  type Mode,
  type Scope,
  type Signal,
  type Variables,
} from "./nn/layer.ts";
export * from "./nn/layers.ts";
export { type LearnedLoss, type Loss, type LossHead, loss } from "./nn/loss.ts";
export * from "./nn/losses.ts";
export { type BuiltModel, type ByPath, buildModel, initModel, type ModelVariables } from "./nn/model.ts";
export { type NetworkOptions, network } from "./nn/network.ts";
export {
  type Backbone,
  type LearningLayer,
  learningLayers,
  newHead,
  soleMember,
  type Transferred,
} from "./nn/new-head.ts";
export {
  elastic,
  l1,
  l2,
  type Penalty,
  penalties,
  penaltyFrom,
  sumOfSizes,
  sumOfSquares,
} from "./nn/penalty.ts";
export { type Average, effectiveWindow, ewa } from "./optim/ewa.ts";
export type { GroupFactors } from "./optim/groups.ts";
export { type MinimizationOptions, type Minimized, minimize } from "./optim/minimize.ts";
export {
  type BuiltOptimizer,
  buildOptimizer,
  chainTransforms,
  type Optimizer,
  optimizer,
  rate,
} from "./optim/optimizer.ts";
export * from "./optim/optimizers.ts";
export { type Position, type Schedule, schedule } from "./optim/schedule.ts";
export * from "./optim/schedules.ts";
export {
  eachParameter,
  type GradientTransform,
  type Transformed,
  type TransformScope,
  transform,
} from "./optim/transform.ts";
export {
  type Averaging,
  type AveragingPosition,
  averagingFrom,
  averagings,
  movingAverage,
  tailAverage,
} from "./train/averaging.ts";
export { type Checkpoint, readPosition, type TrainingPosition } from "./train/checkpoint.ts";
export { measureFrom, measureKinds } from "./train/deciding/kinds.ts";
export { checkMeasure, errorBy, type Measure, type MeasuredRows, measuredValue } from "./train/deciding/measure.ts";
export { targetScaling } from "./train/deciding/number-kinds.ts";
export { defaults as trainingDefaults } from "./train/defaults.ts";
export { type DrawnPredictions, type DrawOptions, drawPredictions } from "./train/draw-predictions.ts";
export { averageOf, bestOf, ensembleGain, ensembleOf, type Gain } from "./train/ensembles.ts";
export type {
  Change,
  EndEvent,
  EpochEvent,
  ProgressEvent,
  StartEvent,
  TrainingEvent,
} from "./train/events.ts";
export { findRate, type RateFinding, type RatePoint, type RateRange } from "./train/find-rate.ts";
export { fit } from "./train/fit.ts";
export type { Job } from "./train/job.ts";
export {
  type DataOf,
  type DataOfFields,
  jobFields,
} from "./train/job-fields.ts";
export { decidingError, type Measures } from "./train/measures.ts";
export {
  type MemberEvent,
  type Members,
  type MembersOptions,
  memberJob,
  type PoolJob,
  trainMembers,
} from "./train/members.ts";
export { estimateMemory, fitsInMemory, largestBatch, type MemoryEstimate } from "./train/memory.ts";
export { type CostOptions, type CostSpec, type ModelCost, modelCost } from "./train/model-cost.ts";
export {
  type NormalizationGap,
  normalizationGap,
  type PassOptions,
  recomputeStatistics,
} from "./train/normalization.ts";
export type { NamedLosses, WeightedLoss } from "./train/objective.ts";
export { membersOf, type OutOfFold, type OutOfFoldOptions, outOfFold } from "./train/out-of-fold.ts";
export { type Pruned, prune } from "./train/prune.ts";
export {
  type EpochRecord,
  type Failure,
  type JournalEntry,
  type Reason,
  readEpoch,
  readJournalEntry,
  summaryFields,
  type TrainingRecord,
  type TrainingSummary,
} from "./train/record.ts";
export { type RefitOptions, refit } from "./train/refit.ts";
export { type RowResults, rowResults, weightsIn } from "./train/row-results.ts";
export { type Run, summaryOf } from "./train/run.ts";
export { checkSelectionTarget } from "./train/selection.ts";
export { type Adjustable, checkSettings } from "./train/settings.ts";
export { fitSnapshots, type SnapshotRun } from "./train/snapshots.ts";
export { type SoleModel, soleModels, targetShares } from "./train/sole-models.ts";
export { type SplitStep, type StepPosition, splitStep } from "./train/split-step.ts";
export type { Moment } from "./train/step.ts";
export type { BatchResults } from "./train/step-graph.ts";
export { type TrainOptions, train } from "./train/train.ts";
export { evaluate, type Predictions, predict, predictor, type Trained, type UseOptions } from "./train/trained.ts";
export type { Training } from "./train/training.ts";
