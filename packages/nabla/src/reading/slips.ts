/** How many cells of a column may be slips of the pen, which say nothing about the others. */

/** So few are slips wherever the others are many. */
const FEWEST = 3;
const ROWS_A_SLIP = 20;
const SHARE = 0.02;

/** How many of so many cells may be slips: up to three of sixty, and two of a hundred where they are very many. */
export function slipsAmong(cells: number): number {
  return Math.max(Math.min(FEWEST, Math.floor(cells / ROWS_A_SLIP)), Math.floor(SHARE * cells));
}
