/** Damaged copies of files, the same for one seed. */
import { bits, fork, type Key, seedKey } from "../../src/base/random.ts";

/** Words from a counter-based stream. */
function drawing(key: Key): (below: number) => number {
  const words = bits(key, 256);
  let at = 0;
  return (below) => (words[at++ % words.length] ?? 0) % Math.max(1, below);
}

const extremes = [0, 0xff, 0x7f, 0x80, 1] as const;

/** A copy with some damage: bytes changed, runs of extreme values, pieces cut out, doubled or torn off. */
export function damagedBytes(bytes: Uint8Array, index: number): Uint8Array {
  const draw = drawing(fork(seedKey(index), "bytes"));
  let copy: Uint8Array = bytes.slice();
  for (let times = 1 + draw(4); times > 0; times--) {
    const at = draw(copy.length);
    const kind = draw(6);
    if (kind <= 1) for (let i = 0; i < 1 + draw(4); i++) copy[draw(copy.length)] = draw(256);
    else if (kind === 2) copy.fill(extremes[draw(5)] ?? 0, at, at + 1 + draw(8));
    else if (kind === 3) copy = copy.slice(0, draw(8) === 0 ? at : Math.max(at, copy.length - draw(64)));
    else if (kind === 4) copy = joined(copy.subarray(0, at), copy.subarray(Math.min(copy.length, at + 1 + draw(32))));
    else copy = joined(copy.subarray(0, at), copy.subarray(Math.max(0, at - draw(32)), at), copy.subarray(at));
  }
  return copy;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const texts = [
  "null",
  "-1",
  "1e400",
  "99999999999",
  "0",
  "[]",
  "{}",
  '"same"',
  "true",
  "2.5",
  '"__proto__"',
  "[[[[[[[]]]]]]]",
];

/** JSON text that stays JSON for the most part: values replaced by others, names by other names, members left out. */
export function damagedJson(json: string, index: number): string {
  const draw = drawing(fork(seedKey(index), "json"));
  let text = json;
  for (let times = 1 + draw(3); times > 0; times--) {
    const values = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/g)];
    const chosen = values[draw(values.length)];
    if (chosen === undefined) return text;
    const [found] = chosen;
    const other = draw(3) === 0 ? (values[draw(values.length)]?.[0] ?? "0") : (texts[draw(texts.length)] ?? "0");
    text = text.slice(0, chosen.index) + other + text.slice(chosen.index + found.length);
  }
  return draw(50) === 0 ? text.slice(0, draw(text.length)) : text;
}
