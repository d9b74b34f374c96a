/**
 * Counter-based randomness: every number is a pure function of a seed, a named fork and a position, so it does not
 * depend on the order of calls, the number of threads or the engine. Generator: Philox4x32-10 (Salmon, Moraes, Dror,
 * Shaw: Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011).
 */

/** Four words of 32 bits. */
export type Words = readonly [number, number, number, number];

/** The root of a stream of numbers: two words of 32 bits. */
export interface Key {
  readonly seed: readonly [number, number];
}

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;
const TO_UNIT = 2 ** -24;
const TO_UNIT_64 = 2 ** -53;

function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0;
}

/** One block of Philox4x32-10. Words are unsigned. */
export function philox(counter: Words, key: readonly [number, number]): Words {
  const words = new Uint32Array(4);
  philoxInto(words, { counter, key });
  return [words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0];
}

/** The same block without a new array: its words go to `at`, `at + stride`, …; what lies after the end is left out. */
export function philoxInto(
  words: Uint32Array,
  { counter, key }: { readonly counter: Words; readonly key: readonly [number, number] },
  at = 0,
  stride = 1,
): void {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0 >>> 0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2 >>> 0);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  words[at] = c0;
  words[at + stride] = c1;
  words[at + 2 * stride] = c2;
  words[at + 3 * stride] = c3;
}

/** A name as 32 bits (FNV-1a over its UTF-16 units). */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The key of a whole-number seed; seeds up to 2^53 are all different. */
export function seedKey(seed: number): Key {
  return { seed: [seed >>> 0, Math.floor(Math.abs(seed) / 2 ** 32) >>> 0] };
}

/** An independent key for a named purpose: the numbers of one name never depend on what else was forked. */
export function fork(key: Key, name: string): Key {
  const [a, b] = philox([hashName(name), name.length, 0, 0x666f726b], key.seed);
  return { seed: [a, b] };
}

/** Where in a key's numbers to read: `stream` and `step` are words of the counter. */
export interface CounterPosition {
  /** Which of the independent sequences of a key; 0 by default. */
  readonly stream?: number;
  /** The training step; 0 by default. */
  readonly step?: number;
}

/**
 * `count` words of 32 bits. Element i takes word (i >> 2) & 3 of the block with counter
 * [((i >> 4) << 2) + (i & 3), stream, step, 0]; engines follow the same order.
 */
export function bits(key: Key, count: number, { stream = 0, step = 0 }: CounterPosition = {}): Uint32Array {
  const words = new Uint32Array(count);
  const counter: [number, number, number, number] = [0, stream, step, 0];
  const block = { counter, key: key.seed };
  for (let first = 0; first < count; first += 16) {
    for (let lane = 0; lane < 4; lane++) {
      counter[0] = (first >>> 2) + lane;
      philoxInto(words, block, first + lane, 4);
    }
  }
  return words;
}

/** `count` numbers in [0, 1) with 24 bits each: exactly what a float32 holds. */
export function uniform(key: Key, count: number, position: CounterPosition = {}): Float64Array {
  return Float64Array.from(bits(key, count, position), (word) => (word >>> 8) * TO_UNIT);
}

/** `count` numbers in [0, 1) with 53 bits each. */
export function uniform53(key: Key, count: number, position: CounterPosition = {}): Float64Array {
  const words = bits(key, count * 2, position);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const high = (words[2 * i] ?? 0) >>> 5;
    const low = (words[2 * i + 1] ?? 0) >>> 6;
    numbers[i] = (high * 0x4000000 + low) * TO_UNIT_64;
  }
  return numbers;
}

/** `count` standard normal numbers (Box and Muller 1958). */
export function normal(key: Key, count: number, position: CounterPosition = {}): Float64Array {
  const draws = uniform53(key, count + (count & 1), position);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - (draws[i] ?? 0)));
    const angle = 2 * Math.PI * (draws[i + 1] ?? 0);
    numbers[i] = radius * Math.cos(angle);
    if (i + 1 < count) numbers[i + 1] = radius * Math.sin(angle);
  }
  return numbers;
}

/** The numbers 0 to n - 1 in random order (Fisher and Yates; every order is equally likely up to 2^-53). */
export function permutation(key: Key, n: number): Uint32Array {
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  const draws = uniform53(key, n);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor((draws[i] ?? 0) * (i + 1));
    const kept = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = kept;
  }
  return order;
}
