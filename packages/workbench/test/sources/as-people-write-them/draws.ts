/** Draws that depend on a seed alone. */
export interface Draws {
  /** From 0 to 1. */
  readonly unit: () => number;
  /** A whole number from `low` to `high`, both possible. */
  readonly whole: (low: number, high: number) => number;
  /** A number with `digits` after the point, as its text says it. */
  readonly real: (low: number, high: number, digits: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
  readonly chance: (probability: number) => boolean;
  /** About normal, mean 0 and deviation 1. */
  readonly normal: () => number;
  readonly shuffled: <T>(items: readonly T[]) => T[];
}

/** SplitMix32 (Steele, Lea and Flood 2014, with the mixer of MurmurHash3). */
export function draws(seed: number): Draws {
  // far from a multiple of the step, or streams of neighboring seeds would be one stream, shifted
  let state = Math.imul(seed + 0x6d2b79f5, 0x2c1b3c6d) ^ (seed << 7);
  const unit = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
  const whole = (low: number, high: number): number => low + Math.floor(unit() * (high - low + 1));
  const pick = <T>(items: readonly T[]): T => {
    const item = items[whole(0, items.length - 1)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
  return {
    unit,
    whole,
    pick,
    real: (low, high, digits) => Number((low + unit() * (high - low)).toFixed(digits)),
    chance: (probability) => unit() < probability,
    normal: () => Array.from({ length: 12 }, unit).reduce((sum, value) => sum + value, -6),
    shuffled: (items) => {
      const keyed = items.map((item) => ({ item, key: unit() }));
      return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
    },
  };
}

/** `count` values that `make` draws. */
export function many<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}
