/** Numbers, lengths of time and the scales of charts as people read them: pages show them as the terminal and reports do. */
export { duration } from "./duration.ts";
export { moment, number, percent, percentTick } from "./format.ts";
export {
  type ChartPoint,
  evenTicks,
  linePath,
  logTicks,
  type PathDrawing,
  placement,
  rangeOf,
  type ScaleRange,
} from "./scale.ts";
