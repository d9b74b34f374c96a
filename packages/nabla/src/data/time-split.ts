/** Chronological split: a network is evaluated on rows later than all of its training data. */
import { NablaError } from "../base/error.ts";
import { count } from "../base/text.ts";

/**
 * Rows of each part, ascending: every time in a part precedes every time in the next one. Rows of one moment stay
 * together, so sizes are as near to those wanted as moments allow. Throws `data/missing` for a row without a time,
 * `data/empty-part` for fewer moments than parts.
 */
export function timeParts(times: ArrayLike<number>, sizes: readonly number[]): readonly Uint32Array[] {
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  const timeOf = (place: number): number => times[order[place] ?? 0] ?? Number.NaN;
  const missing = order.filter((row) => Number.isNaN(times[row] ?? Number.NaN));
  if (missing.length > 0) {
    const message = `the time is missing in ${count(missing.length, "row")}, row ${missing[0]} the first`;
    throw new NablaError("data/missing", message, "leave such rows out");
  }
  order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  // indices where a new moment starts
  const edges = order.map((_, place) => place).filter((place) => place > 0 && timeOf(place) !== timeOf(place - 1));
  const wanted = sizes.filter((size) => size > 0);
  if (edges.length < wanted.length - 1) {
    const message = `${count(edges.length + 1, "moment")} cannot fill ${wanted.length} parts, since rows of the same time stay together`;
    throw new NablaError("data/empty-part", message, "split by another column, or into fewer parts");
  }
  const cuts = cutsNear(edges, wanted);
  const bounds = [0, ...cuts, rows];
  let next = 0;
  return sizes.map((size) => {
    if (size === 0) return new Uint32Array(0);
    const part = order.slice(bounds[next], bounds[next + 1]);
    next++;
    return part.sort();
  });
}

/** For each boundary the edge nearest to where it should be, such that as many edges are left as boundaries. */
function cutsNear(edges: Uint32Array, wanted: readonly number[]): readonly number[] {
  const cuts: number[] = [];
  let [end, first] = [0, 0];
  for (let boundary = 0; boundary < wanted.length - 1; boundary++) {
    end += wanted[boundary] ?? 0;
    const last = edges.length - (wanted.length - 2 - boundary);
    let best = first;
    for (let i = first; i < last; i++)
      if (Math.abs((edges[i] ?? 0) - end) < Math.abs((edges[best] ?? 0) - end)) best = i;
    cuts.push(edges[best] ?? 0);
    first = best + 1;
  }
  return cuts;
}
