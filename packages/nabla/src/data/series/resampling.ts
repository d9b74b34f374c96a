/** How rows of any times become steps: plain data. */

/** Steps of the calendar that rows can become, the shortest first. */
export const RESAMPLED = ["minute", "hour", "day", "week", "month", "quarter", "year"] as const;
/** What becomes of the targets of the rows of a step. */
export const AGGREGATES = ["mean", "sum", "last"] as const;

/** How rows become steps. */
export interface Resampling {
  readonly every: (typeof RESAMPLED)[number];
  readonly aggregate: (typeof AGGREGATES)[number];
}
