/** The boxes of a search from coarse to fine, as they follow from the trials. */
import type { SearchBox, Shown } from "./sampler.ts";
import type { Axis, Units } from "./space.ts";
import { type Goal, type Observation, observationsOf, type Trial } from "./trial.ts";

/** A side this near to the best trial, as a share of the box, holds it back. */
const EDGE = 0.1;
/** No box is narrower, in units. */
const NARROWEST = 0.004;
/** How far the first box reaches around the start of a search. */
const AROUND = 0.35;
/** How many of the best trials set how often a value of a choice is drawn. */
const ELITE = 5;

type Side = SearchBox["sides"][string];

/** The boxes so far, and how often the last one draws each value of a choice. */
export interface Stages extends Shown {
  readonly chances: { readonly [path: string]: readonly number[] };
}

/** One box for every `stage` trials after the first ones, `shrink` times as wide as the one before. */
export function boxesFrom(
  trials: readonly Trial[],
  axes: readonly Axis[],
  goal: Goal,
  stage: number,
  shrink: number,
  start?: Units,
): Stages {
  const seen = observationsOf(trials, goal);
  const boxes: SearchBox[] = [{ first: 0, sides: start === undefined ? {} : sidesAround(start, axes) }];
  const notices: string[] = [];
  let elite: readonly Observation[] = [];
  for (let first = stage; first <= seen.length; first += stage) {
    const joined = [...elite, ...seen.slice(first - stage, first)].filter(({ cost }) => Number.isFinite(cost));
    elite = joined.toSorted((a, b) => a.cost - b.cost || a.number - b.number).slice(0, ELITE);
    const before = boxes.at(-1)?.sides ?? {};
    const sides: Record<string, Side> = {};
    for (const axis of axes) {
      const outer = before[axis.path] ?? { from: 0, to: 1 };
      const best = elite.find(({ units }) => axis.path in units)?.units[axis.path];
      if (best === undefined || !axis.domain.ordered) continue;
      const side = nextSide(axis, best, outer, shrink);
      sides[axis.path] = side;
      // of a few whole numbers the widened box may hold the same ones
      const isWider = side.from < outer.from - 1e-9 || side.to > outer.to + 1e-9;
      if (isWider && shown(axis, side) !== shown(axis, outer)) notices.push(widened(axis, outer, side));
    }
    boxes.push({ first, sides });
  }
  const [winner] = elite;
  const ends =
    winner === undefined
      ? []
      : axes.flatMap((axis) => atEnd(axis, winner, { side: boxes.at(-1)?.sides[axis.path], start }));
  const chosen = axes.filter(({ domain }) => !domain.ordered);
  return {
    boxes,
    notices: [...notices, ...ends],
    chances: Object.fromEntries(chosen.map((axis) => [axis.path, chancesOf(axis, elite)])),
  };
}

/** The part of the space around the start of a search. */
function sidesAround(start: Units, axes: readonly Axis[]): SearchBox["sides"] {
  return Object.fromEntries(
    axes.flatMap(({ path, domain }) => {
      const unit = start[path];
      if (unit === undefined || !domain.ordered) return [];
      const middle = Math.min(1 - AROUND, Math.max(AROUND, unit));
      return [[path, { from: middle - AROUND, to: middle + AROUND }] as const];
    }),
  );
}

/** Around the best trial and inside the box before; where its edge is in the way, as wide as that and beyond the edge. */
function nextSide({ domain }: Axis, best: number, outer: Side, shrink: number): Side {
  const width = outer.to - outer.from;
  const near = EDGE * width;
  const held = (best < outer.from + near && outer.from > 0) || (best > outer.to - near && outer.to < 1);
  const half = Math.min(0.5, Math.max(((held ? 1 : shrink) * width) / 2, 1 / domain.cells, NARROWEST / 2));
  const [low, high] = held || 2 * half > width ? [0, 1] : [outer.from, outer.to];
  const middle = Math.min(high - half, Math.max(low + half, best));
  return { from: middle - half, to: middle + half };
}

function atEnd(
  axis: Axis,
  winner: Observation,
  { side, start }: { readonly side: Side | undefined; readonly start: Units | undefined },
): readonly string[] {
  const unit = winner.units[axis.path];
  // where the search began it has not been led to an end
  if (unit === start?.[axis.path]) return [];
  if (unit === undefined || side === undefined || Number.isFinite(axis.domain.cells)) return [];
  const near = EDGE * (side.to - side.from);
  const low = side.from === 0 && side.to < 1 && unit < near;
  const high = side.to === 1 && side.from > 0 && unit > 1 - near;
  const end = low ? "lower" : "upper";
  return low || high
    ? [`${axis.path}: the best trial lies at the ${end} end ${text(axis, low ? 0 : 1)} of its range: widen the range`]
    : [];
}

function chancesOf({ path, domain }: Axis, elite: readonly Observation[]): readonly number[] {
  const counts = new Array<number>(domain.cells).fill(1);
  for (const { units } of elite) {
    const place = Math.floor((units[path] ?? Number.NaN) * domain.cells);
    if (place >= 0) counts[place] = (counts[place] ?? 0) + 1;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}

function widened(axis: Axis, outer: Side, side: Side): string {
  const box = `the box ${shown(axis, outer)}, which is widened to ${shown(axis, side)}`;
  return `${axis.path}: the best trial lies at the edge of ${box}`;
}

function text({ domain }: Axis, unit: number): string {
  return String(Number(Number(domain.at(unit)).toPrecision(3)));
}

function shown(axis: Axis, { from, to }: Side): string {
  return `${text(axis, from)} to ${text(axis, to)}`;
}
