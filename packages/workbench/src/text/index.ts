/** Numbers, lengths of time and colors as people read them: pages write them as the terminal and reports do. */
export { duration } from "./duration.ts";
export { moment, number, percent, percentTick } from "./format.ts";
