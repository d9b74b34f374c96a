/** Rows of few different values repeat without anybody having copied them. */
import type { Fingerprints } from "./duplicates-fingerprint.ts";
import { chanceOf } from "./duplicates-near.ts";

/**
 * How many rows of later parts would find the same inputs in an earlier part by chance: by the columns' own repetitions
 * if they had nothing to do with each other, or, as they mostly have, by how many more rows repeat once the most telling
 * column is left out. A copy stays a copy without it; a coincidence becomes one of many.
 */
export function repeatsByChance(prints: Fingerprints, exact: number): number {
  const columns = chancesOf(prints);
  const chance = columns.reduce((product, column) => product * column.chance, 1);
  const earlier = prints.part.filter((found) => found === 0).length;
  const independent = Math.min(prints.rows - earlier, (prints.rows - earlier) * earlier * chance);
  const [telling] = columns.sort((a, b) => a.chance - b.chance);
  const hashes = telling === undefined ? undefined : prints.hashesWithout(telling.name);
  if (hashes === undefined || telling === undefined) return independent;
  const more = repeatsOf(hashes, prints.part) - exact;
  // of the rows that only the identifying column distinguishes, so many would not be
  return Math.max(independent, more * Math.max(telling.chance, more > exact ? exact / more : 0));
}

function chancesOf({ rows, numbers, categories }: Fingerprints): { readonly name: string; readonly chance: number }[] {
  const numeric = numbers.flatMap(({ name, data, width }) =>
    Array.from({ length: width }, (_, at) => ({
      name,
      chance: chanceOf(rows, (a, b) => Object.is(data[a * width + at], data[b * width + at])),
    })),
  );
  const named = categories.map(({ name, codes }) => ({
    name,
    chance: chanceOf(rows, (a, b) => codes[a] === codes[b]),
  }));
  return [...numeric, ...named];
}

/** Rows whose hash an earlier part has. */
function repeatsOf(hashes: Uint32Array, part: Uint8Array): number {
  const first = new Map<number, number>();
  let repeats = 0;
  for (let row = 0; row < hashes.length; row++) {
    const hash = hashes[row] ?? 0;
    const home = first.get(hash);
    if (home === undefined) first.set(hash, part[row] ?? 0);
    else if (home !== part[row]) repeats += 1;
  }
  return repeats;
}
