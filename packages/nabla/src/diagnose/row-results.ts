/** What a network does with each row of a part: where this folder looks for it. */
export { mistakeScale, type RowResults, rowResults } from "../train/row-results.ts";
