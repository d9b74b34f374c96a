/** How text is written, by its beginning. */
import { textDecoder } from "../reading/text-decoder.ts";
import type { TextFormat } from "./written-text.ts";

/** How many of the first bytes decide. */
const HEAD_BYTES = 4096;

/** Shares of characters of ASCII. */
const [MANY, FEW] = [0.25, 0.02];

/** How text is written, by its beginning: JSON begins with an object or a list of objects, all else is values in columns. */
export function textFormat(head: Uint8Array): TextFormat {
  const text = textDecoder(encodingOf(head) ?? "utf-8", false)
    .decode(head)
    .trimStart();
  if (/^\[\s*(?:\{\s*(?:["}]|$)|\]|\[|$)/.test(text)) return "json";
  if (!/^\{\s*["}]/.test(text)) return "csv";
  const [first = "", ...rest] = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== "");
  return isObject(first) && rest[0]?.trimStart().startsWith("{") === true ? "json-lines" : "json";
}

function isObject(line: string): boolean {
  try {
    return typeof JSON.parse(line.replace(/\b(?:NaN|-?Infinity)\b/g, "null")) === "object";
  } catch {
    return false;
  }
}

/**
 * The encoding of text in two bytes for a character, by its byte order mark or, without one, by the zeros beside its ASCII
 * characters, which tables hold in any language; undefined for other text.
 */
export function encodingOf(head: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const length = Math.min(head.length, HEAD_BYTES) & ~1;
  const zeros = [0, 0];
  for (let i = 0; i < length; i++) {
    if (head[i] !== 0) continue;
    const partner = head[i ^ 1] ?? 0;
    if (partner !== 9 && partner !== 10 && partner !== 13 && partner < 32) return undefined;
    zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros.map((count) => count / (length / 2));
  if (odd > MANY && even < FEW) return "utf-16le";
  return even > MANY && odd < FEW ? "utf-16be" : undefined;
}
