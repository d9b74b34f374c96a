/** How unlike in size classes are. */

/** A class is rare when it has less than this share of its even share of rows. */
const RARE = 0.25;

/** Whether some class is far rarer than the others, so that being wrong on it alone hardly shows in the plain error. */
export function isImbalanced(all: readonly number[]): boolean {
  const counts = countedClasses(all.map((count, i) => [i, count] as const)).map(([, count]) => count);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.length > 1 && Math.min(...counts) < (RARE * total) / counts.length;
}

/** A class with fewer rows has an error of 0, a half or all by chance, and no weight in a mean of errors. */
const FEWEST_OF_CLASS = 4;

/** Those classes that have rows enough to have an error of their own; all of them where fewer than two have. */
export function countedClasses(counts: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const enough = counts.filter(([, count]) => count >= FEWEST_OF_CLASS);
  return enough.length < 2 ? counts : enough;
}

/** Rows of each class that occurs, by code. */
export function classCounts(codes: ArrayLike<number>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < codes.length; i++) counts.set(codes[i] ?? 0, (counts.get(codes[i] ?? 0) ?? 0) + 1);
  return counts;
}
