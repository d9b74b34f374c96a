/** Why a network is not better, and what to try. */
export type { Advice } from "./advice.ts";
export {
  type DiagnoseOptions,
  type Diagnosis,
  diagnose,
  type Errors,
  type Measured,
  type Verdict,
} from "./diagnose.ts";
export { type Interval, wilson } from "./interval.ts";
