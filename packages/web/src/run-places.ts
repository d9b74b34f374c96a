/** Places of the table: rows of runs, and between them the headings of their groups. */
import type { RunHeading } from "@nabla/workbench";

/** What stands at a place: a heading, or the row of that number. */
export type RunPlace =
  | { readonly heading: RunHeading; readonly row?: undefined }
  | { readonly row: number; readonly heading?: undefined };

/** How places and rows belong together. */
export interface RunPlaces {
  readonly count: number;
  readonly at: (place: number) => RunPlace;
  /** How many rows lie before a place. */
  readonly rowsBefore: (place: number) => number;
}

/** The places of groups, each a heading and, where it is open, its rows; without groups every place is a row. */
export function placesOf(headings: readonly RunHeading[], rows: number): RunPlaces {
  if (headings.length === 0)
    return { count: rows, at: (row) => ({ row }), rowsBefore: (place) => Math.min(place, rows) };
  let [count, shown] = [0, 0];
  const starts = headings.map((heading) => {
    const start = { heading, place: count, row: shown };
    const own = heading.isClosed ? 0 : heading.rows;
    count += 1 + own;
    shown += own;
    return start;
  });
  const startOf = (place: number) => starts.findLast((start) => start.place <= place);
  return {
    count,
    at: (place) => {
      const start = startOf(place);
      if (start === undefined || start.place === place) return { heading: (start ?? starts[0])?.heading ?? never() };
      return { row: start.row + place - start.place - 1 };
    },
    rowsBefore: (place) => {
      const start = startOf(Math.min(place, count));
      return start === undefined ? 0 : start.row + Math.max(0, Math.min(place, count) - start.place - 1);
    },
  };
}

function never(): never {
  throw new Error("groups without a heading");
}
