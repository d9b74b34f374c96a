/** Checks for what you build on nabla: gradients, layers, optimizers, engines. */
export { gradientCheck, type ModelSpec } from "./check-model.ts";
export type {
  GradientOptions,
  GradientReport,
  GradientSpec,
  GradientVerdict,
  ParameterCheck,
} from "./gradient-check.ts";
export { layerComplaints } from "./layer-kit.ts";
export { checkOpGradient, engineDifference, type OpTrial, opTrials } from "./op-trials.ts";
export { optimizerComplaints } from "./optimizer-kit.ts";
