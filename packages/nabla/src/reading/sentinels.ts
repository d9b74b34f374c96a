/** Values that programs write where there is none: -999, 9999, 1970-01-01; found by how often and how far off they stand. */
import { daysOf } from "./calendar-days.ts";

/** A value, and how many cells have it. */
export interface CountedValue {
  readonly value: number;
  readonly count: number;
}

// a declared table: numbers that stand for none in files of questionnaires, sensors, surveys and satellites
const NUMBERS: ReadonlySet<number> = new Set([
  ...[
    -1, -9, -99, -999, -9999, -99999, -999999, -9999999, -88, -888, -8888, -77, -777, -999.9, -999.25, -999.99, -99.9,
    -99.99,
  ],
  ...[
    99, 999, 9999, 99999, 999999, 9999999, 99999999, 999999999, 88, 888, 8888, 999.9, 999.99, 9999.99, 99.9, 99.99,
    1e20,
  ],
  ...[-32768, 32767, 65535, -2147483648, 2147483647, 4294967295, -1e30, 1e30, 9.96921e36, -3.4028234663852886e38, 1e36],
]);

const DATES: ReadonlySet<number> = new Set([
  ...[
    daysOf(1, 1, 1),
    daysOf(1111, 11, 11),
    daysOf(1753, 1, 1),
    daysOf(1800, 1, 1),
    daysOf(1899, 12, 30),
    daysOf(1899, 12, 31),
  ],
  ...[
    daysOf(1900, 1, 1),
    daysOf(1901, 1, 1),
    daysOf(1904, 1, 1),
    daysOf(1970, 1, 1),
    daysOf(1980, 1, 1),
    daysOf(2079, 6, 6),
  ],
  ...[
    daysOf(2099, 12, 31),
    daysOf(2100, 1, 1),
    daysOf(2199, 12, 31),
    daysOf(2999, 12, 31),
    daysOf(3000, 1, 1),
    daysOf(9999, 12, 31),
  ],
]);

/** Something written twice is no accident. */
const FEWEST = 2;
/** A value below all others at -1 needs others that are far from it. */
const FAR_FROM_MINUS_ONE = 10;
const YEARS = 5 * 365;
/** A whole number that is on no list stands for none where it is written so often, twice as far off as the others reach. */
export const FEWEST_UNKNOWN = 5;

/**
 * The values that stand for none. `ends` gives the most extreme values with their counts, the given ones left out: it is
 * called again until both ends are ordinary.
 */
export function findSentinels(
  ends: (without: ReadonlySet<number>) => {
    readonly low: readonly CountedValue[];
    readonly high: readonly CountedValue[];
  },
  { kind, manyValues }: { readonly kind: "number" | "date"; readonly manyValues: boolean },
): readonly CountedValue[] {
  const found = new Map<number, CountedValue>();
  for (;;) {
    const { low, high } = ends(new Set(found.keys()));
    const [lowest, second] = low;
    const [highest, penultimate] = high;
    if (lowest === undefined || highest === undefined || second === undefined || penultimate === undefined) break;
    // what may stand for none at one end says nothing about how far the values reach
    const top = mayBeSentinel(highest.value, kind) ? penultimate : highest;
    const bottom = mayBeSentinel(lowest.value, kind) ? second : lowest;
    const below = isSentinel(lowest, { next: second.value, far: top.value - second.value, kind, manyValues });
    const above = isSentinel(highest, {
      next: penultimate.value,
      far: penultimate.value - bottom.value,
      kind,
      manyValues,
    });
    const one = below ? lowest : above ? highest : undefined;
    if (one === undefined) break;
    found.set(one.value, one);
  }
  return [...found.values()];
}

/** Whether a value is one that programs write where there is none. */
export function mayBeSentinel(value: number, kind: "number" | "date"): boolean {
  return kind === "date" ? DATES.has(Math.floor(value)) : NUMBERS.has(value);
}

/** What stands beside a value: the next one, how far the others reach, and whether these are more than some kinds. */
interface Surroundings {
  readonly next: number;
  readonly far: number;
  readonly kind: "number" | "date";
  readonly manyValues: boolean;
}

function isSentinel({ value, count }: CountedValue, { next, far, kind, manyValues }: Surroundings): boolean {
  if (count < FEWEST) return false;
  const distance = Math.abs(value - next);
  if (kind === "date") return DATES.has(Math.floor(value)) && distance > Math.max(YEARS, 0.5 * far);
  if (!NUMBERS.has(value))
    return manyValues && count >= FEWEST_UNKNOWN && Number.isInteger(value) && distance > 2 * far;
  if (value === -1) return next >= 0 && far >= FAR_FROM_MINUS_ONE;
  return distance > Math.max(far, Math.abs(value) / 10);
}
