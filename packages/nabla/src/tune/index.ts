/** Finds good hyperparameters: spaces, samplers, pruners and the study that joins them. */
export {
  choice,
  type Domain,
  integer,
  logInteger,
  logUniform,
  oneMinusLog,
  uniform,
} from "./domain.ts";
export { type Contest, type Pruner, type Pruning, prunes, type Standard } from "./pruner.ts";
export { type MedianOptions, median } from "./pruners/median.ts";
export { none } from "./pruners/none.ts";
export { prunerFrom, pruners } from "./pruners.ts";
export { type Asked, type Attempt, carryOut, type Objective, reasonOf, type Summary } from "./run.ts";
export type { Question, Sampler, SearchBox, Shown } from "./sampler.ts";
export { random } from "./samplers/random.ts";
export { samplerFrom, samplers } from "./samplers.ts";
export {
  type Axis,
  axesOf,
  type Branch,
  branch,
  type Entry,
  type Repeat,
  repeat,
  type Space,
  type Units,
  type ValuesOf,
} from "./space.ts";
export { spaceFrom, spaceToJson } from "./space-json.ts";
export { pointOf, unitsOf, valuesAt } from "./space-values.ts";
export { Study, type StudyOptions, study, studyFrom } from "./study.ts";
export type { Goal, Outcome, Report, Trial, TrialState } from "./trial.ts";
