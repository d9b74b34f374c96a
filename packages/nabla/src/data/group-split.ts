/** Parts that no group is torn by: rows of one patient, house or recording stay together. */
import { NablaError } from "../base/error.ts";
import { fork, type Key, permutation } from "../base/random.ts";
import { count } from "../base/text.ts";
import { type DenseCodes, denseCodes } from "./deal.ts";

/** What a split by groups divides. */
export interface GroupSplit {
  /** A code for each row; a row with a negative one is a group by itself. */
  readonly groups: ArrayLike<number>;
  /** Classes whose shares should be alike in all parts, as far as whole groups allow. */
  readonly classes?: DenseCodes;
  /** Rows wanted in each part. */
  readonly sizes: readonly number[];
  readonly key: Key;
}

/** Divisions drawn to choose the one whose classes are spread best. */
const DRAWS = 12;

/**
 * Rows of each part, ascending: whole groups in random order, each to the part that lacks most, then moves and exchanges
 * of groups until none brings the sizes nearer to those wanted. Throws `data/empty-part` for fewer groups than parts.
 */
export function groupParts({ groups, classes, sizes, key }: GroupSplit): readonly Uint32Array[] {
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  const { codes, sizes: groupSizes } = ownGroups(groups, rows);
  const wanted = sizes.filter((size) => size > 0).length;
  if (groupSizes.length < wanted) {
    const message = `${count(groupSizes.length, "group")} cannot fill ${wanted} parts, since a group is never split`;
    throw new NablaError("data/empty-part", message, "split by another column, or into fewer parts");
  }
  let best: { readonly parts: Uint8Array; readonly score: number } | undefined;
  for (let draw = 0; draw < (classes === undefined ? 1 : DRAWS); draw++) {
    const parts = place(groupSizes, sizes, permutation(fork(key, `groups ${draw}`), groupSizes.length));
    const score = imbalance({ codes, parts, sizes, groupSizes }, classes);
    if (best === undefined || score < best.score) best = { parts, score };
  }
  const found: number[][] = sizes.map(() => []);
  for (let row = 0; row < rows; row++) found[best?.parts[codes[row] ?? 0] ?? 0]?.push(row);
  return found.map((part) => Uint32Array.from(part));
}

function ownGroups(groups: ArrayLike<number>, rows: number): DenseCodes {
  let next = 0;
  for (let row = 0; row < rows; row++) next = Math.max(next, (groups[row] ?? -1) + 1);
  const own = Float64Array.from({ length: rows }, (_, row) => {
    const code = groups[row] ?? -1;
    return code < 0 ? next + row : code;
  });
  return denseCodes(own, rows);
}

/** The part of each group. */
function place(groupSizes: readonly number[], sizes: readonly number[], order: Uint32Array): Uint8Array {
  const least = Math.min(...sizes.filter((size) => size > 0));
  const sizeOf = (group: number): number => groupSizes[group] ?? 0;
  // groups larger than a part come first, while there is room for them
  const large = [...order].filter((group) => sizeOf(group) >= least).sort((a, b) => sizeOf(b) - sizeOf(a));
  const rest = order.filter((group) => sizeOf(group) < least);
  const excess = sizes.map((size) => -size);
  const members = sizes.map(() => new Map<number, number[]>());
  for (const group of [...large, ...rest]) {
    const part = excess.indexOf(Math.min(...excess));
    put(members[part], group, sizeOf(group));
    excess[part] = (excess[part] ?? 0) + sizeOf(group);
  }
  fillEmpty(members, sizes, excess);
  while (improve(members, excess));
  const parts = new Uint8Array(groupSizes.length);
  for (const [part, bySize] of members.entries()) for (const group of [...bySize.values()].flat()) parts[group] = part;
  return parts;
}

type BySize = Map<number, number[]>;

function put(members: BySize | undefined, group: number, size: number): void {
  const list = members?.get(size);
  if (list === undefined) members?.set(size, [group]);
  else list.push(group);
}

function take(members: BySize | undefined, size: number): number {
  const list = members?.get(size) ?? [];
  const group = list.pop() ?? 0;
  if (list.length === 0) members?.delete(size);
  return group;
}

function groupsIn(members: BySize): number {
  return [...members.values()].reduce((sum, list) => sum + list.length, 0);
}

/** A wanted part that got no group takes the smallest of the part that has most. */
function fillEmpty(members: readonly BySize[], sizes: readonly number[], excess: number[]): void {
  for (const [part, own] of members.entries()) {
    if (own.size > 0 || (sizes[part] ?? 0) === 0) continue;
    const from = members.map(groupsIn).reduce((most, many, i, all) => (many > (all[most] ?? 0) ? i : most), 0);
    const size = Math.min(...(members[from]?.keys() ?? []));
    put(own, take(members[from], size), size);
    excess[part] = (excess[part] ?? 0) + size;
    excess[from] = (excess[from] ?? 0) - size;
  }
}

interface Exchange {
  readonly from: number;
  readonly to: number;
  /** Size of the group that goes, and of the one that comes back (0: none). */
  readonly gives: number;
  readonly takes: number;
  readonly gain: number;
}

/** Makes the move or exchange that lowers the sum of squared excesses most; false when none does. */
function improve(members: readonly BySize[], excess: number[]): boolean {
  let best: Exchange | undefined;
  for (const [from, giver] of members.entries()) {
    if (giver.size === 0) continue;
    for (const [to, taker] of members.entries()) {
      if (to === from || taker.size === 0 || (excess[from] ?? 0) <= (excess[to] ?? 0)) continue;
      const found = bestExchange(giver, taker, (excess[from] ?? 0) - (excess[to] ?? 0));
      if (found !== undefined && found.gain > (best?.gain ?? 0)) best = { from, to, ...found };
    }
  }
  if (best === undefined) return false;
  const { from, to, gives, takes } = best;
  const going = take(members[from], gives);
  if (takes > 0) put(members[from], take(members[to], takes), takes);
  put(members[to], going, gives);
  excess[from] = (excess[from] ?? 0) - gives + takes;
  excess[to] = (excess[to] ?? 0) + gives - takes;
  return true;
}

/** The pair of sizes whose difference is nearest to half of what one part has too much against the other. */
function bestExchange(giver: BySize, taker: BySize, apart: number): Omit<Exchange, "from" | "to"> | undefined {
  const mayMove = groupsIn(giver) > 1;
  const back = [...(mayMove ? [0] : []), ...taker.keys()].sort((a, b) => a - b);
  let best: Omit<Exchange, "from" | "to"> | undefined;
  let at = 0;
  for (const gives of [...giver.keys()].sort((a, b) => a - b)) {
    // as `gives` grows, so does what should come back
    while (at + 1 < back.length && gives - (back[at] ?? 0) > apart / 2) at++;
    for (const takes of [back[at], back[at - 1]]) {
      if (takes === undefined) continue;
      const moved = gives - takes;
      const gain = 2 * moved * (apart - moved); // of the squares: e² + f² - (e - m)² - (f + m)² = 2m(e - f - m)
      if (gain > (best?.gain ?? 0)) best = { gives, takes, gain };
    }
  }
  return best;
}

interface Placed {
  readonly codes: Uint32Array;
  readonly parts: Uint8Array;
  readonly sizes: readonly number[];
  readonly groupSizes: readonly number[];
}

/** How far the sizes, and the classes in each part, are from what they should be: squares over what is expected. */
function imbalance({ codes, parts, sizes, groupSizes }: Placed, classes: DenseCodes | undefined): number {
  const total = codes.length;
  const filled = sizes.map(() => 0);
  for (const [group, part] of parts.entries()) filled[part] = (filled[part] ?? 0) + (groupSizes[group] ?? 0);
  const off = sizes.reduce((sum, size, p) => sum + ((filled[p] ?? 0) - size) ** 2 / Math.max(1, size), 0);
  if (classes === undefined) return off;
  const many = classes.sizes.length;
  const counts = new Float64Array(sizes.length * many);
  for (let row = 0; row < total; row++) {
    const cell = (parts[codes[row] ?? 0] ?? 0) * many + (classes.codes[row] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts.reduce((sum, found, cell) => {
    const share = ((filled[Math.floor(cell / many)] ?? 0) * (classes.sizes[cell % many] ?? 0)) / total;
    return share === 0 ? sum : sum + (found - share) ** 2 / share;
  }, off);
}
