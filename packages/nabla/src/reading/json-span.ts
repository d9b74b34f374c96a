/** Where values of JSON start and end, without reading them: for files that are one object, whose layout decides what is a record. */
import { textOfBytes } from "./byte-text.ts";
import type { JsonParser } from "./json-parser.ts";

/** A value in the parser's bytes. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
}

/** A member of an object. */
export interface JsonMember extends JsonSpan {
  readonly key: string;
}

const QUOTE = 34;
const BACKSLASH = 92;

/** The position after the object or list that starts here, by its brackets; -1 where the bytes end before it does. */
export function bracketsEnd(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0;
  for (let p = start; p < end; p++) {
    const byte = bytes[p] as number;
    if (byte === QUOTE) {
      p++;
      while (p < end && bytes[p] !== QUOTE) p += bytes[p] === BACKSLASH ? 2 : 1;
    } else if (byte === 123 || byte === 91) depth++;
    else if ((byte === 125 || byte === 93) && --depth === 0) return p + 1;
  }
  return -1;
}

/** The members of the object that starts here. A key that comes twice counts with its last value, as everywhere. */
export function objectMembers(parser: JsonParser, start: number): JsonMember[] {
  const members = new Map<string, JsonMember>();
  parser.members(start, (p) => {
    const { bytes, start: from, end: to } = parser.lastText;
    const key = textOfBytes(bytes, from, to);
    const at = parser.colon(p);
    const end = parser.value(undefined, at);
    members.set(key, { key, start: at, end });
    return end;
  });
  return [...members.values()];
}

/** The elements of the list that starts here. */
export function listElements(parser: JsonParser, start: number): JsonSpan[] {
  const spans: JsonSpan[] = [];
  parser.elements(start, (_, p) => {
    const end = parser.value(undefined, p);
    spans.push({ start: p, end });
    return end;
  });
  return spans;
}
