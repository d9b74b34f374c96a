/** The SHA-256 of bytes (FIPS 180-4), where a host offers none that answers at once. */
import { encodeUtf8 } from "./utf8.ts";

const BLOCK = 64;
const ROUNDS = 64;
const LENGTH_SIZE = 8;
const WORD = 2 ** 32;

/** The SHA-256 of bytes, or of a text's UTF-8, in hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  const bytes = typeof content === "string" ? encodeUtf8(content) : content;
  const state = Uint32Array.from(firstPrimes(8), (prime) => fraction(Math.sqrt(prime)));
  const whole = bytes.length - (bytes.length % BLOCK);
  for (let at = 0; at < whole; at += BLOCK) absorb(state, bytes, at);
  const tail = paddedTail(bytes.subarray(whole), bytes.length);
  for (let at = 0; at < tail.length; at += BLOCK) absorb(state, tail, at);
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

/** The bytes after the last whole block, a bit, zeros, and the number of bits. */
function paddedTail(rest: Uint8Array, length: number): Uint8Array {
  const tail = new Uint8Array(rest.length + 1 + LENGTH_SIZE > BLOCK ? 2 * BLOCK : BLOCK);
  tail.set(rest);
  tail[rest.length] = 0x80;
  new DataView(tail.buffer).setBigUint64(tail.length - LENGTH_SIZE, BigInt(length) * 8n);
  return tail;
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

/** The first 32 bits behind the point. */
function fraction(value: number): number {
  return Math.floor((value % 1) * WORD);
}

const constants = Uint32Array.from(firstPrimes(ROUNDS), (prime) => fraction(Math.cbrt(prime)));
const schedule = new Uint32Array(ROUNDS);

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function fillSchedule(bytes: Uint8Array, at: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, BLOCK);
  for (let i = 0; i < 16; i++) schedule[i] = view.getUint32(4 * i);
  for (let i = 16; i < ROUNDS; i++) {
    const near = schedule[i - 2] ?? 0;
    const far = schedule[i - 15] ?? 0;
    const low = turned(far, 7) ^ turned(far, 18) ^ (far >>> 3);
    const high = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10);
    schedule[i] = (schedule[i - 16] ?? 0) + low + (schedule[i - 7] ?? 0) + high;
  }
}

function absorb(state: Uint32Array, bytes: Uint8Array, at: number): void {
  fillSchedule(bytes, at);
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < ROUNDS; i++) {
    const chosen = (e & f) ^ (~e & g);
    const first =
      h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + chosen + (constants[i] ?? 0) + (schedule[i] ?? 0);
    const second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] ?? 0) + word;
}
