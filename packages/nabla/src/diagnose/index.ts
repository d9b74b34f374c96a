/** Why a network is not better, and what to try. */
export type { Advice } from "./advice.ts";
export { type Curvature, type CurvatureOptions, curvature, type Ground, type Point } from "./curvature.ts";
export {
  type DiagnoseOptions,
  type Diagnosis,
  diagnose,
  type Errors,
  type Measured,
  type Verdict,
} from "./diagnose.ts";
export type { Finding } from "./findings.ts";
export { type Health, type HealthOptions, health, type Network, type Patient } from "./health.ts";
export { type Interval, wilson } from "./interval.ts";
export { type Apply, eigenvaluesOf, type LanczosOptions, lanczos } from "./lanczos.ts";
export type { LayerHealth } from "./layer-health.ts";
export { type Trend, type TrendOptions, trend } from "./trend.ts";
