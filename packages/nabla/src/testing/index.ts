/** Checks for what you build on nabla: gradients, layers, optimizers, engines. */
export { gradientCheck, type ModelCheckOptions, type ModelReport, type ModelSpec } from "./check-model.ts";
export { type LossMeaning, lossComplaints, penaltyComplaints } from "./cost-kit.ts";
export { checkGradients, type GradientOptions, type GradientSpec } from "./gradient-check.ts";
export {
  type GradientReport,
  type GradientVerdict,
  type ParameterCheck,
  placeOf,
  type Worst,
} from "./gradient-report.ts";
export { layerComplaints } from "./layer-kit.ts";
export type { LayerCase, LayerMeaning } from "./meaning-check.ts";
export { type DTypeDraw, type DTypeResult, runOnDType } from "./op-dtypes.ts";
export {
  type Comparison,
  checkOpGradient,
  engineDifference,
  type OpTrial,
  opComplaints,
  opTrials,
} from "./op-trials.ts";
export { type OptimizerMeaning, optimizerComplaints } from "./optimizer-kit.ts";
export {
  flattenParameters,
  indicesOf,
  type ParameterVector,
  placeIn,
  unflatten,
  type VectorPart,
} from "./parameter-vector.ts";
export { type Healthy, healthy } from "./pathologies/healthy.ts";
export { pathologies } from "./pathologies/pathologies.ts";
export type { Pathology, Planted } from "./pathologies/pathology.ts";
