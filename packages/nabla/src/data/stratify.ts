import { known } from "../base/error.ts";

/**
 * How many rows of each class each part takes, `quotas[class][part]`, so that every class has its full count, every
 * part has its exact size, and every cell is the floor or the ceiling of its proportional share (controlled rounding,
 * Cox 1987; a solution exists because the fractional table is a feasible flow).
 */
export function quotas(classSizes: readonly number[], partSizes: readonly number[]): readonly (readonly number[])[] {
  const total = partSizes.reduce((sum, size) => sum + size, 0);
  const parts = partSizes.length;
  const raised: boolean[][] = [];
  const free: boolean[][] = [];
  const cells = classSizes.map((size) => {
    // shares as whole numbers over `total`, so that remainders are exact
    const remainders = partSizes.map((part) => (size * part) % total);
    const floors = partSizes.map((part, p) => (size * part - (remainders[p] ?? 0)) / total);
    const order = remainders.map((_, p) => p).sort((a, b) => (remainders[b] ?? 0) - (remainders[a] ?? 0) || a - b);
    const left = size - floors.reduce((sum, floor) => sum + floor, 0);
    raised.push(remainders.map((_, p) => order.indexOf(p) < left));
    free.push(remainders.map((remainder) => remainder > 0));
    return floors;
  });
  balance(raised, free, excessOf(cells, raised, partSizes), parts);
  return cells.map((floors, c) => floors.map((floor, p) => floor + (raised[c]?.[p] === true ? 1 : 0)));
}

function excessOf(cells: readonly number[][], raised: readonly boolean[][], partSizes: readonly number[]): number[] {
  return partSizes.map((size, p) =>
    cells.reduce((sum, floors, c) => sum + (floors[p] ?? 0) + (raised[c]?.[p] === true ? 1 : 0), -size),
  );
}

/** Moves rounded-up units from parts that hold too many to parts that hold too few, over the other parts if need be. */
function balance(raised: boolean[][], free: readonly boolean[][], excess: number[], parts: number): void {
  // movable[from][to]: classes that may have moved; an entry is checked again when it is taken
  const movable = Array.from({ length: parts }, () => Array.from({ length: parts }, () => [] as number[]));
  const canMove = (c: number, from: number, to: number): boolean =>
    raised[c]?.[from] === true && raised[c]?.[to] === false && free[c]?.[to] === true;
  const enlist = (c: number): void => {
    for (let from = 0; from < parts; from++)
      for (let to = 0; to < parts; to++) if (canMove(c, from, to)) movable[from]?.[to]?.push(c);
  };
  for (let c = 0; c < raised.length; c++) enlist(c);
  const candidate = (from: number, to: number): number | undefined => {
    const list = known(movable[from]?.[to], "list of movable classes");
    while (list.length > 0) {
      const c = list.at(-1) ?? 0;
      if (canMove(c, from, to)) return c;
      list.pop();
    }
    return undefined;
  };
  for (;;) {
    const start = excess.findIndex((amount) => amount > 0);
    if (start < 0) return;
    const path = known(
      pathToDeficit(start, excess, (from, to) => candidate(from, to) !== undefined),
      "rounding path",
    );
    for (let i = 0; i + 1 < path.length; i++) {
      const from = path[i] ?? 0;
      const to = path[i + 1] ?? 0;
      const c = known(candidate(from, to), "movable class");
      const flags = known(raised[c], "class");
      flags[from] = false;
      flags[to] = true;
      enlist(c);
    }
    excess[start] = (excess[start] ?? 0) - 1;
    const end = path.at(-1) ?? 0;
    excess[end] = (excess[end] ?? 0) + 1;
  }
}

/** The shortest chain of moves from `start` to a part that holds too few (breadth first over the few parts). */
function pathToDeficit(
  start: number,
  excess: readonly number[],
  open: (from: number, to: number) => boolean,
): number[] | undefined {
  const paths = [[start]];
  const seen = new Set([start]);
  for (const path of paths) {
    const here = path.at(-1) ?? start;
    if ((excess[here] ?? 0) < 0) return path;
    for (let next = 0; next < excess.length; next++) {
      if (seen.has(next) || !open(here, next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return undefined;
}
