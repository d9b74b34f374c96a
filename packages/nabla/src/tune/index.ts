/** Finds good hyperparameters: spaces, samplers, pruners and the study that joins them. */

export {
  choice,
  type Domain,
  integer,
  logInteger,
  logUniform,
  oneMinusLog,
  uniform,
} from "../base/domain.ts";
export { advise, type Resources, type WayOfTuning } from "./advise.ts";
export {
  type AxisSlice,
  type Contour,
  contour,
  type HistoryPoint,
  history,
  type ParallelCoordinates,
  parallelCoordinates,
  slices,
} from "./charts.ts";
export { type DefaultSpace, defaultSpace, type Hyperparameter, hyperparameters } from "./default-space.ts";
export { type AxisImportance, type Importance, importance } from "./importance.ts";
export { type Optimism, type OptimismOptions, optimism } from "./optimism.ts";
export { type MemberState, type Population, type PopulationOptions, population } from "./population.ts";
export { type Contest, type Pruner, type Pruning, pruner, prunes, type Standard } from "./pruner.ts";
export { prunerComplaints } from "./pruner-kit.ts";
export * from "./pruners.ts";
export { type ActiveTrial, type Asked, carryOut, type Objective, reasonOf, type Summary } from "./run.ts";
export { type Question, type Sampler, type SearchBox, type Shown, sampler } from "./sampler.ts";
export { samplerComplaints } from "./sampler-kit.ts";
export * from "./samplers.ts";
export {
  type Axis,
  axesOf,
  type Branch,
  branch,
  type Repeat,
  repeat,
  type Space,
  type SpaceEntry,
  type Units,
  type ValuesOf,
} from "./space.ts";
export { spaceFrom, spaceToJson } from "./space-json.ts";
export { pointOf, unitsOf, valuesAt } from "./space-values.ts";
export { spaceAround, type ValuesByPath, valuesWithin } from "./start.ts";
export { Study, type StudyOptions, searchFields, study, studyFrom, trialSeed } from "./study.ts";
export {
  type Goal,
  type Report,
  readTrial,
  type Trial,
  type TrialMeasures,
  type TrialOutcome,
  type TrialState,
} from "./trial.ts";
